"""What the audit refuses: submissions that cannot be told apart from another one."""

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
