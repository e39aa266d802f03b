"""What the application phase refuses. `portal/problems.py` gives each code its page and its sentence."""

from jinbang.kernel.errors import DomainError


class ApplicationNotFound(DomainError):
    """No such application for this person: it does not exist, is another's, or lies outside the reader's scope."""

    code = "application_not_found"


class AlreadyApplied(DomainError):
    """The person already has a living application for this sitting. Field: `sitting`."""

    code = "already_applied"


class OnSiteOnly(DomainError):
    """This examination takes applications at registration points only. Field: `sitting`."""

    code = "on_site_only"


class NotEditable(DomainError):
    """What was submitted is locked; only a return by review unlocks it. Field: `state`."""

    code = "application_not_editable"


class LineLocked(DomainError):
    """It was returned, but this line was not asked for, so it stays as it was submitted. Field: `line`."""

    code = "application_line_locked"


class SwitchLosesPasses(DomainError):
    """Another level or way through it makes a new candidate: earlier passes would be lost. Field: `lost` (in words)."""

    code = "switch_loses_passes"


class SpecialtyFixed(DomainError):
    """Every subject of another specialty is passed and still counts. Fields: `specialty` (that one), `through`."""

    code = "specialty_fixed"


class ChoiceUnknown(DomainError):
    """The programme does not offer this choice here. Fields: `kind` (level, specialty, track, subject…), `choice`."""

    code = "choice_unknown"


class SubjectsIncomplete(DomainError):
    """On this way all subjects have to be passed at once, so all have to be applied for. Field: `missing` (names)."""

    code = "subjects_incomplete"


class ConditionNotMet(DomainError):
    """The typed education or years do not meet the chosen condition. Fields: `outcome`, `years_short`."""

    code = "condition_not_met"


class SiteNotOffered(DomainError):
    """The site cannot be chosen: of another region, no registration point, or the centre decides. Field: `policy`."""

    code = "site_not_offered"


class ApplicationIncomplete(DomainError):
    """Something is still missing. Field: `missing`, the tasks in the order of the page."""

    code = "application_incomplete"


class DeclarationNotAccepted(DomainError):
    """The declaration was not agreed to in the wording now in force. Field: `version`."""

    code = "declaration_not_accepted"


class AlreadyDecided(DomainError):
    """Somebody was first. Fields: `state`, `decided_by`, `decided_at`, `reason`: the winner's decision."""

    code = "already_decided"


class ReasonMissing(DomainError):
    """A return or refusal needs a reason that the candidate can act on."""

    code = "decision_reason_missing"


class NotIndependent(DomainError):
    """A reviewer does not decide on an application that they entered themselves."""

    code = "reviewer_not_independent"


class CaseClaimed(DomainError):
    """Another reviewer has this case on the table. Fields: `claimed_by`, `claimed_until`."""

    code = "case_claimed"


class LinesNotFine(DomainError):
    """A case cannot be approved while a line of its checklist is to be put right or not met. Field: `lines`."""

    code = "lines_not_fine"


class ListChanged(DomainError):
    """What would be approved together is no longer the list that was shown."""

    code = "approval_list_changed"


class AppealClosed(DomainError):
    """There is nothing to appeal against, or no longer. Field: `until`, empty where there never was."""

    code = "appeal_closed"


class AppealWordsMissing(DomainError):
    """An appeal says what is thought to be wrong."""

    code = "appeal_words_missing"


class SeedNotPublic(DomainError):
    """The seed of a sample is shown when reviewing is over, not before. Field: `opens`."""

    code = "sample_seed_not_public"


class EntryRefused(DomainError):
    """One row of a group entry was refused, and with it the whole. Fields: `row` (from 1), `refusal`, its `code`."""

    code = "entry_refused"

    def __init__(self, *, row: int, refusal: DomainError) -> None:
        """Keep the row and the refusal itself."""
        super().__init__(row=row, refusal=refusal.code, **{k: v for k, v in refusal.fields.items() if k != "row"})
        self.row = row
        self.refusal = refusal


class PhotoFileTooLarge(DomainError):
    """The file has too many bytes. Fields: `megabytes`, `megabytes_max`."""

    code = "photo_file_too_large"


class PhotoUnreadable(DomainError):
    """The file is no JPEG, PNG, WebP or HEIC picture, or a damaged one."""

    code = "photo_unreadable"


class PhotoTooManyPixels(DomainError):
    """The picture has too many pixels to be opened safely. Field: `megapixels_max`."""

    code = "photo_too_many_pixels"


class PhotoTooSmall(DomainError):
    """The picture is smaller than what the ticket needs. Fields: `width`, `height`, `width_min`, `height_min`."""

    code = "photo_too_small"


class PhotoTooDetailed(DomainError):
    """Noise or pattern leaves no quality at which the portrait fits. Field: `kilobytes_max`."""

    code = "photo_too_detailed"


class PhotoMissing(DomainError):
    """This application has no photo."""

    code = "photo_missing"


class EvidenceFileTooLarge(DomainError):
    """The file has too many bytes. Fields: `megabytes`, `megabytes_max`."""

    code = "evidence_file_too_large"


class EvidenceUnreadable(DomainError):
    """The file is no JPEG, PNG, HEIC or PDF, or a damaged one."""

    code = "evidence_unreadable"


class EvidenceTooManyPixels(DomainError):
    """The picture has too many pixels to be opened safely. Field: `megapixels_max`."""

    code = "evidence_too_many_pixels"


class EvidenceTooSmall(DomainError):
    """The picture is too small for its writing to be read. Fields: `width`, `height`, `side_min`."""

    code = "evidence_too_small"


class EvidencePagesFull(DomainError):
    """One item takes so many pages and no more. Fields: `item`, `pages_max`."""

    code = "evidence_pages_full"


class EvidenceRepeated(DomainError):
    """The very same file is there already. Field: `item`."""

    code = "evidence_repeated"


class EvidenceNotAsked(DomainError):
    """Nothing asks for such an item here."""

    code = "evidence_not_asked"


class EvidenceNotFound(DomainError):
    """No such file for this reader: it does not exist, was removed, or is another's."""

    code = "evidence_not_found"


class PhotoNotFound(DomainError):
    """No such version of a photo for this reader: taken anew meanwhile, another's, or outside their scope."""

    code = "photo_not_found"


class PhotoNotReusable(DomainError):
    """There is no accepted photo of this person young enough to be used once more. Field: `months_max`."""

    code = "photo_not_reusable"


class PhotoFixed(DomainError):
    """The photo cannot be changed now: under review, or the application has come to its end. Field: `state`."""

    code = "photo_fixed"


class PhotoReasonMissing(DomainError):
    """Changing a photo after approval, and refusing the change, need a reason that the other side can read."""

    code = "photo_reason_missing"


class PhotoNotIndependent(DomainError):
    """Whoever proposed a photo does not decide on it."""

    code = "photo_not_independent"


class PhotoAlreadyDecided(DomainError):
    """Somebody decided on this change first, or it was replaced by a later one. Field: `state`."""

    code = "photo_already_decided"


class PhotoSealBroken(DomainError):
    """The photo is not the one that was sealed when the application, or a change of photo, was approved."""

    code = "photo_seal_broken"
