"""The words of people: kinds of authority, of account, and the roles an appointment gives."""

from enum import StrEnum


class AuthorityKind(StrEnum):
    """The four levels of authority, from the nation down to where people sit or sign up."""

    NATION = "nation"
    PROVINCE = "province"
    CITY = "city"
    POINT = "point"


class AccountKind(StrEnum):
    """Candidates and staff never share an account: the two sign in differently and see different pages."""

    CANDIDATE = "candidate"
    STAFF = "staff"


class Role(StrEnum):
    """What an appointment lets a member of staff do at an authority and everything below it."""

    PLANNER = "planner"  # sittings, windows, notices, sites
    REVIEWER = "reviewer"  # initial eligibility review
    BURSAR = "bursar"  # payments at the counter
    SEATING_OFFICER = "seating_officer"  # rooms, seats, tickets
    ROOM_CLERK = "room_clerk"  # absences and violations from the room record
    MARKS_CLERK = "marks_clerk"  # rosters and marks in
    MARKS_VERIFIER = "marks_verifier"  # the second person's control totals
    PASS_MARK_OFFICER = "pass_mark_officer"  # noqa: S105  # 合格标准: proposes or approves pass marks
    RELEASE_OFFICER = "release_officer"  # signs releases
    AUDITOR = "auditor"  # reads histories


class CodePurpose(StrEnum):
    """What a code of six digits is for. A code for one purpose is none for another."""

    SIGN_UP = "sign_up"
    SIGN_IN = "sign_in"
    RECOVER = "recover"
    CHANGE_OLD = "change_old"  # to the address that is to be replaced
    CHANGE_NEW = "change_new"  # to the address that replaces it
    COUNTER = "counter"  # to the new telephone of somebody who stands at the counter
