"""Reading for messaging: what has happened that nobody was told of yet, whom it concerns, and what is said about it.

Personal data: opens a telephone number or an e-mail address only for sending. Costs stand with each function because
a season's end brings tens of thousands at once: rows are read in lists, never one by one.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import models
from django.db.models.functions import Concat

from jinbang.application.models import Application, Commitment, GroupRow
from jinbang.application.rules import windows_for_submitting
from jinbang.application.states import ApplicationState
from jinbang.attendance.models import Violation
from jinbang.audit import queries as audit
from jinbang.audit.models import StateChange
from jinbang.kernel.masking import mask_email, mask_phone
from jinbang.kernel.money import format_fen
from jinbang.messaging import texts
from jinbang.messaging.labels import CHANNELS, STATES, short_deadline, short_moment
from jinbang.messaging.models import Broadcast, Cursor, Message, ShownCode
from jinbang.messaging.states import Channel, MessageKind, MessageState
from jinbang.payment.models import Order
from jinbang.people import queries as people
from jinbang.people.models import Person
from jinbang.people.queries import Candidate
from jinbang.results.models import Release, RosterEntry, ViolationCase
from jinbang.results.states import ReleaseEvent
from jinbang.seating.models import AdmissionTicket
from jinbang.sittings import queries as sittings
from jinbang.sittings.models import ExamRegion, Window
from jinbang.sittings.states import WindowKind

OVERLAP: Final = timedelta(minutes=5)
"""Longer than any transaction that writes changes: a row that becomes visible late is still found."""

PERSON_OF: Final[Mapping[str, tuple[type[models.Model], str]]] = {
    texts.APPLICATION: (Application, "person"),
    texts.COMMITMENT: (Commitment, "person"),
    texts.GROUP_ROW: (GroupRow, "person"),
    texts.ORDER: (Order, "application__person"),
    texts.TICKET: (AdmissionTicket, "application__person"),
    texts.ROSTER_ENTRY: (RosterEntry, "person"),
    texts.VIOLATION: (Violation, "seat__ticket__application__person"),
    texts.VIOLATION_CASE: (ViolationCase, "entry__person"),
}
"""How each kind of object leads to the one person whom its changes concern. A release concerns a whole roster."""


# ---------------------------------------------------------------- what has happened


class Happening(NamedTuple):
    """What messaging looks at of a change: there may be a hundred thousand in one reading, so no more than that."""

    id: UUID
    subject_kind: str
    subject_id: UUID
    event: str
    from_state: str


def cursors() -> models.QuerySet[Cursor]:
    """Return how far readers have come, each with `newest`: the id of the newest change there is. One query."""
    return Cursor.objects.annotate(newest=models.Subquery(StateChange.objects.order_by("-id").values("id")[:1]))


def changes_untold(position: UUID | None, *, is_first: bool, limit: int) -> list[Happening]:
    """Return the next changes after a position that somebody has to hear of and nobody has yet, in order. One query.

    The first reading of a run looks back over `OVERLAP`; those that follow it go on from where it ended. Kind, event
    and state are asked for as one text: asked for by themselves, a database takes the index by kind, and reads the
    whole record each time instead of its end.
    """
    after = audit.changes_after(position, overlap=OVERLAP if is_first else timedelta(0))
    if not is_first and position is not None:
        after = after.filter(id__gt=position)
    told = Message.objects.filter(change=models.OuterRef("pk"))
    listed = Broadcast.objects.filter(change=models.OuterRef("pk"))
    step = Concat("subject_kind", models.Value(" "), "event")
    after = after.annotate(step=step, step_from=Concat(step, models.Value(" "), "from_state"))
    told_of = models.Q(step__in=texts.STEPS) | models.Q(step_from__in=texts.STEPS_FROM)
    untold = after.filter(told_of).exclude(models.Exists(told)).exclude(models.Exists(listed))
    return [Happening(*row) for row in untold.values_list(*Happening._fields)[:limit]]


def broadcasts_unfinished() -> list[Broadcast]:
    """Return the lists of people that have not been told to their end, oldest first. One query."""
    return list(Broadcast.objects.filter(finished_at__isnull=True).select_related("change").order_by("id"))


def lock_broadcast(broadcast_id: UUID) -> Broadcast:
    """Lock a list that is being told, with its change, until the transaction ends."""
    broadcasts = Broadcast.objects.select_for_update(of=("self",)).select_related("change")
    return broadcasts.get(pk=broadcast_id)


def is_again(change: StateChange) -> bool:
    """Whether the same had happened to the same object before. One query."""
    earlier = StateChange.objects.filter(
        subject_kind=change.subject_kind, subject_id=change.subject_id, event=change.event, id__lt=change.pk
    )
    return earlier.exists()


# ---------------------------------------------------------------- whom it concerns


@dataclass(frozen=True)
class Addressee:
    """A person and by which ways they can be reached, without the numbers themselves."""

    person_id: UUID
    has_phone: bool
    has_email: bool


def addressees_of(subject_kind: str, subject_ids: Sequence[UUID]) -> dict[UUID, Addressee]:
    """Return whom these objects of one kind concern, by the object's id. One joined query."""
    model, path = PERSON_OF[subject_kind]
    rows = model._default_manager.filter(pk__in=subject_ids)  # noqa: SLF001  # `_default_manager` is Django's documented name
    columns = rows.values_list("pk", f"{path}_id", f"{path}__phone_index", f"{path}__email_index")
    return {subject_id: _addressee(*person) for subject_id, *person in columns}


def _addressee(person_id: UUID, phone_index: str, email_index: str) -> Addressee:
    return Addressee(person_id, bool(phone_index), bool(email_index))


def roster_of(change: StateChange, *, after: UUID | None, limit: int) -> list[tuple[UUID, Addressee]]:
    """Return the next people on the roster whose release this change was, with their row's id. One joined query."""
    rows = RosterEntry.objects.filter(region__release=change.subject_id).order_by("id")
    if after is not None:
        rows = rows.filter(id__gt=after)
    columns = rows.values_list("pk", "person_id", "person__phone_index", "person__email_index")[:limit]
    return [(pk, _addressee(person_id, phone, email)) for pk, person_id, phone, email in columns]


# ---------------------------------------------------------------- what is said


@dataclass(frozen=True)
class Letter:
    """A message as it is read: rendered now, from the rows as they stand now, and stored nowhere."""

    id: UUID
    kind: MessageKind
    channel: Channel
    state: MessageState
    title: str
    short: str
    full: str
    at: datetime
    application_id: UUID | None

    @property
    def channel_label(self) -> str:
        """What screens call the way it went."""
        return str(CHANNELS[self.channel])

    @property
    def state_label(self) -> str:
        """What screens call the state of its sending."""
        return str(STATES[self.state])


@dataclass(frozen=True)
class _Facts:
    """What fills the gaps of a text, and the application that it is about, if it is about one."""

    gaps: Mapping[str, str]
    application_id: UUID | None = None


@dataclass
class _Calendar:
    """The windows of the regions asked about, each region read once; and which deadlines may still move."""

    known: dict[UUID, Mapping[WindowKind, Window]] = field(default_factory=dict)
    provisional: dict[datetime, bool] = field(default_factory=dict)

    def of(self, region: ExamRegion) -> Mapping[WindowKind, Window]:
        """Return a region's windows. One query the first time."""
        if region.pk not in self.known:
            self.known[region.pk] = sittings.windows_of(region)
        return self.known[region.pk]

    def deadline(self, closes: datetime) -> str:
        """Return a deadline in working days. One query the first time, none where its year is announced."""
        if closes not in self.provisional:
            self.provisional[closes] = sittings.is_provisional(closes)
        return short_deadline(closes, is_provisional=self.provisional[closes])


def letters_of(messages: Iterable[Message]) -> list[Letter]:
    """Return these messages as they are read, in their order.

    One query for each kind of object they are about, one for each region whose windows they name, none for a text
    whose object is gone. The messages' changes must be loaded.
    """
    found = list(messages)
    by_kind: dict[str, list[Message]] = defaultdict(list)
    for message in found:
        by_kind[message.change.subject_kind].append(message)
    facts = {kind: _facts_of(kind, {m.change.subject_id for m in some}) for kind, some in by_kind.items()}
    return [_letter(message, facts[message.change.subject_kind].get(message.change.subject_id)) for message in found]


def _letter(message: Message, facts: _Facts | None) -> Letter:
    known = facts or _Facts({})
    gaps = {**known.gaps, "reason": message.change.reason}
    text = texts.BY_KIND[MessageKind(message.kind)]
    return Letter(
        id=message.pk,
        kind=text.kind,
        channel=Channel(message.channel),
        state=MessageState(message.state),
        title=str(text.title),
        short=text.short(gaps),
        full=text.full(gaps),
        at=message.change.at,
        application_id=known.application_id,
    )


def _facts_of(subject_kind: str, ids: Iterable[UUID]) -> dict[UUID, _Facts]:
    model, joins, read = _READERS[subject_kind]
    rows = model._default_manager.filter(pk__in=list(ids)).select_related(*joins)  # noqa: SLF001  # the same
    calendar = _Calendar()
    return {row.pk: read(row, calendar) for row in rows}


def _about_application(row: Application, calendar: _Calendar) -> _Facts:
    gaps = {"sitting": row.sitting.name}
    if row.review_due_at is not None:
        gaps["due"] = calendar.deadline(row.review_due_at)
    if row.appeal_until is not None:
        gaps["appeal"] = calendar.deadline(row.appeal_until)
    windows = calendar.of(row.region)
    kinds = windows_for_submitting(ApplicationState.RETURNED, is_on_site=row.is_on_site)
    closings = [windows[kind].closes for kind in kinds if kind in windows]
    if closings:
        gaps["closes"] = short_moment(max(closings), closing=True)
    return _Facts(gaps, row.pk)


def _about_commitment(row: Commitment, calendar: _Calendar) -> _Facts:
    application = row.application
    if application is None:
        return _Facts({})
    gaps = {"sitting": application.sitting.name}
    check = row.checks.order_by("-opened_at").first()
    if check is not None and check.defence_until is not None:
        gaps["until"] = calendar.deadline(check.defence_until)
    return _Facts(gaps, application.pk)


def _about_group_row(row: GroupRow, calendar: _Calendar) -> _Facts:
    region = row.upload.region
    gaps = {"sitting": region.sitting.name}
    applying = calendar.of(region).get(WindowKind.APPLICATION)
    if applying is not None:
        gaps["closes"] = short_moment(applying.closes, closing=True)
    return _Facts(gaps, row.application_id)


def _about_order(row: Order, _calendar: _Calendar) -> _Facts:
    gaps = {
        "sitting": row.application.sitting.name,
        "fee": format_fen(row.amount_fen),
        "due": short_moment(row.due_at, closing=True),
    }
    return _Facts(gaps, row.application_id)


def _about_ticket(row: AdmissionTicket, calendar: _Calendar) -> _Facts:
    gaps = {"sitting": row.sitting.name, "number": row.number}
    printing = calendar.of(row.region).get(WindowKind.TICKET_PRINTING)
    if printing is not None:
        gaps["opens"] = short_moment(printing.opens)
        gaps["closes"] = short_moment(printing.closes, closing=True)
    return _Facts(gaps, row.application_id)


def _about_roster_entry(row: RosterEntry, _calendar: _Calendar) -> _Facts:
    return _Facts({"sitting": row.sitting.name, "number": row.ticket_number}, row.application_id)


def _about_violation(row: Violation, _calendar: _Calendar) -> _Facts:
    return _Facts({"sitting": row.record.session.sitting.name}, row.seat.ticket.application_id)


def _about_violation_case(row: ViolationCase, calendar: _Calendar) -> _Facts:
    gaps = {"sitting": row.entry.sitting.name}
    if row.defence_until is not None:
        gaps["until"] = calendar.deadline(row.defence_until)
    return _Facts(gaps, row.entry.application_id)


def _about_release(row: Release, _calendar: _Calendar) -> _Facts:
    return _Facts({"sitting": row.region.sitting.name})


# The reader of each kind is typed by its own rows; the table is asked by name, where one type has to stand for all.
_Reader = Callable[[Any, _Calendar], _Facts]
_READERS: Final[Mapping[str, tuple[type[models.Model], tuple[str, ...], _Reader]]] = {
    texts.APPLICATION: (Application, ("sitting", "region"), _about_application),
    texts.COMMITMENT: (Commitment, ("application__sitting",), _about_commitment),
    texts.GROUP_ROW: (GroupRow, ("upload__region__sitting",), _about_group_row),
    texts.ORDER: (Order, ("application__sitting",), _about_order),
    texts.TICKET: (AdmissionTicket, ("sitting", "region"), _about_ticket),
    texts.ROSTER_ENTRY: (RosterEntry, ("sitting",), _about_roster_entry),
    texts.VIOLATION: (Violation, ("record__session__sitting", "seat__ticket"), _about_violation),
    texts.VIOLATION_CASE: (ViolationCase, ("entry__sitting",), _about_violation_case),
    texts.RELEASE: (Release, ("region__sitting",), _about_release),
}


# ---------------------------------------------------------------- sending


def messages_due(now: datetime, *, limit: int) -> list[UUID]:
    """Return the ids of messages to be sent now, the longest due first. One query."""
    waiting = Message.objects.filter(state=MessageState.WAITING.value, due_at__lte=now)
    return list(waiting.order_by("due_at", "id").values_list("pk", flat=True)[:limit])


def messages_taken(by: UUID) -> list[Message]:
    """Return what one worker has taken, with what is needed to say and to send it. One query."""
    taken = Message.objects.filter(taken_by=by, state=MessageState.SENDING.value)
    return list(taken.select_related("change", "person").order_by("due_at", "id"))


def messages_abandoned(before: datetime) -> list[Message]:
    """Return what was taken before an instant and neither sent nor put back. One query."""
    return list(Message.objects.filter(state=MessageState.SENDING.value, taken_at__lt=before).order_by("id"))


def address_of(person: Person, channel: Channel) -> str:
    """Return where a message for a loaded person goes, in clear: for the sender only. No query."""
    match channel:
        case Channel.SMS:
            return people.phone_of(person)
        case Channel.EMAIL:
            return people.email_of(person)
        case Channel.INBOX:
            return ""


# ---------------------------------------------------------------- pages


def inbox_of(by: Candidate) -> models.QuerySet[Message]:
    """Return everything a candidate was ever told, newest first, by whichever way it also went out."""
    return Message.objects.filter(person_id=by.require_person()).select_related("change").order_by("-id")


@dataclass(frozen=True)
class Shown:
    """One line of the outbox page of a demo. Addresses are masked there too: the page is everybody's."""

    at: datetime
    title: str
    text: str
    to: str
    letter: Letter | None = None


def outbox(limit: int) -> list[Shown]:
    """Return what went out last, messages and codes together, newest first."""
    codes = ShownCode.objects.order_by("-id")[:limit]
    lines = [Shown(at=code.at, title="", text=code.text, to=code.phone_masked) for code in codes]
    latest = list(Message.objects.select_related("change", "person").order_by("-id")[:limit])
    lines += [
        Shown(at=letter.at, title=letter.title, text=_as_sent(letter), to=_masked_address(message), letter=letter)
        for message, letter in zip(latest, letters_of(latest), strict=True)
    ]
    return sorted(lines, key=lambda line: line.at, reverse=True)[:limit]


def _as_sent(letter: Letter) -> str:
    return letter.short if letter.channel is Channel.SMS else letter.full


def _masked_address(message: Message) -> str:
    channel = Channel(message.channel)
    address = address_of(message.person, channel)
    return mask_email(address) if channel is Channel.EMAIL else mask_phone(address)


def is_release(change: Happening) -> bool:
    """Whether this change concerns a whole roster."""
    return (change.subject_kind, change.event) == (texts.RELEASE, ReleaseEvent.RELEASE)
