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
from jinbang.lookup.supervision import main


def begin() -> Node:
    """Return the node of this process."""
    proof = ProofOfWork()
    proof._key = proof_key(Path(os.environ["JINBANG_HOME"]))  # noqa: SLF001  # a real process never shares it
    return node_from_environment(gate=Gate(proof=proof))


application = LookupRole(begin)

if __name__ == "__main__":
    main(begin, module="benchmarks.lookup.ours")
