"""The life of one row of a group entry."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, assert_never


class GroupRowState(StrEnum):
    """Where a row stands."""

    READ = "read"
    REFUSED = "refused"
    AWAITING = "awaiting"  # the person's own confirmation
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    LAPSED = "lapsed"  # not confirmed before the window closed

    @property
    def whose_turn(self) -> str:
        """Who has to do something next."""
        match self:
            case GroupRowState.READ:
                return "system"
            case GroupRowState.AWAITING:
                return "candidate"
            case GroupRowState.REFUSED | GroupRowState.CONFIRMED | GroupRowState.DECLINED | GroupRowState.LAPSED:
                return "nobody"
            case _:
                assert_never(self)

    @property
    def is_final(self) -> bool:
        """Whether nothing leads out of here."""
        return self.whose_turn == "nobody"


class GroupRowEvent(StrEnum):
    """What can happen to a row."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    CONFIRM = "confirm"
    DECLINE = "decline"
    LAPSE = "lapse"


_S, _E = GroupRowState, GroupRowEvent
GROUP_ROW_TRANSITIONS: Final[Mapping[tuple[GroupRowState, GroupRowEvent], GroupRowState]] = {
    (_S.READ, _E.ACCEPT): _S.AWAITING,
    (_S.READ, _E.REFUSE): _S.REFUSED,
    (_S.AWAITING, _E.CONFIRM): _S.CONFIRMED,
    (_S.AWAITING, _E.DECLINE): _S.DECLINED,
    (_S.AWAITING, _E.LAPSE): _S.LAPSED,
}


class Column(StrEnum):
    """The columns of a sheet, in their order; headings are in `labels`."""

    NAME = "name"
    KIND = "kind"
    NUMBER = "number"
    LEVEL = "level"
    SPECIALTY = "specialty"
    TRACK = "track"
    CONDITION = "condition"
    EDUCATION = "education"
    GRADUATED_ON = "graduated_on"
    WORK_YEARS = "work_years"
    EMPLOYER = "employer"
    SUBJECTS = "subjects"
    SITE = "site"


class Reason(StrEnum):
    """Why a row was refused. Nothing here tells what is on record of a person."""

    EMPTY = "empty"
    UNKNOWN = "unknown"
    BAD_NUMBER = "bad_number"
    NUMBER_CUT = "number_cut"
    BAD_DATE = "bad_date"
    BAD_YEARS = "bad_years"
    TWICE = "twice"
    SUBJECTS_MISSING = "subjects_missing"
    NOT_ELIGIBLE = "not_eligible"
    SITE_NOT_OFFERED = "site_not_offered"
    TOO_LONG = "too_long"
