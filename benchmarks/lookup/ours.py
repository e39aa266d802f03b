"""The lookup role as it is measured: everything on, but challenges are signed with a key that the crowd has too.

granian --interface rsgi benchmarks.lookup.ours:application
python -m benchmarks.lookup.ours --port 8001
"""

import os
from pathlib import Path

from benchmarks.lookup.world import proof_key
from jinbang.lookup.challenge import ProofOfWork
from jinbang.lookup.gate import Gate
from jinbang.lookup.node import Node, node_from_environment
from jinbang.lookup.rsgi import LookupRole
from jinbang.lookup.spent import SpentTable
from jinbang.lookup.supervision import main


def begin(shared: Path | None = None) -> Node:
    """Return the node of this process."""
    gate = Gate() if shared is None else Gate.shared(shared)
    key = proof_key(Path(os.environ["JINBANG_HOME"]))  # a real node tells nobody its key
    gate.proof = ProofOfWork(spent=SpentTable(path=shared / "proof" if shared is not None else None), key=key)
    return node_from_environment(gate=gate)


application = LookupRole(begin)

if __name__ == "__main__":
    main(begin, module="benchmarks.lookup.ours")
