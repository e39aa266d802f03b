"""The lookup role with a capacity that a test can exceed: each query takes so many milliseconds more.

    python -m tests.lookup.slow_role --port 8001

`SLOW_MS` says how many, `PROOF_KEY` (hexadecimal) with which key challenges are signed, `NO_ADMISSION` that everything
is admitted, `BUSY_WHILE` a file during whose existence nothing is, and `APART` that the processes do not tell each
other what has been used.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path

from jinbang.lookup.challenge import ProofOfWork
from jinbang.lookup.exchange import Request, Response
from jinbang.lookup.gate import Gate
from jinbang.lookup.node import Node, node_from_environment
from jinbang.lookup.overload import Admission
from jinbang.lookup.supervision import main


class BusyWhile(Admission):
    """Admits nothing while a file exists."""

    def __init__(self, path: Path) -> None:
        """Remember the file."""
        super().__init__()
        self._path = path

    def admits(self, now: float, at_next_turn: Callable[[Callable[[], None]], object]) -> bool:
        """Look whether it exists."""
        return not self._path.exists() and super().admits(now, at_next_turn)


def begin(shared: Path) -> Node:
    """Return the node of this process."""
    gate = Gate() if "APART" in os.environ else Gate.shared(shared)
    gate.proof = ProofOfWork(spent=gate.proof._spent, key=bytes.fromhex(os.environ["PROOF_KEY"]))
    node = node_from_environment(gate=gate)
    answer, seconds = node.service.answer, int(os.environ["SLOW_MS"]) / 1000

    def slowly(request: Request) -> Response:
        if request.method == "POST":
            time.sleep(seconds)
        return answer(request)

    node.service.answer = slowly  # type: ignore[method-assign]  # the same, but slower
    if "NO_ADMISSION" in os.environ:
        node._admission = Admission(seconds=1e9)
    if "BUSY_WHILE" in os.environ:
        node._admission = BusyWhile(Path(os.environ["BUSY_WHILE"]))
    return node


if __name__ == "__main__":
    main(begin, module="tests.lookup.slow_role")
