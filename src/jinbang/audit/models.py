"""The record of what happened, of what was already done, and of what was asked for and is being done.

`StateChange` is the candidate's timeline, the desk's history and the outbox that later phases read, in one table.
It names actor and subject by plain values because it stands before people. No chain is written inside
transactions; tamper evidence is the sequencer's work. No personal data: none of the tables may ever hold any.
"""

from django.db import models

from jinbang.audit.refusals import kept_refusal
from jinbang.audit.rules import percent
from jinbang.audit.states import TRANSITIONS, WorkEvent, WorkState
from jinbang.kernel.actors import ActorKind
from jinbang.kernel.errors import DomainError
from jinbang.kernel.ids import new_id
from jinbang.kernel.states import advance


class StateChange(models.Model):
    """One thing that happened to one object. Append-only. `reason` and `details` never hold personal data."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=16, choices=[(kind.value, kind.value) for kind in ActorKind])
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=64, blank=True)
    subject_kind = models.CharField(max_length=64)
    subject_id = models.UUIDField()
    event = models.CharField(max_length=48)
    from_state = models.CharField(max_length=32, blank=True)
    to_state = models.CharField(max_length=32, blank=True)
    reason = models.TextField(blank=True)
    details = models.JSONField(default=dict)

    class Meta:
        """A subject's history is read in order; messaging reads everything in order of id."""

        indexes = (models.Index(fields=["subject_kind", "subject_id", "id"], name="audit_subject_history"),)

    def __str__(self) -> str:
        """Name the subject and what happened to it."""
        return f"{self.subject_kind} {self.subject_id}: {self.event}"


class IdempotencyKey(models.Model):
    """A submitted form's server-made key, stored in the transaction of its effect, with where it led."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(max_length=64)
    account_id = models.UUIDField()
    action = models.CharField(max_length=160)
    body_hash = models.CharField(max_length=64)
    location = models.CharField(max_length=400)
    at = models.DateTimeField()

    class Meta:
        """One effect for one key of one account."""

        constraints = (models.UniqueConstraint(fields=["account_id", "key"], name="audit_one_effect_per_key"),)

    def __str__(self) -> str:
        """Name the action that the key guarded."""
        return f"{self.action} {self.key[:8]}"


class LongWork(models.Model):
    """Work too long for a request, which a worker does in steps. No personal data: arguments are ids and plain words.

    `cursor` says where the next step begins; it is written in the transaction of the step itself.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    task = models.CharField(max_length=120)  # the dotted name of a function in a phase's `tasks`
    subject_kind = models.CharField(max_length=64)
    subject_id = models.UUIDField()
    arguments = models.JSONField(default=dict)
    actor_kind = models.CharField(max_length=16, choices=[(kind.value, kind.value) for kind in ActorKind])
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=64, blank=True)
    asked_at = models.DateTimeField()
    cursor = models.JSONField(default=dict)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    holder = models.UUIDField(null=True)  # the attempt that runs it; a new one for each taking
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)  # since the last step that was completed
    ended_at = models.DateTimeField(null=True)
    refusal_code = models.CharField(max_length=48, blank=True)
    refusal_fields = models.JSONField(default=dict)
    state = models.CharField(
        max_length=16, choices=[(state.value, state.value) for state in WorkState], default=WorkState.WAITING.value
    )

    class Meta:
        """The same work on the same object is under way once."""

        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in WorkState]), name="audit_work_state"
            ),
            models.UniqueConstraint(
                fields=["task", "subject_id"],
                condition=models.Q(state__in=[state.value for state in WorkState if not state.is_final]),
                name="audit_one_work_under_way",
            ),
        )
        indexes = (
            models.Index(fields=["state", "id"], name="audit_work_queue"),
            models.Index(fields=["actor_id", "id"], name="audit_work_of_asker"),
            models.Index(fields=["subject_kind", "subject_id", "id"], name="audit_work_of_subject"),
        )

    def __str__(self) -> str:
        """Name the task and how far it is."""
        return f"{self.task} {self.done}/{self.total}"

    def move(self, event: WorkEvent) -> None:
        """Go through the only door to `state`."""
        self.state = advance(TRANSITIONS, WorkState(self.state), event).value

    @property
    def percent(self) -> int:
        """How much of it is done, in whole percent."""
        return percent(self.done, self.total)

    @property
    def refusal(self) -> DomainError | None:
        """What the action that refused said; None where none did."""
        return kept_refusal(self.refusal_code, self.refusal_fields) if self.refusal_code else None
