"""The larger figures: a season of twenty thousand, whose sums must agree with its input. The time is printed."""

import time
from pathlib import Path

import pytest

from tests.portal.test_commands import jinbang

CANDIDATES = 20_000


@pytest.mark.soak
def test_a_season_of_twenty_thousand_agrees_with_its_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    began = time.perf_counter()
    done = jinbang("rehearse", "--candidates", str(CANDIDATES), "--province", "14", "--seed", "1", home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "与输入一致：成绩、状态、座位" in done.stdout
    assert f"考生：{CANDIDATES}" in done.stdout
    with capsys.disabled():
        print(f"\n{CANDIDATES:,} candidates in {time.perf_counter() - began:.0f} s\n{done.stdout}")  # noqa: T201  # the figure is the point
