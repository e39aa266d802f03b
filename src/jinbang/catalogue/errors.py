"""What the catalogue refuses: a file that is not a programme, and names that a programme does not know.

`portal/problems.py` turns each code into a page and a sentence; the command line prints `str()` of a broken file.
"""

from jinbang.kernel.errors import DomainError


class CatalogueFileBroken(DomainError):
    """A programme file cannot be used: which file, which key, what is wrong and what to do about it."""

    code = "catalogue_file_broken"

    def __init__(self, *, file: str, key: str, problem: str, remedy: str) -> None:
        """Keep the four facts that make one sentence."""
        super().__init__(file=file, key=key, problem=problem, remedy=remedy)
        self.file = file
        self.key = key
        self.problem = problem
        self.remedy = remedy

    def __str__(self) -> str:
        """Say the sentence that the command line prints."""
        return f"{self.file}: {self.key}: {self.problem}; {self.remedy}"


class ProgrammeUnknown(DomainError):
    """No programme of this code is in force on this date. Fields: `programme`, `on`."""

    code = "programme_unknown"


class ProgrammePartUnknown(DomainError):
    """The programme has no such level, specialty, track, subject or condition. Fields: `programme`, `kind`, `part`."""

    code = "programme_part_unknown"


class PartMarksWrong(DomainError):
    """Parts do not make a mark: one is missing, unknown or above its full mark. Fields: `subject`, `part`."""

    code = "part_marks_wrong"
