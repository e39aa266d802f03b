"""The synthetic marking house: its totals are counted while drawing, and its file reads back to the same."""

from jinbang.catalogue.check import find_programme_in_files
from jinbang.portal.rehearsal.marking import Paper, mark_papers
from jinbang.results.marks_file import Expected, read_marks
from jinbang.results.states import MarkStatus

SUBJECTS = find_programme_in_files("social-worker").subjects_for(level="intermediate")


def papers(count: int) -> list[Paper]:
    return [
        Paper(
            key=str(position),
            ticket_number=f"26140101{position:05d}12345",
            name="林小满",
            ability=0.6,
            level="level-2",
            subjects=SUBJECTS,
            absent=frozenset({SUBJECTS[0].code}) if position == 1 else frozenset(),
            noted=frozenset({SUBJECTS[1].code}) if position == 2 else frozenset(),
        )
        for position in range(count)
    ]


def expected_of(paper: Paper, full: dict[str, int]) -> Expected:
    """Return what a roster would expect of this paper."""
    return Expected(paper.ticket_number, paper.name, full, {code: code for code in full}, paper.absent, paper.level)


def test_the_file_reads_back_to_its_own_control_totals() -> None:
    people = papers(40)
    marked = mark_papers(people, seed="x")
    full = {subject.code: subject.full_mark_hundredths for subject in SUBJECTS}
    roster = {paper.ticket_number: expected_of(paper, full) for paper in people}
    read = read_marks(marked.content, roster=roster)
    assert read.faults == ()
    assert dict(read.totals) == marked.totals


def test_every_kind_of_status_occurs_and_the_same_seed_marks_alike() -> None:
    marked = mark_papers(papers(40), seed="x")
    assert all(marked.totals[status.value] > 0 for status in MarkStatus)
    assert marked.totals["zero"] == 1
    assert mark_papers(papers(40), seed="x").content == marked.content
    assert mark_papers(papers(40), seed="y").content != marked.content
