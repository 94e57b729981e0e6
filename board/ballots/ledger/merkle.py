"""Merkle trees as in RFC 9162, section 2.1: many leaves, one root, and a short proof that a leaf is under it."""

import hashlib
from collections.abc import Iterable, Sequence

LEAF, NODE = b"\x00", b"\x01"  # so that no node can be passed off as a leaf
EMPTY_ROOT = hashlib.sha256().digest()


def leaf_hash(line: bytes) -> bytes:
    """Return the hash of a leaf, which is a line of the ledger without its end."""
    return hashlib.sha256(LEAF + line).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node over its two parts."""
    return hashlib.sha256(NODE + left + right).digest()


class Frontier:
    """A tree that grows leaf by leaf and keeps only the roots of its whole parts: a few dozen, however many leaves."""

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        """Begin with these leaves' hashes."""
        self.count = 0
        self._parts: list[tuple[int, bytes]] = []  # (leaves, root), the larger first
        for leaf in leaves:
            self.add(leaf)

    def add(self, leaf: bytes) -> None:
        """Add a leaf's hash, and join parts of the same size."""
        self.count += 1
        size, root = 1, leaf
        while self._parts and self._parts[-1][0] == size:
            root = node_hash(self._parts.pop()[1], root)
            size *= 2
        self._parts.append((size, root))

    def root(self) -> bytes:
        """Return the root over all leaves so far."""
        if not self._parts:
            return EMPTY_ROOT
        root = self._parts[-1][1]
        for _size, left in reversed(self._parts[:-1]):
            root = node_hash(left, root)
        return root


def root_of(leaves: Iterable[bytes]) -> bytes:
    """Return the root over the leaves' hashes."""
    return Frontier(leaves).root()


def path_of(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Return the proof that the leaf is under the root: the hashes beside its way up, the lowest first."""
    path, level = [], list(leaves)
    while len(level) > 1:
        beside = index ^ 1
        if beside < len(level):
            path.append(level[beside])
        level = [node_hash(*level[at : at + 2]) if at + 1 < len(level) else level[at] for at in range(0, len(level), 2)]
        index //= 2
    return path


def root_from(leaf: bytes, index: int, count: int, path: Sequence[bytes]) -> bytes | None:
    """Return the root to which the proof leads from the leaf at the index; None if it has too few or too many steps."""
    steps, root, last = iter(path), leaf, count - 1
    while last:
        if index % 2 or index < last:  # the last of an odd row stands alone and goes up as it is
            beside = next(steps, None)
            if beside is None:
                return None
            root = node_hash(beside, root) if index % 2 else node_hash(root, beside)
        index, last = index // 2, last // 2
    return root if next(steps, None) is None else None
