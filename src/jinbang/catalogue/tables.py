"""What every table of a programme file has in common: its kinds of value, its source, and how a wrong one is refused.

Pure: no Django, no reading of files. `schema` has the tables themselves.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, time
from decimal import Decimal
from typing import Annotated, Any, Final, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from jinbang.catalogue.regulations import Provenance

PERCENT_TOTAL: Final = 100
MARK_PLACES: Final = 2


def broken(*, problem: str, remedy: str, place: str = "") -> PydanticCustomError:
    """Make the refusal of a value that has the right type and the wrong meaning; `place` names a key further inside."""
    return PydanticCustomError("catalogue", "{problem}", {"problem": problem, "remedy": remedy, "place": place})


def _whole_hundredths(mark: Decimal) -> Decimal:
    if not mark.is_finite() or mark < 0 or mark != mark.quantize(Decimal("0.01")):
        raise broken(
            problem=f"{mark} is not a mark",
            remedy=f"write a number from 0 up with at most {MARK_PLACES} decimal places",
        )
    return mark


def as_json(value: object) -> Any:  # noqa: ANN401  # any JSON value
    """Return what a TOML file holds as plain JSON values: dates, times and instants as text."""
    match value:
        case dict():
            return {key: as_json(inner) for key, inner in value.items()}
        case list():
            return [as_json(inner) for inner in value]
        case date() | time():
            return value.isoformat()
        case _:
            return value


def named_key(places: Sequence[int | str], values: Any, *, codes: Sequence[str] = ("code",)) -> str:  # noqa: ANN401  # any JSON value
    """Name the key as its writer would: parts of a list by their codes, or counted from 1."""
    names: list[str] = []
    here = values
    for place in places:
        here = _step(here, place)
        own = (
            [here[code] for code in codes if code in here] if isinstance(place, int) and isinstance(here, dict) else []
        )
        names.append("/".join(map(str, own)) or str(place + 1 if isinstance(place, int) else place))
    return ".".join(names)


def _step(value: Any, place: int | str) -> Any:  # noqa: ANN401  # any JSON value
    if isinstance(place, int) and isinstance(value, list):
        return value[place]
    return value.get(place) if isinstance(value, dict) else None


def plain(mark: Decimal) -> str:
    """Write a mark without trailing zeros."""
    return format(mark.normalize(), "f")


Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=32)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Mark = Annotated[Decimal, AfterValidator(_whole_hundredths), PlainSerializer(plain)]
Count = Annotated[int, Field(gt=0, le=100_000)]
Year = Annotated[int, Field(ge=1990, le=2200)]
Percent = Annotated[int, Field(gt=0, le=PERCENT_TOTAL)]


def require_distinct(kind: str, codes: Iterable[str]) -> None:
    """Refuse a code that stands twice among parts of one kind."""
    twice = sorted(code for code, count in Counter(codes).items() if count > 1)
    if twice:
        raise broken(
            problem=f"{kind} code {', '.join(twice)} stands twice", remedy=f"give each {kind} a code of its own"
        )


def require_known(kind: str, *, named: Iterable[str], known: Iterable[str]) -> None:
    """Refuse a reference to a part that the level does not have."""
    here = tuple(known)
    unknown = sorted(set(named) - set(here))
    if unknown:
        raise broken(
            problem=f"{', '.join(unknown)} is not a {kind} here", remedy=f"write one of: {', '.join(here) or '(none)'}"
        )


class Table(BaseModel):
    """A table of a file: no unknown keys, nothing coerced that its writer may have meant otherwise."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Sourced(Table):
    """A table whose values come from somewhere."""

    source: Code
    verified: bool = True
    unverified: tuple[str, ...] = ()
    note: str = ""

    @model_validator(mode="after")
    def _names_its_own_values(self) -> Self:
        """Refuse a doubt about a value that is not in the table."""
        if not self.verified and self.unverified:
            raise broken(
                problem="has both verified = false and unverified", remedy="keep one: the whole table, or single values"
            )
        require_known("key", named=self.unverified, known=sorted(self.__class__.model_fields))
        return self

    @property
    def provenance(self) -> Provenance:
        """The source and the doubts, for the programme."""
        return Provenance(source=self.source, verified=self.verified, unverified=self.unverified, note=self.note)
