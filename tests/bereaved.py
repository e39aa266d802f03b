"""What is left of a process that was killed: everything below it, and whether that has ended too."""

import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

SOON_SECONDS = 15.0


def below(process: int) -> list[int]:
    """Return what this process began, and what that began, and so on."""
    begun = [
        int(word)
        for listed in Path(f"/proc/{process}/task").glob("*/children")
        for word in listed.read_text(encoding="ascii").split()
    ]
    return [*begun, *(each for one in begun for each in below(one))]


def is_running(process: int) -> bool:
    """Whether it does anything still: what ended and was not asked how is listed, but runs no more."""
    with suppress(FileNotFoundError, ProcessLookupError):
        stat = Path(f"/proc/{process}/stat").read_text(encoding="ascii")
        return stat.rpartition(")")[2].split()[0] != "Z"
    return False


def kill(process: "subprocess.Popen[bytes]") -> None:
    """Kill it as nobody can catch it, and see it dead."""
    process.kill()
    process.wait(timeout=SOON_SECONDS)


def still_running(processes: list[int], *, within: float = SOON_SECONDS) -> list[int]:
    """Return those that still run after so many seconds; at once when none does."""
    until = time.monotonic() + within
    while (left := [one for one in processes if is_running(one)]) and time.monotonic() < until:
        time.sleep(0.05)
    return left


def end_all(processes: list[int]) -> None:
    """End by their numbers what a test has left running."""
    for one in processes:
        if is_running(one):
            os.kill(one, signal.SIGKILL)
