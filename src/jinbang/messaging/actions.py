"""Collecting what people have to hear of, and sending it. Both may be repeated, interrupted, run twice at once.

Nothing is lost: the record of changes is read from a cursor, with a look back over the longest transaction. Nothing is
told twice: a unique constraint joins change and person, and a message is taken by one worker before the sender is
called. No state changes are recorded here: messages follow from the record, and the message row says what became of it.
Personal data: texts and addresses are made for one sending and stored nowhere.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from jinbang.kernel.ids import new_id
from jinbang.kernel.states import advance
from jinbang.messaging import queries, rules, texts
from jinbang.messaging.adapters import ConsoleSender, Outgoing, Sender, SendingFailed
from jinbang.messaging.models import Broadcast, Cursor, Message
from jinbang.messaging.queries import Addressee, Happening, Letter
from jinbang.messaging.states import TRANSITIONS, Channel, MessageEvent, MessageKind, MessageState

CHANGES: Final = "state_changes"
AT_ONCE: Final = 1_000
TAKEN_AT_ONCE: Final = 100


_INSERT: Final = (
    "INSERT INTO messaging_message (id, change_id, person_id, kind, channel, state, due_at, attempts)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, 0) ON CONFLICT DO NOTHING"
)
_KEPT: Final = advance(TRANSITIONS, MessageState.WAITING, MessageEvent.KEEP)


# ---------------------------------------------------------------- collecting


@dataclass(frozen=True)
class _News:
    """One thing to be told to one person."""

    change_id: UUID
    kind: MessageKind
    to: Addressee


# Step 12 of docs/cycles/application.md.
def collect_messages(now: datetime, *, quiet: bool = False) -> int:
    """Write a message for every person whom a change since the last time concerns. Returns how many were written.

    Reads outside the transaction and writes a thousand at a time, so that no collector holds a lock for long. Where all
    is told, the next run goes on from what was the newest change when this one began, whomever that concerned. `quiet`
    keeps everything in the inboxes and sends nothing: a rehearsal's people have no telephones.
    """
    cursor, _ = queries.cursors().get_or_create(name=CHANGES)
    newest: UUID | None = getattr(cursor, "newest", None)  # one that was just made knows of none
    position, is_first, count = cursor.position, True, 0
    while changes := queries.changes_untold(position, is_first=is_first, limit=AT_ONCE):
        count += _tell(changes, now=now, quiet=quiet)
        position, is_first = changes[-1].id, False
        _advance(position)
    if newest is not None and (position is None or position < newest):
        _advance(newest)
    for broadcast in queries.broadcasts_unfinished():
        while (told := _tell_some(broadcast, now=now, quiet=quiet)) is not None:
            count += told
    return count


@transaction.atomic
def _tell(changes: Sequence[Happening], *, now: datetime, quiet: bool) -> int:
    """Tell each change to whom it concerns; a release is noted as a list to be told afterwards."""
    lists = [Broadcast(change_id=change.id) for change in changes if queries.is_release(change)]
    Broadcast.objects.bulk_create(lists, ignore_conflicts=True)
    by_kind: dict[str, list[Happening]] = defaultdict(list)
    for change in changes:
        if not queries.is_release(change):
            by_kind[change.subject_kind].append(change)
    news: list[_News] = []
    for subject_kind, some in by_kind.items():
        addressees = queries.addressees_of(subject_kind, [change.subject_id for change in some])
        for change in some:
            kind = texts.find_kind(subject_kind=subject_kind, event=change.event, from_state=change.from_state)
            to = addressees.get(change.subject_id)
            if kind is not None and to is not None:
                news.append(_News(change.id, kind, to))
    return _write(news, now=now, quiet=quiet)


@transaction.atomic
def _tell_some(broadcast: Broadcast, *, now: datetime, quiet: bool) -> int | None:
    """Tell the next people on a list and note how far it has come. Returns how many; None when it is finished."""
    broadcast = queries.lock_broadcast(broadcast.pk)
    if broadcast.finished_at is not None:
        return None
    change = broadcast.change
    kind = texts.find_kind(
        subject_kind=change.subject_kind,
        event=change.event,
        from_state=change.from_state,
        again=queries.is_again(change),
    )
    people = queries.roster_of(change, after=broadcast.position, limit=AT_ONCE)
    if not people or kind is None:
        broadcast.finished_at = now
        broadcast.save(update_fields=("finished_at",))
        return None
    broadcast.position = people[-1][0]
    broadcast.save(update_fields=("position",))
    return _write([_News(change.pk, kind, to) for _, to in people], now=now, quiet=quiet)


def _write(news: Sequence[_News], *, now: datetime, quiet: bool) -> int:
    """Write what is not written yet, and return how many that were.

    The unique constraint decides, whoever else is collecting at this moment. Written by hand because the ORM spends
    nine tenths of its time on columns that are alike in every row: a season brings a hundred thousand.
    """
    identifier, due_at = Message._meta.pk, Message._meta.get_field("due_at")  # noqa: SLF001  # `_meta` is Django's documented door to a model's fields
    due = due_at.get_db_prep_save(now, connection)

    def row(one: _News) -> list[Any]:
        channel = rules.channel_for(one.kind, has_phone=one.to.has_phone, has_email=one.to.has_email)
        state = _KEPT if quiet or channel is Channel.INBOX else MessageState.WAITING
        ids = (new_id(), one.change_id, one.to.person_id)
        prepared = (identifier.get_db_prep_value(value, connection) for value in ids)
        return [*prepared, one.kind.value, channel.value, state.value, due]

    if not news:
        return 0
    with connection.cursor() as cursor:
        cursor.executemany(_INSERT, [row(one) for one in news])
        return int(cursor.rowcount)


def _advance(position: UUID) -> None:
    """Move the cursor forward, never back: another collector may have come further."""
    behind = Q(position__isnull=True) | Q(position__lt=position)
    Cursor.objects.filter(behind, name=CHANGES).update(position=position)


# ---------------------------------------------------------------- sending


# Step 12 of docs/cycles/application.md.
def deliver_messages(now: datetime, sender: Sender | None = None) -> int:
    """Send everything that is due. Returns how many were sent.

    A message is noted as taken before the sender is called and as sent after it, each in its own transaction. Between
    the two only a crash leaves it open; then it is sent again under the same id, by which a gateway knows a repeat.
    """
    carrier = sender if sender is not None else ConsoleSender()
    _put_back_abandoned(now)
    count = 0
    while taken := _take_some(now):
        letters = queries.letters_of(taken)
        count += sum(_send(message, letter, carrier, now=now) for message, letter in zip(taken, letters, strict=True))
    return count


@transaction.atomic
def _take_some(now: datetime) -> list[Message]:
    """Take a handful of due messages, each of them from everybody else: the state is compared and set in one UPDATE."""
    by = new_id()
    due = queries.messages_due(now, limit=TAKEN_AT_ONCE)
    Message.objects.filter(pk__in=due, state=MessageState.WAITING.value).update(
        state=MessageState.SENDING.value, taken_by=by, taken_at=now
    )
    return queries.messages_taken(by)


def _send(message: Message, letter: Letter, sender: Sender, *, now: datetime) -> bool:
    outgoing = Outgoing(
        message_id=message.pk,
        kind=letter.kind,
        channel=letter.channel,
        address=queries.address_of(message.person, letter.channel),
        subject=letter.title,
        text=letter.short if letter.channel is Channel.SMS else letter.full,
    )
    message.attempts += 1
    try:
        sender.send(outgoing)
    except SendingFailed:
        _note(message, _after_failure(message), now=now)
        return False
    _note(message, MessageEvent.SEND, now=now)
    return True


def _after_failure(message: Message) -> MessageEvent:
    return MessageEvent.PUT_BACK if rules.has_attempts_left(message.attempts) else MessageEvent.GIVE_UP


def _note(message: Message, event: MessageEvent, *, now: datetime) -> None:
    """Write down what became of a taken message, unless somebody who thought its taker dead was faster."""
    message.move(event)
    match event:
        case MessageEvent.SEND:
            message.sent_at = now
        case MessageEvent.PUT_BACK:
            message.due_at = rules.next_attempt(message.attempts, now)
        case _:
            pass
    Message.objects.filter(pk=message.pk, state=MessageState.SENDING.value, taken_by=message.taken_by).update(
        state=message.state, attempts=message.attempts, sent_at=message.sent_at, due_at=message.due_at
    )


def _put_back_abandoned(now: datetime) -> None:
    """Put back, or give up, what a worker took and then died over."""
    for message in _counted(queries.messages_abandoned(now - rules.TAKEN_MOST)):
        _note(message, _after_failure(message), now=now)


def _counted(messages: Iterable[Message]) -> Iterable[Message]:
    for message in messages:
        message.attempts += 1
        yield message
