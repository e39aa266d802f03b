"""What is sealed, read from the results phase: the header of a release and a card for everybody on its roster.

Everybody on the roster gets a record, whether they came or not. Used by the actions that publish, never by a query of
a candidate: the hot path reads the snapshot and nothing else. Whoever has signed in is looked up for what they would
have typed, and then answered from the snapshot like everybody.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db.models.functions import Length

from jinbang.catalogue.programme import Programme, Subject, is_whole_level
from jinbang.catalogue.validity import ValidityShape
from jinbang.lookup.cards import (
    Desk,
    Entry,
    Note,
    ReleaseHeader,
    ResultCard,
    SubjectHeading,
    SubjectLine,
    TicketShape,
    masked_document_of,
)
from jinbang.lookup.corrections import Base
from jinbang.lookup.errors import ReleaseNotAsSigned
from jinbang.lookup.pages import closing, instant
from jinbang.lookup.sealing import QueryKind
from jinbang.lookup.snapshot import SignedEntries
from jinbang.lookup.words import LAPSING, _
from jinbang.people import queries as people
from jinbang.people.queries import Candidate
from jinbang.results import queries as results
from jinbang.results.basis import pass_mark_documents
from jinbang.results.description import is_described_as_sealed
from jinbang.results.models import Release, RosterEntry
from jinbang.results.roster import leaves_of
from jinbang.results.shares import Share
from jinbang.results.states import MarkStatus, Overall, ReleaseState, Verdict
from jinbang.results.warrant import is_approved, leaf_of
from jinbang.seating.numbers import prefix as ticket_prefix
from jinbang.sittings import queries as sittings
from jinbang.sittings.models import ExamRegion, Sitting
from jinbang.sittings.states import SittingState, WindowKind

ROWS_AT_ONCE: Final = 1_000
_LENGTHS_ANNOUNCED_MAX: Final = 3
_SHAPES: Final[Mapping[ValidityShape, str]] = {
    ValidityShape.SAME_SITTING: _("须在同一次考试中通过全部科目，单科合格成绩不保留。"),
    ValidityShape.ONE_YEAR: _("须在当年的考试中通过全部应试科目，合格成绩当年有效。"),
    ValidityShape.ROLLING: _("须在连续 {0} 次考试内通过全部应试科目（滚动管理），本次计算的年度：{1}。"),
    ValidityShape.ONE_RESIT: _("单科合格成绩保留一年，其间可以补考一次。"),
    ValidityShape.PROOF: _("全部科目合格后取得成绩合格证明，{0} 年内有效，通过后续评审后取得证书。"),
    ValidityShape.LONG_TERM: _("合格成绩长期有效。"),
}
_REVIEW: Final = "review"
_FURTHER_STEP: Final = "further_step"
_UNVERIFIED: Final = "unverified"  # how long passes count is believed and was never read in the original


def get_release(release_id: UUID) -> Release:
    """Return a release with what its header needs. For the system's own steps, which have no scope. One query."""
    return Release.objects.select_related(
        "region__authority", "region__sitting__programme_version", "region__sitting__owner"
    ).get(pk=release_id)


def is_warranted(release_code: str, *, version: int, warrant_hash: str) -> bool:
    """Whether two officers' signatures stand under this very warrant, and it has not been taken back since.

    Checked when a key is asked for, not read from a flag. An earlier generation stays good after a correction, and what
    is out stays out whatever else its officers may do later.
    """
    release = Release.objects.select_related("region__sitting__programme_version").filter(code=release_code).first()
    if release is None or version > release.generation:
        return False
    authors: frozenset[str] = frozenset()
    if version == release.generation:
        if release.state not in {ReleaseState.ARMED.value, ReleaseState.RELEASED.value}:
            return False
        if release.warrant_hash != warrant_hash:
            return False
        if release.state == ReleaseState.ARMED.value:
            authors = results.authors_of(release)
    return is_approved(results.signatures_of(release), warrant_hash=warrant_hash, author_ids=authors)


def signed_root(release: Release) -> str:
    """Return the root over everybody's outcome that the officers signed, against which they are held as they are read.

    Refuses a description or an instant that is not what was signed. No query.
    """
    if not is_described_as_sealed(release):
        raise ReleaseNotAsSigned(release=release.code)
    return str(release.warrant["marks_root"])


def own_inputs(release_code: str, *, by: Candidate) -> dict[str, str]:
    """Return what a candidate would type to query a release: their own numbers and name, as of that sitting.

    404 for whoever is not on its roster, whatever came of it. Three queries.
    """
    entry = RosterEntry.objects.select_related("person", "sitting").get(
        region__release__code=release_code, person=by.person_id
    )
    day = entry.sitting.last_day
    number = people.document_number_of(entry.person, on=day).number
    name = entry.person.name_on(day)
    return {"ticket_number": entry.ticket_number, "document_number": number, "name": name}


# ------------------------------------------------------------------------------------------------ the header


def header_of(release: Release) -> ReleaseHeader:
    """Return the public facts of a release's present generation. About six queries."""
    region = release.region
    sitting = region.sitting
    programme = region.sitting.programme_version.programme
    shapes = list(
        RosterEntry.objects.filter(region=region)
        .order_by("level_code", "specialty_code", "track_code")
        .values_list("level_code", "specialty_code", "track_code")
        .distinct()
    )
    recheck = sittings.window_of(region, WindowKind.RECHECK)
    kind = QueryKind.TICKET_DOCUMENT_NAME if sitting.name_required else QueryKind.TICKET_DOCUMENT
    return ReleaseHeader(
        release=release.code,
        version=release.generation,
        environment=str(release.warrant.get("environment", "production")),
        title=sitting.name,
        opens_at=release.opens_at,
        query_kind=kind,
        subjects=_headings(programme, shapes, year=sitting.year),
        desk=_desk(region),
        labels=_labels(programme, shapes),
        sentences=_sentences(programme, region, shapes),
        ticket_shape=_ticket_shape(region),
        pass_mark_document="、".join(pass_mark_documents(region)),
        recheck_opens_at=recheck.opens if recheck else None,
        recheck_closes_at=recheck.closes if recheck else None,
        next_chance=_next_chance(sitting),
        subjects_each=max((len(_subjects(programme, shape, year=sitting.year)) for shape in shapes), default=1),
    )


Shape = tuple[str, str, str]


def _subjects(programme: Programme, shape: Shape, *, year: int) -> tuple[Subject, ...]:
    """Return what somebody of this shape may have a line of: also what an earlier syllabus lets them sit this year."""
    level, specialty, track = shape
    own = programme.subjects_for(level=level, specialty=specialty, track=track)
    return (*own, *programme.level(level).earlier_subjects(year=year))


def _subject_key(subject_code: str, shape: Shape) -> str:
    level, specialty, _track = shape
    return "/".join(part for part in (level, specialty, subject_code) if part)


def _headings(programme: Programme, shapes: Sequence[Shape], *, year: int) -> dict[str, SubjectHeading]:
    return {
        _subject_key(subject.code, shape): SubjectHeading(subject.name, subject.full_mark_hundredths)
        for shape in shapes
        for subject in _subjects(programme, shape, year=year)
    }


def _labels(programme: Programme, shapes: Sequence[Shape]) -> dict[str, str]:
    labels = {}
    for level, specialty, track in shapes:
        labels[level] = programme.level(level).name
        if specialty:
            labels[f"{level}/{specialty}"] = programme.specialty(specialty, level=level).name
        if not is_whole_level(track):
            labels[f"{level}//{track}"] = programme.track(track, level=level).name
    return labels


def _sentences(programme: Programme, region: ExamRegion, shapes: Sequence[Shape]) -> dict[str, str]:
    """Return the sentences that notes on the cards may refer to."""
    sentences = {}
    for level, _specialty, track in shapes:
        validity = programme.validity_for(level=level, track=track)
        sentences[validity.shape.value] = _SHAPES[validity.shape]
        if not _is_verified(programme, level=level, track=track):
            sentences[_UNVERIFIED] = _("成绩有效期的规定尚未核对原文，以当年的报考公告为准。")
        if step := programme.level(level).further_step:
            sentences[f"{_FURTHER_STEP}/{level}"] = _("取得证书之前，还须通过{step}。").format(step=step)
    review = sittings.window_of(region, WindowKind.POST_EXAM_REVIEW)
    if review is not None:
        when = _("{opens} 至 {closes}").format(opens=instant(review.opens), closes=closing(review.closes))
        sentences[_REVIEW] = _("请在 {when} 办理考后资格审核；逾期不办理的，本次成绩作废。").format(when=when)
    return sentences


def _is_verified(programme: Programme, *, level: str, track: str) -> bool:
    """Whether the rule of how long passes count may be printed as a fact."""
    return programme.validity_provenance_for(level=level, track=track).is_verified("validity")


def _desk(region: ExamRegion) -> Desk:
    authority = region.authority
    return Desk(
        name=authority.organisation or authority.name or settings.JINBANG_AUTHORITY_NAME,
        phone=authority.phone or settings.JINBANG_AUTHORITY_PHONE,
        official_url=settings.JINBANG_PUBLIC_URL,
    )


def _ticket_shape(region: ExamRegion) -> TicketShape:
    """Return what ticket numbers of this region look like; several lengths at once say nothing and are left out."""
    roster = RosterEntry.objects.filter(region=region)
    lengths = sorted(roster.values_list(Length("ticket_number"), flat=True).distinct().order_by())
    digits_only = not roster.exclude(ticket_number__regex=r"^[0-9]+$").exists()
    sitting = region.sitting
    # Year, province and mark of the sitting are public; numbers that were imported may begin otherwise.
    ours = ticket_prefix(year=sitting.year, authority_code=region.authority.code, sitting_code=sitting.code)
    is_ours = bool(lengths) and not roster.exclude(ticket_number__startswith=ours).exists()
    return TicketShape(
        tuple(lengths) if len(lengths) <= _LENGTHS_ANNOUNCED_MAX else (),
        digits_only=digits_only,
        beginning=ours if is_ours else "",
    )


def _next_chance(sitting: Sitting) -> str:
    later = Sitting.objects.filter(
        programme_version__code=sitting.programme_version.code,
        owner=sitting.owner,
        first_day__gt=sitting.first_day,
        state=SittingState.PUBLISHED.value,
    )
    following = later.order_by("first_day").first()
    if following is None:
        return _("下一次考试的报名时间会在“公告”中提前公布。")
    day = following.first_day
    return _("{name}，{year}年{month}月{day}日开考。").format(
        name=following.name, year=day.year, month=day.month, day=day.day
    )


# ------------------------------------------------------------------------------------------------ the cards


@dataclass(frozen=True, slots=True)
class RosterShare:
    """The entries of a share of the people, read wherever it is called.

    With a base, only those whose record there says something else.
    """

    share: Share
    base: Base | None = None

    def __call__(self) -> SignedEntries:
        """Read them. Three queries for each thousand people."""
        return SignedEntries(self._read)

    def _read(self, signed: Callable[[bytes], object]) -> Iterable[Entry]:
        entries = entries_of(get_release(self.share.release_id), share=self.share, signed=signed)
        return entries if self.base is None else self.base.corrected(entries)


class JudgedPerson(NamedTuple):
    """What of a signed outcome ends up on a card."""

    overall: str
    subjects: Sequence[Mapping[str, Any]]
    validity: Mapping[str, Any]
    ticket_number: str
    shape: Shape
    name: str

    @classmethod
    def of(cls, leaf: Mapping[str, Any]) -> "JudgedPerson":
        """Return it of a leaf of the warrant's root, under the name borne on the sitting's last day."""
        shape = (leaf["level"], leaf["specialty"], leaf["track"])
        return cls(leaf["overall"], leaf["subjects"], leaf["validity"], leaf["ticket_number"], shape, leaf["name"])


def entries_of(
    release: Release, *, share: Share | None = None, signed: Callable[[bytes], object] = bool
) -> Iterator[Entry]:
    """Yield an entry for everybody on the roster, or in a share of it, whether they sat or not.

    Each is made from the very row that the officers signed, whose leaf `signed` is given. Three queries for each
    thousand people.
    """
    region = release.region
    programme = region.sitting.programme_version.programme
    has_review, day = sittings.window_of(region, WindowKind.POST_EXAM_REVIEW) is not None, region.sitting.last_day
    outcomes = results.outcomes_of(release) if share is None else share.of(release)
    leaves = leaves_of(outcomes, region=region)
    while some := list(islice(leaves, ROWS_AT_ONCE)):
        ids = [UUID(str(leaf["person"])) for leaf in some]
        numbers = people.document_numbers_of(ids, on=day)
        for person_id, leaf in zip(ids, some, strict=True):
            signed(leaf_of(leaf))
            document, judged = numbers[person_id].number, JudgedPerson.of(leaf)
            card = card_of(judged, programme, document_number=document, has_review=has_review)
            yield Entry.of(card, ticket_number=judged.ticket_number, document_number=document)


def card_of(judged: JudgedPerson, programme: Programme, *, document_number: str, has_review: bool) -> ResultCard:
    """Return the card of one person. No queries."""
    level, specialty, track = judged.shape
    return ResultCard(
        name=judged.name,
        document_masked=masked_document_of(document_number),
        overall=Overall(judged.overall),
        subjects=tuple(_line(row, judged.shape, validity=judged.validity) for row in judged.subjects),
        level=level,
        specialty=f"{level}/{specialty}" if specialty else "",
        track="" if is_whole_level(track) else f"{level}//{track}",
        notes=tuple(_notes(judged, programme, has_review=has_review)),
    )


def _line(row: Mapping[str, Any], shape: Shape, *, validity: Mapping[str, Any]) -> SubjectLine:
    return SubjectLine(
        code=_subject_key(row["code"], shape),
        status=MarkStatus(row["status"]) if row["status"] else None,
        verdict=Verdict(row["verdict"]),
        mark_hundredths=row["mark_hundredths"],
        pass_mark_hundredths=row["pass_mark_hundredths"],
        earned=_earned(row, validity),
        until=_until(row["code"], validity),
    )


def _earned(row: Mapping[str, Any], validity: Mapping[str, Any]) -> str:
    """Say which year an earlier pass is from, counting or not."""
    if row["verdict"] == Verdict.RETAINED.value and row["passed_year"]:
        return _("{year} 年度通过").format(year=row["passed_year"])
    lapsed: dict[str, int] = dict(validity.get("lapsed", []))
    if row["code"] in lapsed:
        return _("{year} 年度的合格成绩已过有效期").format(year=lapsed[row["code"]])
    return ""


def _until(code: str, validity: Mapping[str, Any]) -> str:
    """Say how long a pass goes on counting for somebody who has not passed everything yet."""
    kept: dict[str, int | None] = {subject: through for subject, _year, through in validity.get("kept", [])}
    if code in validity.get("lapsing", []):
        return LAPSING
    if code not in kept:
        return ""
    return _("长期有效") if kept[code] is None else _("保留至 {year} 年度").format(year=kept[code])


def _notes(judged: JudgedPerson, programme: Programme, *, has_review: bool) -> Iterator[Note]:
    """Yield what comes next for those who passed, then the rule by which passes count."""
    level, _specialty, track = judged.shape
    if judged.overall in {Overall.PASSED.value, Overall.PASSED_LOCALLY.value}:
        if has_review:
            yield Note(_REVIEW)
        if programme.level(level).further_step:
            yield Note(f"{_FURTHER_STEP}/{level}")
    validity = programme.validity_for(level=level, track=track)
    match validity.shape:
        case ValidityShape.ROLLING:
            years = "、".join(str(year) for year in judged.validity.get("window_years", []))
            yield Note(validity.shape.value, (str(validity.consecutive_sittings), years))
        case ValidityShape.PROOF:
            yield Note(validity.shape.value, (str(validity.proof_years),))
        case _:
            yield Note(validity.shape.value)
    if not _is_verified(programme, level=level, track=track):
        yield Note(_UNVERIFIED)
