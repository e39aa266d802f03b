"""What an authority lays down around a programme's subjects: how to apply, the photo, rechecks, certificates, sources.

Pure frozen values, parts of a `Programme`. What they mean for one person is decided by the phases that use them.
"""

from dataclasses import dataclass
from enum import StrEnum


class SiteChoice(StrEnum):
    """Who decides the site: the candidate, the centre, or the registration point, which is then the site."""

    CANDIDATE = "candidate"
    CENTRE = "centre"
    POINT = "point"


@dataclass(frozen=True)
class PanelRule:
    """How the marks of a panel's assessors become one: how many assess, and how many of the highest and lowest go.

    The rest is a plain mean, rounded half up to `decimals` places (0 to 2).
    """

    assessors: int
    drop_highest: int = 0
    drop_lowest: int = 0
    decimals: int = 2

    def __post_init__(self) -> None:
        """Refuse a rule that leaves nothing to average, or rounds finer than marks are kept."""
        if min(self.drop_highest, self.drop_lowest) < 0 or self.drop_highest + self.drop_lowest >= self.assessors:
            message = "a panel's rule must leave a mark to average"
            raise ValueError(message)
        if self.decimals not in {0, 1, 2}:
            message = "marks are whole hundredths: decimals are 0, 1 or 2"
            raise ValueError(message)


class DayUnit(StrEnum):
    """What a number of days counts."""

    NATURAL = "natural"
    WORKING = "working"


class RecheckScope(StrEnum):
    """Which subjects may be rechecked; the exceptions of an objective one stand beside it in `RecheckRule`."""

    SUBJECTIVE_ONLY = "subjective_only"
    EVERY_SUBJECT = "every_subject"


class MarkAnomaly(StrEnum):
    """What lets an objective subject be rechecked although its marks come from a machine."""

    ZERO = "zero"
    ABSENT = "absent"
    VIOLATION = "violation"
    VOID = "void"


class PaperCertificate(StrEnum):
    """When a certificate is also printed."""

    ALWAYS = "always"
    ON_REQUEST = "on_request"
    NEVER = "never"


class EvidenceRule(StrEnum):
    """When an applicant has to give the evidence of a condition or an exemption.

    Under the informed commitment (告知承诺制) no documents are asked of those who sign it; who does not choose it, may
    not, or takes it back brings them before anybody approves. Some authorities look at evidence only after the passing.
    """

    BEFORE_SUBMITTING = "before_submitting"
    UNLESS_COMMITTED = "unless_committed"
    AFTER_PASSING = "after_passing"


@dataclass(frozen=True)
class Source:
    """Where values come from: a notice, a law, a page."""

    id: str
    text: str
    url: str = ""


@dataclass(frozen=True)
class Provenance:
    """The source of the values beside it, and which of them nobody has verified."""

    source: str
    verified: bool = True
    unverified: tuple[str, ...] = ()
    note: str = ""

    def is_verified(self, key: str) -> bool:
        """Whether this one value may be printed as a fact."""
        return self.verified and key not in self.unverified


@dataclass(frozen=True)
class ApplicationRule:
    """How people apply: channels, review before payment or informed commitment, and who decides the site.

    `commitment_excludes_exempt`: whoever is exempted from subjects is checked by hand. `commitment_sample_percent` of
    those under commitment are asked for their evidence; whoever is charged with a false one has `defence_working_days`
    to answer. `counter_approves`: a registration point that has seen the originals approves on the spot.
    """

    on_site_only: bool
    site_choice: SiteChoice
    review_before_payment: bool
    review_working_days: int | None
    informed_commitment: bool
    pledge: bool
    provenance: Provenance
    evidence: EvidenceRule = EvidenceRule.UNLESS_COMMITTED
    commitment_excludes_exempt: bool = False
    commitment_sample_percent: int = 10
    defence_working_days: int = 5
    counter_approves: bool = False


@dataclass(frozen=True)
class PhotoSpec:
    """The portrait asked for. `width_px` and `height_px` are what ours is made to; the rest are bounds."""

    formats: tuple[str, ...]
    bytes_max: int
    width_px: int
    height_px: int
    backgrounds: tuple[str, ...]
    provenance: Provenance
    bytes_min: int = 0
    months_old_max: int | None = None


@dataclass(frozen=True)
class RecheckRule:
    """What may be rechecked, for how long after the release, and for how much."""

    scope: RecheckScope
    objective_if: tuple[MarkAnomaly, ...]
    window_days: int
    window_unit: DayUnit
    fee_fen: int
    once_per_subject: bool
    provenance: Provenance


@dataclass(frozen=True)
class CertificateRule:
    """What is issued, under whose seal, and whether a review after the examination stands before it."""

    name: str
    sealed_by: str
    electronic: bool
    paper: PaperCertificate
    post_exam_review: bool
    publication_working_days: int | None
    provenance: Provenance
