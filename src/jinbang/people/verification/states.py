"""The life of a check: what is checked, how it stands, why, and whose turn it is."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class VerificationKind(StrEnum):
    """What is checked."""

    REAL_NAME = "real_name"  # that name and document belong together
    EDUCATION = "education"  # 学历证书
    DEGREE = "degree"  # 学位证书


class VerificationState(StrEnum):
    """How a check stands. None is final: a new name or another number starts it anew."""

    NOT_CHECKED = "not_checked"
    PASSED = "passed"
    FAILED = "failed"
    NEEDS_PERSON = "needs_person"

    @property
    def whose_turn(self) -> str:
        """Who has to do something next. What failed goes to a reviewer: it stops nobody from applying."""
        match self:
            case VerificationState.NOT_CHECKED:
                return "system"
            case VerificationState.PASSED:
                return "nobody"
            case VerificationState.FAILED | VerificationState.NEEDS_PERSON:
                return "reviewer"

    @property
    def is_final(self) -> bool:
        """Whether nothing leads out of here."""
        return False


class VerificationEvent(StrEnum):
    """What can happen to a check."""

    PASS = "pass"  # noqa: S105  # the check passes
    FAIL = "fail"
    DEFER = "defer"  # to a person
    RENEW = "renew"  # what was stated has changed


class Reason(StrEnum):
    """Why a check stands as it does. Words for people stand in `labels`."""

    NONE = ""
    NOT_COVERED = "not_covered"  # nobody who could check it is connected, or not yet
    UNAVAILABLE = "unavailable"  # whoever checks does not answer at the moment
    SILENT = "silent"  # has not answered for so long that a person takes over
    NUMBER_IMPOSSIBLE = "number_impossible"
    SEX_DIFFERS = "sex_differs"
    BIRTH_DIFFERS = "birth_differs"
    NAME_UNUSUAL = "name_unusual"
    NAME_DIFFERS = "name_differs"
    NUMBER_UNKNOWN = "number_unknown"
    OTHER = "other"
    LOOKED_AT = "looked_at"  # by a person, whose words stand in the history


TRANSITIONS: Final[Mapping[tuple[VerificationState, VerificationEvent], VerificationState]] = {
    (VerificationState.NOT_CHECKED, VerificationEvent.PASS): VerificationState.PASSED,
    (VerificationState.NOT_CHECKED, VerificationEvent.FAIL): VerificationState.FAILED,
    (VerificationState.NOT_CHECKED, VerificationEvent.DEFER): VerificationState.NEEDS_PERSON,
    (VerificationState.NEEDS_PERSON, VerificationEvent.PASS): VerificationState.PASSED,
    (VerificationState.NEEDS_PERSON, VerificationEvent.FAIL): VerificationState.FAILED,
    (VerificationState.FAILED, VerificationEvent.PASS): VerificationState.PASSED,
    (VerificationState.FAILED, VerificationEvent.FAIL): VerificationState.FAILED,  # a person has looked, and agrees
    (VerificationState.PASSED, VerificationEvent.RENEW): VerificationState.NOT_CHECKED,
    (VerificationState.FAILED, VerificationEvent.RENEW): VerificationState.NOT_CHECKED,
    (VerificationState.NEEDS_PERSON, VerificationEvent.RENEW): VerificationState.NOT_CHECKED,
}
