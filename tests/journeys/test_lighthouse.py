"""The query page and the result page as Lighthouse's phone loads them: a slow processor and a slow network, simulated.

Lighthouse is 185 MB of npm packages that nothing else needs; `make soak` installs them (`scripts/lighthouse`).
"""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.conftest import CHROMIUM, World

pytestmark = [pytest.mark.journey, pytest.mark.soak]
TOOL = Path(__file__).parents[1] / "lighthouse"
LEAST = 95
EVERYWHERE = ("performance", "accessibility", "best-practices")


@pytest.fixture(scope="module")
def audited(world: World) -> Iterator[list[dict[str, Any]]]:
    """Audit both pages once, as somebody meets them who queries."""
    assert (TOOL / "node_modules").is_dir(), "Lighthouse is not installed: run scripts/lighthouse"
    sample = world.facts["samples"][0]
    done = subprocess.run(
        ["/usr/bin/env", "node", "audit.mjs", sample["url"], json.dumps(sample["fields"])],
        cwd=TOOL,
        env={**os.environ, "CHROMIUM": CHROMIUM},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    yield found
    for page in found:
        print(page["address"], page["scores"])  # noqa: T201  # the figures are what one wants to read


def test_a_phone_gets_a_good_query_page(audited: list[dict[str, Any]]) -> None:
    scores = audited[0]["scores"]
    assert min(scores[name] for name in (*EVERYWHERE, "seo")) >= LEAST, audited[0]


def test_a_phone_gets_a_good_result_page(audited: list[dict[str, Any]]) -> None:
    """What search engines think of it does not count: they are told to leave it alone."""
    scores = audited[1]["scores"]
    assert min(scores[name] for name in EVERYWHERE) >= LEAST, audited[1]
    assert any("is-crawlable" in cost for cost in audited[1]["costs"])
