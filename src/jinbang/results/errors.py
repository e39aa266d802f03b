"""Refusals of the results phase. The sentences stand in `portal/problems.py`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from jinbang.kernel.errors import DomainError

if TYPE_CHECKING:
    from jinbang.results.handover_file import HandedOver
    from jinbang.results.marks_file import MarksFile
    from jinbang.results.roster_file import RosterFile


class ResultsNotFound(DomainError):
    """No such thing for this officer: it does not exist, or lies outside their scope or role."""

    code = "results_not_found"


class RosterEmpty(DomainError):
    """There is nobody on the roster of this region."""

    code = "roster_empty"


class EntryHasMarks(DomainError):
    """What is to be corrected on the roster has something recorded that would be left without a place: `subjects`."""

    code = "entry_has_marks"

    def __init__(self, *, subjects: str) -> None:
        """Name the subjects; all of them where the row itself is to go."""
        super().__init__(subjects=subjects)


class SubjectsDoNotFit(DomainError):
    """The subjects to stand on the roster are none, or not those of the level, specialty and track."""

    code = "subjects_do_not_fit"


class TableUnreadable(DomainError):
    """The file is no table (CSV in UTF-8 or GB 18030, XLSX, DBF): empty, too large, cut short, something else."""

    code = "table_unreadable"


class TableEncodingUnclear(DomainError):
    """The bytes are text in UTF-8 and in GB 18030, or may be something else: whoever uploads says which it is."""

    code = "table_encoding_unclear"


class TableWithoutColumn(DomainError):
    """A column that must be there is not: `column` names it, `found` lists what stands in the first line."""

    code = "table_without_column"

    def __init__(self, *, column: str, found: str) -> None:
        """Name the column that is missing, and what was found instead."""
        super().__init__(column=column, found=found)


class TableColumnTwice(DomainError):
    """Two columns of the first line mean the same, so that nobody can say which one counts: `column`.

    `found` lists what stands in the first line: one of them may have been said to mean what it does not.
    """

    code = "table_column_twice"

    def __init__(self, *, column: str, found: str) -> None:
        """Name the column, and what was found."""
        super().__init__(column=column, found=found)


class MarksFileFaulty(DomainError):
    """Some rows are wrong, so no row was taken. Field `fault_count`; the reading with each fault is `read`."""

    code = "marks_file_faulty"

    def __init__(self, *, read: "MarksFile") -> None:
        """Keep the reading, whose faults say where, what and what to do."""
        super().__init__(fault_count=read.fault_count)
        self.read = read


class RosterFileFaulty(DomainError):
    """Some lines of a roster are wrong, so nobody was put onto it. Field `fault_count`; the reading is `read`."""

    code = "roster_file_faulty"

    def __init__(self, *, read: "RosterFile | HandedOver") -> None:
        """Keep the reading, whose faults say where, what and what to do."""
        super().__init__(fault_count=read.fault_count)
        self.read = read


class MarksFileAlreadyIn(DomainError):
    """The same file (by its hash) was taken before; taking it again would change nothing. Field `batch_id`."""

    code = "marks_file_already_in"

    def __init__(self, *, batch_id: UUID) -> None:
        """Say which batch it is."""
        super().__init__(batch_id=str(batch_id))
        self.batch_id = batch_id


class ControlTotalsDiffer(DomainError):
    """The second person's control totals are not those of the file. Which of them differ is told to nobody."""

    code = "control_totals_differ"


class SamePersonTwice(DomainError):
    """Two steps that need two people were tried by one: the author of something as its checker, or one signer twice."""

    code = "same_person_twice"


class SameUnitTwice(DomainError):
    """Two officers of one unit cannot sign one release together."""

    code = "same_unit_twice"


class NobodyToKey(DomainError):
    """Everybody who applied for this subject has a mark or stands on a sheet: field `subject`."""

    code = "nobody_to_key"

    def __init__(self, *, subject: str) -> None:
        """Name the subject."""
        super().__init__(subject=subject)


@dataclass(frozen=True)
class WrongCell:
    """A cell of a sheet: whose line, which column (0 where there is one only), and the value of a `FaultKind`."""

    ticket_number: str
    column: int
    fault: str


class SheetCellWrong(DomainError):
    """Cells of a sheet cannot stand as they were typed: every one is in `cells`. Fields: `ticket_number`, `count`."""

    code = "sheet_cell_wrong"

    def __init__(self, *, cells: Sequence[WrongCell]) -> None:
        """Name the cells; the sentence names the first one's line and says how many there are."""
        super().__init__(ticket_number=cells[0].ticket_number, count=len(cells))
        self.cells = tuple(cells)


class SheetOutdated(DomainError):
    """The sitting goes by another version of its programme since the sheet was opened: the subject has other parts."""

    code = "sheet_outdated"


class SheetNotSettled(DomainError):
    """The third person has read something that neither of the two had: nobody agrees, and nothing counts."""

    code = "sheet_not_settled"


class NobodyOnRecord(DomainError):
    """No person on record bears this document: a file handed over is linked to somebody who is here, and by number."""

    code = "nobody_on_record"


class ReasonMissing(DomainError):
    """Marks would take the place of marks that count, and nobody said why."""

    code = "mark_reason_missing"


class BatchIncomplete(DomainError):
    """Staging was interrupted: fewer marks are stored than the manifest counts. Taking the file again completes it."""

    code = "batch_incomplete"


class MarksSealed(DomainError):
    """The marks stand under a sealed or released warrant: reopen the release first, with a reason."""

    code = "marks_sealed"


class PassMarkOutOfRange(DomainError):
    """A pass mark lies above the subject's full marks, or at nothing. Fields: `subject`, `full_mark`."""

    code = "pass_mark_out_of_range"

    def __init__(self, *, subject: str, full_mark: str) -> None:
        """Name the subject and its full mark as people write it."""
        super().__init__(subject=subject, full_mark=full_mark)


class DistrictElsewhere(DomainError):
    """No district of this region has this code, so nobody here could be judged by its line. Field: `district`."""

    code = "district_elsewhere"

    def __init__(self, *, district: str) -> None:
        """Name the code."""
        super().__init__(district=district)


class ReleaseNotReady(DomainError):
    """Something on the go/no-go list is still open: field `open_points` counts it."""

    code = "release_not_ready"

    def __init__(self, *, open_points: int) -> None:
        """Count what is still open."""
        super().__init__(open_points=open_points)


class NothingToSchedule(DomainError):
    """No region was chosen, so there is no instant to set."""

    code = "nothing_to_schedule"


class ReleaseNotDue(DomainError):
    """The release instant has not come yet. Nobody but the system's own clockwork ever asks."""

    code = "release_not_due"


class WarrantChanged(DomainError):
    """What was on the officer's screen, or was sealed, is no longer what stands in the database."""

    code = "warrant_changed"


class WarrantNotApproved(DomainError):
    """There are not two valid signatures of two non-authors of different units over the current warrant."""

    code = "warrant_not_approved"


class NoOfficerKey(DomainError):
    """The officer has no signing key yet."""

    code = "no_officer_key"


class PasskeyRefused(DomainError):
    """The passkey's answer is not its own, not over this warrant, not for this site, or not by a verified holder."""

    code = "passkey_refused"


class ReleaseTooLate(DomainError):
    """The release instant is over: what is out cannot be taken back, only corrected."""

    code = "release_too_late"


class StatisticsNotReady(DomainError):
    """There are no statistics: the results are not out yet, or have not been counted."""

    code = "statistics_not_ready"


class ReportNotFound(DomainError):
    """No such report for this candidate: not theirs, not out, or not there. All three are refused alike."""

    code = "report_not_found"


class TooManyReportChecks(DomainError):
    """This network has checked as many result reports as it may for now. Field: `again_at`."""

    code = "too_many_report_checks"


class TooManyReminders(DomainError):
    """This network has asked for as many ticket numbers as it may for now."""

    code = "too_many_reminders"
