"""The numbers of docs/cycles stand in the code, at the functions that the steps name, and nowhere else."""

from pathlib import Path

import pytest

from tests.house.steps import ANY_MARK, CYCLES, MARK, functions, parts_marked, parts_named, steps_of
from tests.house.survey import ROOT, python_files

PAPERS = sorted(CYCLES.glob("*.md"))


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.stem)
def test_steps_are_numbered_without_a_gap_and_each_names_a_function(paper: Path) -> None:
    numbers = list(steps_of(paper))
    assert numbers == list(range(1, len(numbers) + 1))
    acting = {part.number for part in parts_named() if part.paper == paper.stem}
    assert acting == set(numbers)


def test_every_name_of_a_step_is_a_function_of_that_phase() -> None:
    assert sorted(part.function for part in parts_named() if part.function not in functions()) == []


def test_every_function_that_a_step_names_carries_its_number() -> None:
    assert sorted(map(str, parts_named() - parts_marked())) == []


def test_every_number_in_the_code_is_that_of_a_step_which_names_the_function() -> None:
    assert sorted(map(str, parts_marked() - parts_named())) == []


def test_numbers_are_written_in_one_form_and_stand_right_above_a_function() -> None:
    lines = [
        (f"{path.relative_to(ROOT)}:{number}", line)
        for path in python_files()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if ANY_MARK.search(line)
    ]
    assert [where for where, line in lines if not MARK.fullmatch(line.strip())] == []
    assert len(lines) == len(parts_marked())
    assert len(lines) > 40
