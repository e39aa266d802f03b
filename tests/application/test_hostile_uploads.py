"""Thousands of hostile uploads end in a plain refusal or a clean JPEG, in little memory and little time."""

import json
import subprocess
import sys
from typing import Any

from tests.tiers import Measure, Tier

SEED = 20260310
MEGABYTES_MAX = 512
SECONDS_MAX = 2.0
REFUSALS = {
    "photo_unreadable",
    "photo_file_too_large",
    "photo_too_many_pixels",
    "photo_too_small",
    "photo_too_detailed",
    "portrait",
}


def test_each_ends_in_a_refusal_or_a_clean_jpeg(tier: Tier) -> None:
    count = tier[Measure.HOSTILE_UPLOADS]
    done = subprocess.run(
        [
            sys.executable,
            "-W",
            "ignore::UserWarning:PIL",
            "-m",  # damaged EXIF makes Pillow talk
            "tests.application.hostile_uploads",
            str(count),
            str(SEED),
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    assert found["faults"] == []
    assert found["cases"] > count
    assert set(found["outcomes"]) == REFUSALS, "each way of refusing is met, and so are clean portraits"
    assert found["peak_mb"] < MEGABYTES_MAX, found
    assert found["slowest"][-1][0] < SECONDS_MAX, found
