"""The record of what happened, and of what was already done.

`StateChange` is the candidate's timeline, the desk's history and the outbox that later phases read, in one table.
It names actor and subject by plain values because it stands before people. No chain is written inside
transactions; tamper evidence is the sequencer's work. No personal data: neither table may ever hold any.
"""

from django.db import models

from jinbang.kernel.actors import ActorKind
from jinbang.kernel.ids import new_id


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
    action = models.CharField(max_length=64)
    body_hash = models.CharField(max_length=64)
    location = models.CharField(max_length=400)
    at = models.DateTimeField()

    class Meta:
        """One effect for one key of one account."""

        constraints = (models.UniqueConstraint(fields=["account_id", "key"], name="audit_one_effect_per_key"),)

    def __str__(self) -> str:
        """Name the action that the key guarded."""
        return f"{self.action} {self.key[:8]}"
