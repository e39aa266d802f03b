"""What a rehearsal tells: a progress bar for each phase while it runs, and a closing table of people, time and rate."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table


@dataclass
class Row:
    """One phase: how many people or things it went through, and how long that took."""

    phase: str
    count: int
    seconds: float


class Step:
    """One running phase. `advance` moves its bar."""

    def __init__(self, progress: Progress, task: TaskID) -> None:
        """Remember the bar."""
        self._progress, self._task = progress, task
        self.count = 0

    def advance(self, by: int) -> None:
        """Say that this many more are done."""
        self.count += by
        self._progress.update(self._task, advance=by)

    def reach(self, count: int) -> None:
        """Say how many are done in all."""
        self.advance(count - self.count)


@dataclass
class Report:
    """Collects the phases of one or several seasons."""

    console: Console
    rows: list[Row] = field(default_factory=list)

    @contextmanager
    def step(self, phase: str, *, total: int) -> Iterator[Step]:
        """Show a bar while a phase runs, and keep its figures."""
        columns = (TextColumn("{task.description:<16}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        began = time.perf_counter()
        with Progress(*columns, console=self.console, transient=not self.console.is_terminal) as progress:
            step = Step(progress, progress.add_task(phase, total=total))
            yield step
        self.rows.append(Row(phase, step.count, time.perf_counter() - began))

    def table(self, *, title: str) -> Table:
        """Return the closing table; phases of the same name are added up."""
        sums: dict[str, Row] = {}
        for row in self.rows:
            kept = sums.setdefault(row.phase, Row(row.phase, 0, 0.0))
            kept.count += row.count
            kept.seconds += row.seconds
        table = Table(title=title)
        for heading in ("阶段", "人/条", "秒", "每秒"):
            table.add_column(heading, justify="left" if heading == "阶段" else "right")
        for row in sums.values():
            table.add_row(
                row.phase, f"{row.count:,}", f"{row.seconds:.1f}", f"{row.count / max(row.seconds, 1e-6):,.0f}"
            )
        total = sum(row.seconds for row in sums.values())
        table.add_row("合计", "", f"{total:.1f}", "", style="bold")
        return table
