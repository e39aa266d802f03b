"""What the audit refuses: submissions that cannot be told apart from another one, and long work out of place."""

from jinbang.kernel.errors import DomainError


class SubmissionKeyMissing(DomainError):
    """A form came without the key that the server puts into each of its forms."""

    code = "submission_key_missing"


class SubmissionKeyReused(DomainError):
    """The key of an earlier submission came back with another content: field `action` of the earlier one."""

    code = "submission_key_reused"

    def __init__(self, *, action: str) -> None:
        """Name the action that this key has already served."""
        super().__init__(action=action)
        self.action = action


class WorkUnderWay(DomainError):
    """The same long work on the same object has been asked for already and has not ended."""

    code = "work_under_way"


class WorkTakenOver(DomainError):
    """This worker's lease ran out and another one has the work: what this one was about to write is not written."""

    code = "work_taken_over"


class WorkNotFound(DomainError):
    """No such long work for this reader: unknown, or asked for by somebody else."""

    code = "work_not_found"


class TaskUnknown(DomainError):
    """A dotted name that is none of our tasks: field `task`."""

    code = "task_unknown"

    def __init__(self, *, task: str) -> None:
        """Name what was to be run."""
        super().__init__(task=task)
        self.task = task
