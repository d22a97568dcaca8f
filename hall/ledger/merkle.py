"""The Merkle tree of the log: shapes of RFC 9162 §2.1, hash SM3. Pure: hashes in, hashes and proofs out.

Full subtrees have a place (level, number): level 0 are the leaves, (l, n) covers the leaves n·2^l … (n+1)·2^l − 1.
Their hashes never change once complete; whoever stores them answers `stored(level, number)`.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from hall.core.crypto import sm3

Stored = Callable[[int, int], bytes]
Hashes = dict[tuple[int, int], bytes]  # (level, number) → hash
EMPTY = sm3(b"")


class Place(NamedTuple):
    """A full subtree and its hash."""

    level: int
    number: int
    hash: bytes


def leaf_hash(content: bytes) -> bytes:
    return sm3(b"\x00" + content)


def node_hash(left: bytes, right: bytes) -> bytes:
    return sm3(b"\x01" + left + right)


def peaks(size: int) -> list[tuple[int, int]]:
    """Places of the full subtrees that a tree of this size consists of, largest first."""
    found, start = [], 0
    for level in reversed(range(size.bit_length())):
        if size >> level & 1:
            found.append((level, start >> level))
            start += 1 << level
    return found


class Frontier:
    """The right edge of a growing tree: all that is needed to append leaves and to know the root."""

    def __init__(self, size: int = 0, stored: Stored | None = None):
        self.size = size
        self.edge = [Place(level, number, stored(level, number)) for level, number in peaks(size)] if stored else []

    def append(self, leaf: bytes) -> Iterator[Place]:
        """Take in one leaf hash; answers the subtrees above it that it completes, lowest first."""
        self.edge.append(Place(0, self.size, leaf))
        self.size += 1
        completed = []
        while len(self.edge) > 1 and self.edge[-2].level == self.edge[-1].level:
            right, left = self.edge.pop(), self.edge.pop()
            place = Place(left.level + 1, left.number >> 1, node_hash(left.hash, right.hash))
            self.edge.append(place)
            completed.append(place)
        return iter(completed)

    def root(self) -> bytes:
        if not self.edge:
            return EMPTY
        value = self.edge[-1].hash
        for place in reversed(self.edge[:-1]):
            value = node_hash(place.hash, value)
        return value


def root(size: int, stored: Stored) -> bytes:
    """Root of the first `size` leaves."""
    return _span(0, size, stored) if size else EMPTY


def _half(count: int) -> int:
    """The largest power of two below the count (count > 1)."""
    return 1 << (count - 1).bit_length() - 1


def _span(start: int, end: int, stored: Stored) -> bytes:
    count = end - start
    if count & (count - 1) == 0:
        level = count.bit_length() - 1
        return stored(level, start >> level)
    middle = start + _half(count)
    return node_hash(_span(start, middle, stored), _span(middle, end, stored))


def inclusion_proof(number: int, size: int, stored: Stored) -> list[bytes]:
    """That this leaf is in the tree of this size. ValueError if it is not."""
    if not 0 <= number < size:
        raise ValueError(f"leaf {number} is not in a tree of {size}")
    return _path(number, 0, size, stored)


def _path(number: int, start: int, end: int, stored: Stored) -> list[bytes]:
    if end - start == 1:
        return []
    middle = start + _half(end - start)
    if number < middle:
        return [*_path(number, start, middle, stored), _span(middle, end, stored)]
    return [*_path(number, middle, end, stored), _span(start, middle, stored)]


def consistency_proof(old: int, size: int, stored: Stored) -> list[bytes]:
    """That the tree of this size begins with the tree of the old size. ValueError unless 0 < old <= size."""
    if not 0 < old <= size:
        raise ValueError(f"a tree of {size} has no past of {old}")
    return _subproof(old, 0, size, stored, whole=True)


def _subproof(old: int, start: int, end: int, stored: Stored, *, whole: bool) -> list[bytes]:
    if old == end:
        return [] if whole else [_span(start, end, stored)]
    middle = start + _half(end - start)
    if old <= middle:
        return [*_subproof(old, start, middle, stored, whole=whole), _span(middle, end, stored)]
    return [*_subproof(old, middle, end, stored, whole=False), _span(start, middle, stored)]


def is_included(leaf: bytes, number: int, size: int, proof: list[bytes], root_hash: bytes) -> bool:
    """RFC 9162 §2.1.3.2."""
    if not 0 <= number < size:
        return False
    first, last, value = number, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if first & 1 or first == last:
            value = node_hash(step, value)
            first, last = _skip_left_edges(first, last)
        else:
            value = node_hash(value, step)
        first, last = first >> 1, last >> 1
    return last == 0 and value == root_hash


def _skip_left_edges(first: int, last: int) -> tuple[int, int]:
    while first and not first & 1:
        first, last = first >> 1, last >> 1
    return first, last


def is_consistent(old: int, size: int, old_root: bytes, root_hash: bytes, proof: list[bytes]) -> bool:
    """RFC 9162 §2.1.4.2."""
    if not 0 < old <= size:
        return False
    if old == size:
        return not proof and old_root == root_hash
    steps = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not steps:
        return False
    first, last = old - 1, size - 1
    while first & 1:
        first, last = first >> 1, last >> 1
    before = after = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if first & 1 or first == last:
            before, after = node_hash(step, before), node_hash(step, after)
            first, last = _skip_left_edges(first, last)
        else:
            after = node_hash(after, step)
        first, last = first >> 1, last >> 1
    return last == 0 and before == old_root and after == root_hash
