"""The tree has the shapes of RFC 9162, proved against its plainest reading."""

import pytest

from hall.core.crypto import sm3
from hall.ledger import merkle

LEAVES = [merkle.leaf_hash(str(number).encode()) for number in range(130)]
CT_INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]


def naive(leaves):
    """MTH of RFC 9162 §2.1.1, word for word."""
    if not leaves:
        return sm3(b"")
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sm3(b"\x01" + naive(leaves[:k]) + naive(leaves[k:]))


def stored(level, number):
    return naive(LEAVES[number << level : number + 1 << level])


ROOTS = [naive(LEAVES[:size]) for size in range(131)]


def test_the_reference_inputs_of_certificate_transparency_give_the_hand_made_tree():
    a, b, c, d, e, f, g, h = (sm3(b"\x00" + bytes.fromhex(text)) for text in CT_INPUTS)

    def join(left, right):
        return sm3(b"\x01" + left + right)

    frontier, roots = merkle.Frontier(), []
    for leaf in (a, b, c, d, e, f, g, h):
        list(frontier.append(leaf))
        roots.append(frontier.root())
    left = join(join(a, b), join(c, d))
    assert roots == [
        a,
        join(a, b),
        join(join(a, b), c),
        left,
        join(left, e),
        join(left, join(e, f)),
        join(left, join(join(e, f), g)),
        join(left, join(join(e, f), join(g, h))),
    ]


def test_every_size_has_the_root_of_the_plain_reading():
    frontier = merkle.Frontier()
    roots = [frontier.root()]
    for leaf in LEAVES:
        list(frontier.append(leaf))
        roots.append(frontier.root())
    assert roots == ROOTS
    assert [merkle.root(size, stored) for size in range(131)] == ROOTS


def test_completed_subtrees_are_named_once_each_with_their_hash():
    frontier, seen = merkle.Frontier(), {}
    for leaf in LEAVES:
        for place in frontier.append(leaf):
            assert (place.level, place.number) not in seen
            seen[place.level, place.number] = place.hash
    assert seen == {(level, n): stored(level, n) for level in range(1, 8) for n in range(130 >> level)}


@pytest.mark.parametrize("size", [0, 1, 2, 3, 7, 8, 64, 77, 129])
def test_a_frontier_read_from_store_goes_on_as_if_never_put_down(size):
    frontier = merkle.Frontier(size, stored)
    assert frontier.root() == ROOTS[size]
    list(frontier.append(LEAVES[size]))
    assert frontier.root() == ROOTS[size + 1]


def test_every_inclusion_proof_up_to_seventy_holds_and_no_other():
    for size in range(1, 71):
        for number in range(size):
            proof = merkle.inclusion_proof(number, size, stored)
            assert merkle.is_included(LEAVES[number], number, size, proof, ROOTS[size])
            assert not merkle.is_included(LEAVES[number + 1], number, size, proof, ROOTS[size])
            assert not merkle.is_included(LEAVES[number], number, size, [*proof, LEAVES[0]], ROOTS[size])
            assert not proof or not merkle.is_included(LEAVES[number], number, size, proof[:-1], ROOTS[size])
            assert not merkle.is_included(LEAVES[number], number, size, proof, ROOTS[size + 1])


def test_every_consistency_proof_up_to_seventy_holds_and_no_other():
    for size in range(1, 71):
        for old in range(1, size + 1):
            proof = merkle.consistency_proof(old, size, stored)
            assert merkle.is_consistent(old, size, ROOTS[old], ROOTS[size], proof)
            assert not merkle.is_consistent(old, size, ROOTS[old - 1], ROOTS[size], proof)
            assert not merkle.is_consistent(old, size, ROOTS[old], ROOTS[size + 1], proof)
            assert not merkle.is_consistent(old, size, ROOTS[old], ROOTS[size], [*proof, LEAVES[0]])


@pytest.mark.parametrize("number, size", [(-1, 3), (3, 3), (0, 0)])
def test_what_is_not_in_the_tree_has_no_proof(number, size):
    with pytest.raises(ValueError):
        merkle.inclusion_proof(number, size, stored)
    assert not merkle.is_included(LEAVES[0], number, size, [], ROOTS[size])


@pytest.mark.parametrize("old, size", [(0, 3), (4, 3)])
def test_a_tree_has_no_other_past(old, size):
    with pytest.raises(ValueError):
        merkle.consistency_proof(old, size, stored)
    assert not merkle.is_consistent(old, size, ROOTS[old], ROOTS[size], [])
