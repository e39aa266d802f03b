"""The lookup role as it is measured: everything on, but challenges are signed with a key that the crowd has too.

granian --interface rsgi benchmarks.lookup.ours:application
python -m benchmarks.lookup.ours --port 8001
"""

import os
from pathlib import Path

from benchmarks.lookup.world import proof_key
from jinbang.lookup.gate import Gate
from jinbang.lookup.node import Node, node_from_environment
from jinbang.lookup.rsgi import LookupRole
from jinbang.lookup.supervision import main


def begin(shared: Path | None = None) -> Node:
    """Return the node of this process."""
    gate = Gate() if shared is None else Gate.shared(shared)
    gate.proof._key = proof_key(Path(os.environ["JINBANG_HOME"]))  # noqa: SLF001  # a real node tells nobody its key
    return node_from_environment(gate=gate)


application = LookupRole(begin)

if __name__ == "__main__":
    main(begin, module="benchmarks.lookup.ours")
