"""`make bench`: measure every row and write this part of RESULTS.md."""

import platform
from datetime import UTC, datetime

from benchmarks.results import write_part
from benchmarks.rows import measured_rows


def main() -> None:
    """Measure, print and write."""
    lines = [
        "## One thing beside another",
        "",
        "Written by `make bench`. A ratio compares two workloads measured in turns in one run.",
        "Rates are those of the machine it ran on.",
        "The row beside pretix is there when `PRETIX_PYTHON` names an interpreter that has it.",
        "",
        f"Last run: {datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {platform.machine()}.",
        "",
        "| what | rate of ours, per second | beside | ratio |",
        "|---|---:|---|---:|",
    ]
    for row in measured_rows():
        line = f"| {row.name} | {row.rate:,.0f} | {row.against} | {row.ratio:.2f} |"
        print(line)  # noqa: T201  # this is a command line
        lines.append(line)
    write_part("rows", lines)


if __name__ == "__main__":
    main()
