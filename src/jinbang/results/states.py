"""The lives of a batch of marks, a pass mark and a release, and the words a result is made of."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, assert_never


class MarkStatus(StrEnum):
    """Whether there is a mark, and if not, why. Never a number: −1 in an average is how mistakes begin."""

    SCORED = "scored"
    ABSENT = "absent"
    VIOLATION = "violation"
    VOID = "void"
    WITHHELD = "withheld"
    SIMILAR = "similar"  # 雷同: found by the panel of markers, withheld until decided (人社部令第31号 第十一条)

    @property
    def is_undecided(self) -> bool:
        """Whether it is still to be decided what becomes of the subject: nothing is judged before."""
        return self in {MarkStatus.WITHHELD, MarkStatus.SIMILAR}


class MarkSource(StrEnum):
    """How the marks of a batch came in: in a file, or keyed by hand from paper."""

    FILE = "file"
    HAND = "hand"


class FileContent(StrEnum):
    """What a file that the worker reads in contains."""

    MARKS = "marks"
    ROSTER = "roster"
    HANDOVER = "handover"


class Coverage(StrEnum):
    """How much of the roster a file is to hold. What nobody brings keeps the release from its instant."""

    WHOLE = "whole"  # everybody, in every subject that does not come by another way
    SUBJECTS = "subjects"  # everybody, in the subjects that it has columns for
    CORRECTIONS = "corrections"  # whoever stands in it, in whatever is filled in


class LinkState(StrEnum):
    """A file handed over by another system arrives, waits for a person, is linked to one, or is rejected.

    What is arriving counts for nothing until all that came with it is there.
    """

    ARRIVING = "arriving"
    WAITING = "waiting"
    LINKED = "linked"
    REJECTED = "rejected"

    @property
    def whose_turn(self) -> str:
        """Who has to do something next."""
        match self:
            case LinkState.ARRIVING:
                return "system"
            case LinkState.WAITING:
                return "marks_clerk"
            case LinkState.LINKED | LinkState.REJECTED:
                return "nobody"
            case _:
                assert_never(self)

    @property
    def is_final(self) -> bool:
        """Whether nothing leads out of here. A wrong link can be undone."""
        return self is LinkState.REJECTED


class LinkEvent(StrEnum):
    """What can happen to a file handed over."""

    TAKE_IN = "take_in"
    LINK = "link"
    UNLINK = "unlink"
    REJECT = "reject"


LINK_TRANSITIONS: Final[Mapping[tuple[LinkState, LinkEvent], LinkState]] = {
    (LinkState.ARRIVING, LinkEvent.TAKE_IN): LinkState.WAITING,
    (LinkState.ARRIVING, LinkEvent.LINK): LinkState.LINKED,
    (LinkState.WAITING, LinkEvent.LINK): LinkState.LINKED,
    (LinkState.LINKED, LinkEvent.UNLINK): LinkState.WAITING,
    (LinkState.WAITING, LinkEvent.REJECT): LinkState.REJECTED,
}


class Verdict(StrEnum):
    """What a subject's mark means."""

    PASSED = "passed"
    FAILED = "failed"
    AWAITING_PASS_MARK = "awaiting_pass_mark"  # noqa: S105  # 合格标准待公布
    NONE = "none"  # absent, violation, void, withheld: there is nothing to judge
    RETAINED = "retained"  # passed in an earlier sitting and still counting
    EXEMPT = "exempt"
    PASSED_LOCALLY = "passed_locally"  # 单独划线: below the pass mark, at or above the district's own line


class Overall(StrEnum):
    """What a person's sitting comes to."""

    PASSED = "passed"
    PASSED_LOCALLY = "passed_locally"  # by the line drawn for the district: the certificate is valid there only
    PARTIAL = "partial"  # some subjects passed and kept
    FAILED = "failed"
    ABSENT = "absent"  # in every subject applied for
    AWAITING_PASS_MARK = "awaiting_pass_mark"  # noqa: S105  # 合格标准待公布
    WITHHELD = "withheld"
    VIOLATION = "violation"  # nothing was marked, and a violation was found in a subject
    VOID = "void"


class YearStatus(StrEnum):
    """What an examination year was to a person, as far as the counting of years goes. No two of them count alike."""

    SAT = "sat"
    ABSENT = "absent"  # registered, and came to nothing: the year is used up, a resit is not
    NOT_REGISTERED = "not_registered"  # uses up the year
    PASSED_OVER = "passed_over"  # not registered in a year for which a notice tells that from an absence
    NOT_HELD = "not_held"  # in this region: uses up nothing


class ChangeCause(StrEnum):
    """Why a person's outcome has changed."""

    MARK = "mark"
    PASS_MARK = "pass_mark"  # noqa: S105  # 合格标准
    EARLIER = "earlier"  # passes of earlier sittings: corrected, voided, released since, or a year newly counted
    RULE = "rule"
    NEW = "new"  # nobody had judged this person before


class RecountPoint(StrEnum):
    """In what two accounts of one person can differ."""

    OVERALL = "overall"
    LINES = "lines"  # one has a line for a subject that the other has not
    STATUS = "status"
    MARK = "mark"
    PASS_MARK = "pass_mark"  # noqa: S105  # 合格标准
    VERDICT = "verdict"
    KEPT = "kept"


class NotCompared(StrEnum):
    """Why somebody could not be compared."""

    NOT_JUDGED = "not_judged"  # nothing is stored of this person to compare


class BatchState(StrEnum):
    """A batch of marks is staged by one person, becomes valid by another's control totals, or is taken back."""

    STAGED = "staged"
    VALID = "valid"
    DISCARDED = "discarded"

    @property
    def whose_turn(self) -> str:
        """Who has to do something next."""
        return "marks_verifier" if self is BatchState.STAGED else "nobody"

    @property
    def is_final(self) -> bool:
        """Whether nothing leads out of here."""
        return self is BatchState.DISCARDED


class BatchEvent(StrEnum):
    """What can happen to a batch."""

    VALIDATE = "validate"
    DISCARD = "discard"


BATCH_TRANSITIONS: Final[Mapping[tuple[BatchState, BatchEvent], BatchState]] = {
    (BatchState.STAGED, BatchEvent.VALIDATE): BatchState.VALID,
    (BatchState.STAGED, BatchEvent.DISCARD): BatchState.DISCARDED,
    (BatchState.VALID, BatchEvent.DISCARD): BatchState.DISCARDED,
}


class PassMarkState(StrEnum):
    """A pass mark is proposed by one person and approved by another."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"

    @property
    def whose_turn(self) -> str:
        """Who has to do something next."""
        return "pass_mark_officer" if self is PassMarkState.PROPOSED else "nobody"

    @property
    def is_final(self) -> bool:
        """Whether nothing leads out of here."""
        return self is not PassMarkState.PROPOSED


class Reach(StrEnum):
    """For whom a pass mark is set."""

    REGION = "region"  # one province, or whatever the exam region is
    SITTING = "sitting"  # everywhere: the national line
    DISTRICT = "district"  # 单独划线: a listed district, where its passes count and nowhere else


class PassMarkEvent(StrEnum):
    """What can happen to a pass mark."""

    APPROVE = "approve"
    REJECT = "reject"


PASS_MARK_TRANSITIONS: Final[Mapping[tuple[PassMarkState, PassMarkEvent], PassMarkState]] = {
    (PassMarkState.PROPOSED, PassMarkEvent.APPROVE): PassMarkState.APPROVED,
    (PassMarkState.PROPOSED, PassMarkEvent.REJECT): PassMarkState.REJECTED,
}


class WarrantKind(StrEnum):
    """What two officers sign: marks and pass marks together, marks alone, or the pass mark that was still missing."""

    TOGETHER = "marks_and_pass_mark"
    MARKS = "marks"  # 合格标准待公布: no verdict, and nothing that needs one begins
    PASS_MARK = "pass_mark"  # noqa: S105  # the same marks as are out, and now a verdict


class ReleaseState(StrEnum):
    """A release is drafted, checked, sealed, signed by two officers, armed for its instant, and then released."""

    DRAFT = "draft"
    VALIDATED = "validated"
    SEALED = "sealed"
    APPROVED = "approved"
    ARMED = "armed"
    RELEASED = "released"

    @property
    def whose_turn(self) -> str:
        """Who has to do something next."""
        match self:
            case ReleaseState.DRAFT | ReleaseState.VALIDATED:
                return "marks_clerk"
            case ReleaseState.SEALED:
                return "release_officer"
            case ReleaseState.APPROVED | ReleaseState.ARMED:
                return "system"
            case ReleaseState.RELEASED:
                return "nobody"
            case _:
                assert_never(self)

    @property
    def is_final(self) -> bool:
        """A released one can still be corrected, by a new generation of the same release."""
        return False

    @property
    def is_sealed(self) -> bool:
        """Whether two people sign, or have signed, exactly this: nothing that it rests on may change."""
        match self:
            case ReleaseState.SEALED | ReleaseState.APPROVED | ReleaseState.ARMED:
                return True
            case ReleaseState.DRAFT | ReleaseState.VALIDATED | ReleaseState.RELEASED:
                return False
            case _:
                assert_never(self)

    @property
    def takes_marks(self) -> bool:
        """Whether marks may come in or go: before sealing only. What is released needs a correction first."""
        match self:
            case ReleaseState.DRAFT | ReleaseState.VALIDATED:
                return True
            case ReleaseState.SEALED | ReleaseState.APPROVED | ReleaseState.ARMED | ReleaseState.RELEASED:
                return False
            case _:
                assert_never(self)


class ReleaseEvent(StrEnum):
    """What can happen to a release."""

    VALIDATE = "validate"
    SEAL = "seal"
    APPROVE = "approve"
    ARM = "arm"
    RELEASE = "release"
    REOPEN = "reopen"  # backward only to draft, with a reason; every signature becomes void
    CORRECT = "correct"  # a correction or a later pass mark: a new generation, signed anew


_S, _E = ReleaseState, ReleaseEvent
RELEASE_TRANSITIONS: Final[Mapping[tuple[ReleaseState, ReleaseEvent], ReleaseState]] = {
    (_S.DRAFT, _E.VALIDATE): _S.VALIDATED,
    (_S.VALIDATED, _E.VALIDATE): _S.VALIDATED,  # once more, after a mark or a pass mark has changed
    (_S.VALIDATED, _E.SEAL): _S.SEALED,
    (_S.SEALED, _E.APPROVE): _S.APPROVED,
    (_S.APPROVED, _E.ARM): _S.ARMED,
    (_S.ARMED, _E.RELEASE): _S.RELEASED,
    (_S.VALIDATED, _E.REOPEN): _S.DRAFT,
    (_S.SEALED, _E.REOPEN): _S.DRAFT,
    (_S.APPROVED, _E.REOPEN): _S.DRAFT,
    (_S.ARMED, _E.REOPEN): _S.DRAFT,
    (_S.RELEASED, _E.CORRECT): _S.DRAFT,
}
