"""Merkle trees of RFC 6962: a short root commits to every leaf and to their order.

`results` and `certification` commit to what they release, the audit to what happened. Proofs let anybody check, with
this module alone, that a leaf stands under a root and that a later root only added to an earlier one. Leaves are the
bytes of an entry; personal data never stands in one, only a salted commitment.
"""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Final

EMPTY_ROOT: Final = hashlib.sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of a leaf: prefixed by 0, so that no leaf can be passed off as a node."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node over its two children: prefixed by 1."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(entries: Iterable[bytes]) -> bytes:
    """Return the root over all entries in their order, in one pass and memory for one branch only."""
    return root_over(map(leaf_hash, entries))


def root_over(roots: Iterable[bytes]) -> bytes:
    """Return the root over parts of a tree, given their roots: all of one power of two of leaves, the last of no more.

    Leaves, by their hashes, are such parts themselves.
    """
    peaks: list[tuple[int, bytes]] = []
    for top_of_part in roots:
        height, top = 0, top_of_part
        while peaks and peaks[-1][0] == height:
            top = node_hash(peaks.pop()[1], top)
            height += 1
        peaks.append((height, top))
    return _joined([top for _, top in peaks])


class MerkleTree:
    """A growing tree that gives roots and proofs for itself at any earlier size. Keeps two hashes for each leaf."""

    def __init__(self, entries: Iterable[bytes] = ()) -> None:
        """Begin with these entries."""
        # _levels[h][i] is the hash over the leaves from i·2^h up to, and without, (i+1)·2^h.
        self._levels: list[list[bytes]] = [[]]
        for entry in entries:
            self.append(entry)

    @property
    def size(self) -> int:
        """How many leaves there are."""
        return len(self._levels[0])

    def append(self, entry: bytes) -> int:
        """Add an entry at the end and return its index."""
        height, top = 0, leaf_hash(entry)
        self._levels[0].append(top)
        while len(self._levels[height]) % 2 == 0:
            left, right = self._levels[height][-2:]
            height += 1
            if height == len(self._levels):
                self._levels.append([])
            self._levels[height].append(node_hash(left, right))
        return self.size - 1

    def root(self, size: int | None = None) -> bytes:
        """Return the root, as it was at an earlier size if one is given."""
        end = self.size if size is None else size
        self._require_size(end)
        return self._over(0, end)

    def inclusion_proof(self, index: int, size: int | None = None) -> tuple[bytes, ...]:
        """Return the audit path (RFC 6962 §2.1.1) of a leaf in the tree of this size."""
        end = self.size if size is None else size
        self._require_size(end)
        if not 0 <= index < end:
            message = f"no leaf {index} in a tree of {end}"
            raise IndexError(message)
        path: list[bytes] = []
        start = 0
        while end - start > 1:
            middle = start + _left_size(end - start)
            if index < middle:
                path.append(self._over(middle, end))
                end = middle
            else:
                path.append(self._over(start, middle))
                start = middle
        return tuple(reversed(path))

    def consistency_proof(self, old_size: int, size: int | None = None) -> tuple[bytes, ...]:
        """Return the proof (RFC 6962 §2.1.2) that the tree of `size` begins with the tree of `old_size`."""
        end = self.size if size is None else size
        self._require_size(end)
        if not 0 < old_size <= end:
            message = f"no consistency from {old_size} to {end}"
            raise IndexError(message)
        path: list[bytes] = []
        start, known = 0, True
        while old_size < end:
            middle = start + _left_size(end - start)
            if old_size <= middle:
                path.append(self._over(middle, end))
                end = middle
            else:
                path.append(self._over(start, middle))
                start, known = middle, False
        if not known:
            path.append(self._over(start, end))
        return tuple(reversed(path))

    def _over(self, start: int, end: int) -> bytes:
        """Return the hash over the leaves from start to end; start is always the beginning of a full subtree."""
        peaks: list[bytes] = []
        while start < end:
            height = (end - start).bit_length() - 1
            peaks.append(self._levels[height][start >> height])
            start += 1 << height
        return _joined(peaks)

    def _require_size(self, size: int) -> None:
        if not 0 <= size <= self.size:
            message = f"the tree never had {size} leaves"
            raise IndexError(message)


def verify_inclusion(*, leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the leaf (its hash) stands at this index of the tree with this size and root (RFC 9162 §2.1.3.2)."""
    if not 0 <= index < size:
        return False
    position, last, top = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if position % 2 or position == last:
            top = node_hash(sibling, top)
            position, last = _up_to_branch(position, last)
        else:
            top = node_hash(top, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and top == root


def verify_consistency(*, old_size: int, old_root: bytes, size: int, root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the tree with this size and root begins with the whole of the older tree (RFC 9162 §2.1.4.2)."""
    if not 0 < old_size <= size:
        return False
    if old_size == size:
        return not proof and old_root == root
    # When the older tree is one full subtree, its root is the first node of the proof and is left out.
    path = [old_root, *proof] if old_size & (old_size - 1) == 0 else list(proof)
    if not path:
        return False
    position, last = old_size - 1, size - 1
    while position % 2:
        position, last = position >> 1, last >> 1
    old_top = top = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if position % 2 or position == last:
            old_top, top = node_hash(sibling, old_top), node_hash(sibling, top)
            position, last = _up_to_branch(position, last)
        else:
            top = node_hash(top, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and old_top == old_root and top == root


def _up_to_branch(position: int, last: int) -> tuple[int, int]:
    """Climb from a node without a right neighbour to the height at which it has a left one."""
    while position % 2 == 0 and position:
        position, last = position >> 1, last >> 1
    return position, last


def _left_size(size: int) -> int:
    """Return the largest power of two smaller than size."""
    return 1 << ((size - 1).bit_length() - 1)


def _joined(peaks: Sequence[bytes]) -> bytes:
    """Return the root over full subtrees, highest first."""
    if not peaks:
        return EMPTY_ROOT
    top = peaks[-1]
    for peak in reversed(peaks[:-1]):
        top = node_hash(peak, top)
    return top
