"""Trees against a second, plain implementation of RFC 9162, and proofs that hold for their leaf alone."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from board.ballots.ledger.merkle import EMPTY_ROOT, Frontier, leaf_hash, path_of, root_from, root_of

LEAVES = st.lists(st.binary(max_size=8), min_size=1, max_size=70)


def naive_root(lines: list[bytes]) -> bytes:
    """Return the root as section 2.1.1 defines it."""
    if not lines:
        return hashlib.sha256(b"").digest()
    if len(lines) == 1:
        return hashlib.sha256(b"\x00" + lines[0]).digest()
    k = 1 << (len(lines) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + naive_root(lines[:k]) + naive_root(lines[k:])).digest()


def naive_path(index: int, lines: list[bytes]) -> list[bytes]:
    """Return the proof as section 2.1.3.1 defines it."""
    if len(lines) == 1:
        return []
    k = 1 << (len(lines) - 1).bit_length() - 1
    if index < k:
        return [*naive_path(index, lines[:k]), naive_root(lines[k:])]
    return [*naive_path(index - k, lines[k:]), naive_root(lines[:k])]


def test_empty_tree() -> None:
    assert root_of([]) == EMPTY_ROOT == naive_root([])


@given(LEAVES)
def test_root_is_that_of_the_plain_definition(lines: list[bytes]) -> None:
    frontier = Frontier(map(leaf_hash, lines))
    assert frontier.root() == naive_root(lines)
    assert frontier.count == len(lines)


@given(LEAVES, st.data())
def test_proof_is_that_of_the_plain_definition_and_holds(lines: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(lines) - 1))
    path = path_of([leaf_hash(line) for line in lines], index)
    assert path == naive_path(index, lines)
    assert root_from(leaf_hash(lines[index]), index, len(lines), path) == naive_root(lines)


@given(LEAVES, st.data())
def test_proof_holds_for_nothing_else(lines: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(lines) - 1))
    path, root = path_of([leaf_hash(line) for line in lines], index), naive_root(lines)
    assert root_from(leaf_hash(lines[index] + b"x"), index, len(lines), path) != root
    assert root_from(leaf_hash(lines[index]), index, len(lines), [*path, root]) is None
    if path:
        assert root_from(leaf_hash(lines[index]), index, len(lines), path[:-1]) is None
        assert root_from(leaf_hash(lines[index]), index, len(lines), [*path[:-1], b"\x00" * 32]) != root
