from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.merkle import InclusionProof, is_included, leaf_hash, prove, root_of

LEAVES = st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=70)
# The first leaves and the roots of the test vectors that logs of certificates use (RFC 6962).
VECTOR = [bytes.fromhex(text) for text in ("", "00", "10", "2021", "3031", "40414243")]
ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    4: "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    6: "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
}


def by_definition(leaves: list[bytes]) -> bytes:
    """The recursive definition of RFC 6962, 2.1, word for word."""
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    both = by_definition(leaves[:split]) + by_definition(leaves[split:])
    return hashlib.sha256(b"\x01" + both).digest()


@pytest.mark.parametrize("size", sorted(ROOTS))
def test_roots_are_those_of_the_published_vectors(size: int) -> None:
    assert root_of(VECTOR[:size]).hex() == ROOTS[size]


def test_no_lines_have_no_root() -> None:
    with pytest.raises(ValueError, match="at least one"):
        root_of([])


@pytest.mark.parametrize("index", [-1, 2])
def test_there_is_no_proof_of_a_leaf_that_is_not_there(index: int) -> None:
    with pytest.raises(ValueError, match="no such leaf"):
        prove([b"a", b"b"], index)


@given(LEAVES)
def test_the_root_read_once_is_the_root_by_definition(leaves: list[bytes]) -> None:
    assert root_of(iter(leaves)) == by_definition(leaves)


@given(LEAVES, st.data())
def test_every_leaf_has_a_proof(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    proof = prove(leaves, index)
    assert is_included(leaves[index], proof, root_of(leaves))
    assert len(proof.path) <= (len(leaves) - 1).bit_length()


@given(LEAVES, st.data())
def test_a_proof_of_another_leaf_place_or_root_fails(
    leaves: list[bytes], data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    proof, root = prove(leaves, index), root_of(leaves)
    assert not is_included(hashlib.sha256(leaves[index]).digest(), proof, root)
    assert not is_included(leaves[index], proof, hashlib.sha256(root).digest())
    for outside in (-1, len(leaves)):
        moved = InclusionProof(outside, proof.size, proof.path)
        assert not is_included(leaves[index], moved, root)


@given(LEAVES, st.data())
def test_a_bent_proof_fails(leaves: list[bytes], data: st.DataObject) -> None:
    proof, root = prove(leaves, 0), root_of(leaves)
    longer = InclusionProof(0, proof.size, (*proof.path, bytes(32)))
    assert not is_included(leaves[0], longer, root)
    if proof.path:
        at = data.draw(st.integers(0, len(proof.path) - 1))
        cut = proof.path[:at] + proof.path[at + 1 :]
        assert not is_included(leaves[0], InclusionProof(0, proof.size, cut), root)
        torn = (*proof.path[:at], proof.path[at][:-1], *proof.path[at + 1 :])
        assert not is_included(leaves[0], InclusionProof(0, proof.size, torn), root)


@given(LEAVES.filter(lambda leaves: len(leaves) > 1))
def test_a_node_never_passes_for_a_leaf(leaves: list[bytes]) -> None:
    """What the two prefixes are for: without them a list of two is a list of one long leaf."""
    left, right = leaf_hash(leaves[0]), leaf_hash(leaves[1])
    assert root_of(leaves[:2]) != root_of([left + right])
