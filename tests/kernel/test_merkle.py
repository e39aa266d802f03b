"""The tree against RFC 6962 read word for word, its published vectors, and proofs with one thing changed."""

import hashlib
import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jinbang.kernel.merkle import (
    EMPTY_ROOT,
    MerkleTree,
    leaf_hash,
    node_hash,
    root,
    root_over,
    verify_consistency,
    verify_inclusion,
)

# The eight entries of the reference implementation of RFC 6962 and the roots it publishes for sizes 1 to 8.
VECTORS = [bytes.fromhex(text) for text in ("", "00", "10", "2021", "3031", "40414243")]
VECTORS += [bytes(range(0x50, 0x58)), bytes(range(0x60, 0x70))]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def split_of(size: int) -> int:
    return max(power for power in (1 << shift for shift in range(20)) if power < size)


def naive_root(entries: Sequence[bytes]) -> bytes:
    """RFC 6962 §2.1: MTH(D[n])."""
    if not entries:
        return hashlib.sha256().digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    k = split_of(len(entries))
    return hashlib.sha256(b"\x01" + naive_root(entries[:k]) + naive_root(entries[k:])).digest()


def naive_path(index: int, entries: Sequence[bytes]) -> list[bytes]:
    """RFC 6962 §2.1.1: PATH(m, D[n])."""
    if len(entries) == 1:
        return []
    k = split_of(len(entries))
    if index < k:
        return [*naive_path(index, entries[:k]), naive_root(entries[k:])]
    return [*naive_path(index - k, entries[k:]), naive_root(entries[:k])]


def naive_proof(old_size: int, entries: Sequence[bytes], *, whole: bool = True) -> list[bytes]:
    """RFC 6962 §2.1.2: SUBPROOF(m, D[n], b)."""
    if old_size == len(entries):
        return [] if whole else [naive_root(entries)]
    k = split_of(len(entries))
    if old_size <= k:
        return [*naive_proof(old_size, entries[:k], whole=whole), naive_root(entries[k:])]
    return [*naive_proof(old_size - k, entries[k:], whole=False), naive_root(entries[:k])]


def entries_of(size: int) -> list[bytes]:
    return [index.to_bytes(4, "big") for index in range(size)]


def test_roots_are_those_of_the_reference_implementation() -> None:
    tree = MerkleTree()
    assert tree.root() == root([]) == EMPTY_ROOT
    for entry, expected in zip(VECTORS, ROOTS, strict=True):
        tree.append(entry)
        assert tree.root().hex() == root(VECTORS[: tree.size]).hex() == expected


def test_the_root_over_the_roots_of_parts_is_the_root_of_the_whole() -> None:
    """Of parts of one power of two, the last of as many or fewer: no other parts are subtrees."""
    for size in range(70):
        entries = entries_of(size)
        for part in (1, 2, 4, 8, 64):
            roots = [root(entries[start : start + part]) for start in range(0, max(size, 1), part)]
            assert root_over(roots) == root(entries)
    entries = entries_of(7)
    assert root_over([root(entries[:3]), root(entries[3:6]), root(entries[6:])]) != root(entries)


def test_every_proof_up_to_forty_leaves_is_that_of_the_rfc_and_verifies() -> None:
    entries = entries_of(40)
    tree = MerkleTree(entries)
    for size in range(1, 41):
        top = naive_root(entries[:size])
        assert tree.root(size) == root(entries[:size]) == top
        for index in range(size):
            path = tree.inclusion_proof(index, size)
            assert list(path) == naive_path(index, entries[:size])
            assert verify_inclusion(leaf=leaf_hash(entries[index]), index=index, size=size, proof=path, root=top)
        for old_size in range(1, size + 1):
            old_root = tree.root(old_size)
            proof = tree.consistency_proof(old_size, size)
            assert list(proof) == naive_proof(old_size, entries[:size])
            assert verify_consistency(old_size=old_size, old_root=old_root, size=size, root=top, proof=proof)


def test_all_consistency_proofs_up_to_three_hundred_verify() -> None:
    tree = MerkleTree(entries_of(300))
    roots = [tree.root(size) for size in range(301)]
    for size in range(1, 301):
        for old_size in range(1, size):
            proof = tree.consistency_proof(old_size, size)
            assert verify_consistency(
                old_size=old_size, old_root=roots[old_size], size=size, root=roots[size], proof=proof
            )


@settings(deadline=None, max_examples=60)
@given(entries=st.lists(st.binary(max_size=8), min_size=1, max_size=600), data=st.data())
def test_any_tree_agrees_with_the_recursion(entries: list[bytes], data: st.DataObject) -> None:
    tree = MerkleTree(entries)
    size = data.draw(st.integers(1, len(entries)))
    index = data.draw(st.integers(0, size - 1))
    assert tree.root(size) == naive_root(entries[:size])
    assert list(tree.inclusion_proof(index, size)) == naive_path(index, entries[:size])
    assert list(tree.consistency_proof(index + 1, size)) == naive_proof(index + 1, entries[:size])


def mutations_of(proof: Sequence[bytes], rng: random.Random) -> list[list[bytes]]:
    """Return the proof with one bit turned, one node gone, one more, two exchanged."""
    changed = [list(proof) for _ in range(4)]
    place = rng.randrange(len(proof))
    node = bytearray(proof[place])
    node[rng.randrange(32)] ^= 1 << rng.randrange(8)
    changed[0][place] = bytes(node)
    del changed[1][place]
    changed[2].insert(place, rng.randbytes(32))
    changed[3].reverse()
    return [each for each in changed if each != list(proof)]


def test_ten_thousand_changed_proofs_are_all_refused() -> None:
    rng = random.Random(6962)  # noqa: S311  # a fixed sequence of test cases, not a secret
    tree = MerkleTree(entries_of(257))
    tried = 0
    while tried < 10_000:
        size = rng.randint(2, 257)
        index, top = rng.randrange(size), tree.root(size)
        leaf = leaf_hash(index.to_bytes(4, "big"))
        for proof in mutations_of(tree.inclusion_proof(index, size), rng):
            assert not verify_inclusion(leaf=leaf, index=index, size=size, proof=proof, root=top)
            tried += 1
        old_size = rng.randint(1, size - 1)
        for proof in mutations_of(tree.consistency_proof(old_size, size), rng):
            assert not verify_consistency(
                old_size=old_size, old_root=tree.root(old_size), size=size, root=top, proof=proof
            )
            tried += 1


def test_a_leaf_does_not_stand_at_another_index_or_under_another_root() -> None:
    entries = entries_of(12)
    tree = MerkleTree(entries)
    proof, leaf = tree.inclusion_proof(5), leaf_hash(entries[5])
    assert verify_inclusion(leaf=leaf, index=5, size=12, proof=proof, root=tree.root())
    for index in {*range(-1, 14)} - {5}:
        assert not verify_inclusion(leaf=leaf, index=index, size=12, proof=proof, root=tree.root())
    assert not verify_inclusion(leaf=leaf_hash(b"other"), index=5, size=12, proof=proof, root=tree.root())
    assert not verify_inclusion(leaf=leaf, index=5, size=12, proof=proof, root=tree.root(11))


def test_a_rewritten_past_is_not_consistent() -> None:
    honest, rewritten = MerkleTree(entries_of(20)), MerkleTree([b"changed", *entries_of(20)[1:]])
    proof = rewritten.consistency_proof(9, 20)
    assert verify_consistency(old_size=9, old_root=rewritten.root(9), size=20, root=rewritten.root(20), proof=proof)
    assert not verify_consistency(old_size=9, old_root=honest.root(9), size=20, root=rewritten.root(20), proof=proof)


def test_equal_sizes_are_consistent_only_when_nothing_differs() -> None:
    top = MerkleTree(entries_of(7)).root()
    assert verify_consistency(old_size=7, old_root=top, size=7, root=top, proof=())
    assert not verify_consistency(old_size=7, old_root=top, size=7, root=EMPTY_ROOT, proof=())
    assert not verify_consistency(old_size=7, old_root=top, size=7, root=top, proof=(top,))
    assert not verify_consistency(old_size=0, old_root=EMPTY_ROOT, size=7, root=top, proof=())
    assert not verify_consistency(old_size=8, old_root=top, size=7, root=top, proof=())
    assert not verify_consistency(old_size=3, old_root=top, size=7, root=top, proof=())


def test_a_node_cannot_be_passed_off_as_a_leaf() -> None:
    left, right = b"first", b"second"
    forged = leaf_hash(left) + leaf_hash(right)
    assert root([forged]) != root([left, right])


def test_without_the_prefixes_a_node_passes_for_a_leaf() -> None:
    def bare(content: bytes) -> bytes:
        return hashlib.sha256(content).digest()

    forged = bare(b"first") + bare(b"second")
    assert bare(forged) == bare(bare(b"first") + bare(b"second"))
    assert leaf_hash(forged) != node_hash(bare(b"first"), bare(b"second"))


def test_asking_for_what_the_tree_never_had_is_a_fault() -> None:
    tree = MerkleTree(entries_of(5))
    assert tree.append(b"sixth") == 5
    for ask in (
        lambda: tree.root(7),
        lambda: tree.root(-1),
        lambda: tree.inclusion_proof(6),
        lambda: tree.inclusion_proof(-1),
        lambda: tree.inclusion_proof(4, 4),
        lambda: tree.consistency_proof(0, 5),
        lambda: tree.consistency_proof(6, 5),
        lambda: tree.consistency_proof(1, 9),
    ):
        with pytest.raises(IndexError):
            ask()
