"""The words of people: kinds of authority, of account, and the roles an appointment gives."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, assert_never


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
    GROUP_AGENT = "group_agent"  # an employer's clerk, who prepares applications that each person confirms
    BURSAR = "bursar"  # payments at the counter
    SEATING_OFFICER = "seating_officer"  # rooms, seats, tickets
    ROOM_CLERK = "room_clerk"  # absences and violations from the room record
    MARKS_CLERK = "marks_clerk"  # rosters and marks in
    MARKS_VERIFIER = "marks_verifier"  # the second person's control totals
    PASS_MARK_OFFICER = "pass_mark_officer"  # noqa: S105  # 合格标准: proposes or approves pass marks
    RELEASE_OFFICER = "release_officer"  # signs releases
    AUDITOR = "auditor"  # reads histories
    REGISTRAR = (
        "registrar"  # 报名点窗口: sees original documents, takes applications, binds a new telephone for its owner
    )


class KeyKind(StrEnum):
    """What an officer signs releases with."""

    ED25519 = "ed25519"
    PASSKEY = "passkey"


class CodePurpose(StrEnum):
    """What a code of six digits is for. A code for one purpose is none for another."""

    SIGN_UP = "sign_up"
    SIGN_IN = "sign_in"
    RECOVER = "recover"
    CHANGE_OLD = "change_old"  # to the address that is to be replaced
    CHANGE_NEW = "change_new"  # to the address that replaces it
    COUNTER = "counter"  # to the new telephone of somebody who stands at the counter


class AmendmentState(StrEnum):
    """Where a request to change a name or a document number (身份信息变更) stands."""

    SUBMITTED = "submitted"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"

    @property
    def whose_turn(self) -> str:
        """Who has to do something next."""
        match self:
            case AmendmentState.SUBMITTED:
                return "reviewer"
            case AmendmentState.APPROVED | AmendmentState.REFUSED | AmendmentState.WITHDRAWN:
                return "nobody"
            case _:
                assert_never(self)

    @property
    def is_final(self) -> bool:
        """Whether nothing leads out of here."""
        return self is not AmendmentState.SUBMITTED


class AmendmentEvent(StrEnum):
    """What can happen to such a request."""

    APPROVE = "approve"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"


AMENDMENT_TRANSITIONS: Final[Mapping[tuple[AmendmentState, AmendmentEvent], AmendmentState]] = {
    (AmendmentState.SUBMITTED, AmendmentEvent.APPROVE): AmendmentState.APPROVED,
    (AmendmentState.SUBMITTED, AmendmentEvent.REFUSE): AmendmentState.REFUSED,
    (AmendmentState.SUBMITTED, AmendmentEvent.WITHDRAW): AmendmentState.WITHDRAWN,
}


class RebindingState(StrEnum):
    """Where the binding of a new telephone at a counter (窗口换绑) stands."""

    OPENED = "opened"  # the original was seen, a code went to the new telephone
    PROVEN = "proven"  # the code has come back: a second person is to look
    DONE = "done"
    STOPPED = "stopped"

    @property
    def whose_turn(self) -> str:
        """Who has to do something next."""
        match self:
            case RebindingState.OPENED | RebindingState.PROVEN:
                return "registrar"
            case RebindingState.DONE | RebindingState.STOPPED:
                return "nobody"
            case _:
                assert_never(self)

    @property
    def is_final(self) -> bool:
        """Whether nothing leads out of here."""
        return self in {RebindingState.DONE, RebindingState.STOPPED}


class RebindingEvent(StrEnum):
    """What can happen to it."""

    PROVE = "prove"
    CONFIRM = "confirm"  # by another member of staff than the one who opened it
    STOP = "stop"  # by the owner, who was told, or by staff


REBINDING_TRANSITIONS: Final[Mapping[tuple[RebindingState, RebindingEvent], RebindingState]] = {
    (RebindingState.OPENED, RebindingEvent.PROVE): RebindingState.PROVEN,
    (RebindingState.OPENED, RebindingEvent.STOP): RebindingState.STOPPED,
    (RebindingState.PROVEN, RebindingEvent.CONFIRM): RebindingState.DONE,
    (RebindingState.PROVEN, RebindingEvent.STOP): RebindingState.STOPPED,
}


class IntegrityGround(StrEnum):
    """Why somebody is in the integrity record (诚信档案): an article of 人社部令第31号, or a false commitment."""

    ARTICLE_7 = "article_7"  # 第七条：当次全部科目成绩无效，记录五年
    ARTICLE_8 = "article_8"  # 第八条：特别严重，长期记录
    ARTICLE_10 = "article_10"  # 第十条：提供虚假证明材料，按第七条处理
    FALSE_COMMITMENT = "false_commitment"  # 虚假承诺
