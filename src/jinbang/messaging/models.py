"""Messages, how far the record of changes has been read, and the codes that the demo shows.

Personal data: that a person was told a kind of news at a time, and by which way. No text, no number and no address is
stored here; a demo's codes stand beside a masked telephone number.
"""

from django.db import models

from jinbang.audit.models import StateChange
from jinbang.kernel.ids import new_id
from jinbang.kernel.states import advance
from jinbang.messaging.states import TRANSITIONS, Channel, MessageEvent, MessageKind, MessageState
from jinbang.people.models import Person


class Message(models.Model):
    """One step told to one person. The id goes to the sender as well, so that a gateway can tell a repeat."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="messages", db_index=False)
    change = models.ForeignKey(StateChange, on_delete=models.PROTECT, related_name="messages", db_index=False)
    kind = models.CharField(max_length=24, choices=[(kind.value, kind.value) for kind in MessageKind])
    channel = models.CharField(max_length=8, choices=[(channel.value, channel.value) for channel in Channel])
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()  # not to be sent earlier
    taken_by = models.UUIDField(null=True)  # one taking of a handful of messages by one worker
    taken_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    state = models.CharField(
        max_length=8, choices=[(state.value, state.value) for state in MessageState], default=MessageState.WAITING.value
    )

    class Meta:
        """A step is told to a person once, however many collectors run and however often."""

        constraints = (
            models.UniqueConstraint(fields=["change", "person"], name="messaging_told_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in MessageState]), name="messaging_message_state"
            ),
        )
        indexes = (
            models.Index(fields=["person", "-id"], name="messaging_inbox"),
            models.Index(fields=["state", "due_at"], name="messaging_queue"),
        )

    def __str__(self) -> str:
        """Name kind and way, not the person."""
        return f"{self.kind} by {self.channel}"

    def move(self, event: MessageEvent) -> None:
        """Go through the only door to `state`."""
        self.state = advance(TRANSITIONS, MessageState(self.state), event).value


class Cursor(models.Model):
    """How far a reader has come in the record of changes."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=32, unique=True)
    position = models.UUIDField(null=True)  # id of the last change looked at

    def __str__(self) -> str:
        """Name the reader."""
        return self.name


class Broadcast(models.Model):
    """A step that many people hear of (a draw of seats, a release), and how far down the list it has been told."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    change = models.OneToOneField(StateChange, on_delete=models.PROTECT, related_name="broadcast")
    position = models.UUIDField(null=True)  # id of the last row of the list that was dealt with
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        """Name the row."""
        return f"broadcast {self.pk}"


class ShownCode(models.Model):
    """A sign-in code, kept for the outbox page of a demo, where no telephone rings. Never written elsewhere."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    phone_masked = models.CharField(max_length=128)  # or an e-mail address, masked as well
    text = models.CharField(max_length=200)
    at = models.DateTimeField()

    def __str__(self) -> str:
        """Name the row, not the code."""
        return f"code {self.pk}"
