"""What judging anew made different: how many people from what to what, why, and each of them. For results officers."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from jinbang.results import labels, queries
from jinbang.results.models import OutcomeChange, Release
from jinbang.results.states import ChangeCause, Overall, ReleaseState, Verdict

ROWS_A_PAGE = 100
Word = Promise | str


@dataclass(frozen=True)
class ChangeRow:
    """One person: from what to what, which subjects, and why."""

    ticket_number: str
    before: Word
    after: Word
    subjects: tuple[str, ...]
    causes: tuple[Word, ...]


@dataclass(frozen=True)
class ChangesScreen:
    """The last judging anew of a release."""

    release: Release
    people: int
    is_out: bool
    kinds: tuple[tuple[str, int], ...]
    causes: tuple[tuple[Word, int], ...]
    chart: Mapping[str, object]
    page: Page[OutcomeChange]
    rows: tuple[ChangeRow, ...]


def changes_screen(release: Release, *, page: str) -> ChangesScreen:
    """Gather a release's page of differences, a hundred people at a time. Five queries."""
    found = queries.people_who_changed(release)
    kinds: Counter[tuple[str, str]] = Counter()
    causes: Counter[str] = Counter()
    for before, after, why in found.values_list("from_overall", "to_overall", "causes"):
        kinds[before, after] += 1
        causes.update(why)
    shown = Paginator(found, ROWS_A_PAGE).get_page(page)
    names = queries.subject_names(release.region)
    words = tuple((_kind(before, after), count) for (before, after), count in kinds.most_common())
    return ChangesScreen(
        release=release,
        people=sum(kinds.values()),
        is_out=release.state == ReleaseState.RELEASED.value,
        kinds=words,
        causes=tuple((labels.CAUSES[ChangeCause(cause)], count) for cause, count in causes.most_common()),
        chart={"kind": "bars", "names": [name for name, _count in words], "values": [count for _name, count in words]},
        page=shown,
        rows=tuple(_rows(shown, names)),
    )


def _rows(changes: Iterable[OutcomeChange], names: Mapping[str, str]) -> Iterable[ChangeRow]:
    for change in changes:
        yield ChangeRow(
            ticket_number=change.entry.ticket_number,
            before=_overall(change.from_overall),
            after=_overall(change.to_overall),
            subjects=tuple(
                f"{names.get(code, code)}{_('：')}{_verdict(before)} → {_verdict(after)}"
                for code, before, after in change.subjects
            ),
            causes=tuple(labels.CAUSES[ChangeCause(cause)] for cause in change.causes),
        )


def _kind(before: str, after: str) -> str:
    if before == after:
        return _("%(overall)s（结论不变）") % {"overall": _overall(after)}
    return f"{_overall(before)} → {_overall(after)}"


def _overall(value: str) -> Word:
    return labels.OVERALLS[Overall(value)] if value else _("尚无结论")


def _verdict(value: str) -> Word:
    return (labels.VERDICTS[Verdict(value)] if value else "") or _("无结论")
