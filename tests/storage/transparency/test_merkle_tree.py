"""The Merkle tree of RFC 6962, against its published vectors and a second implementation."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.transparency.merkle_tree import (
    EMPTY_ROOT,
    ProofError,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root,
    tree_of,
    verify_consistency,
    verify_inclusion,
)

# Inputs and roots that implementations of RFC 6962 share: certificate-transparency's merkletree tests.
INPUTS = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
OTHER = json.loads((Path(__file__).parent / "trees.json").read_text(encoding="utf-8"))
LEAVES = [leaf_hash(bytes.fromhex(each)) for each in OTHER["entries"]]


def test_roots_are_those_of_rfc_6962() -> None:
    tree = tree_of([leaf_hash(bytes.fromhex(each)) for each in INPUTS])
    assert [root(tree, size).hex() for size in range(1, 9)] == list(ROOTS)
    assert root(tree, 0) == EMPTY_ROOT


def test_roots_and_proofs_are_those_of_another_implementation() -> None:
    tree = tree_of(LEAVES)
    assert [root(tree, size).hex() for size in range(len(LEAVES) + 1)] == OTHER["roots"]
    for index, size, proof in OTHER["inclusion"]:
        assert [each.hex() for each in inclusion_proof(tree, index, size)] == proof, (index, size)
    for old, size, proof in OTHER["consistency"]:
        assert [each.hex() for each in consistency_proof(tree, old, size)] == proof, (old, size)


def spoilt(proof: list[bytes], how: int) -> list[bytes]:
    """A proof that proves nothing: a bit turned, a hash too many or too few, two exchanged."""
    at = how % max(len(proof), 1)
    turned = [*proof[:at], *(bytes([each[0] ^ 1]) + each[1:] for each in proof[at : at + 1]), *proof[at + 1 :]]
    return [turned, [*proof, proof[at] if proof else EMPTY_ROOT], proof[:at] + proof[at + 1 :], proof[::-1]][how % 4]


@given(st.integers(1, len(LEAVES)), st.data())
def test_only_the_right_proof_proves(size: int, data: st.DataObject) -> None:
    tree = tree_of(LEAVES)
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    included, consistent = inclusion_proof(tree, index, size), consistency_proof(tree, old, size)
    roots = root(tree, old), root(tree, size)
    verify_inclusion(LEAVES[index], index, size, included, roots[1])
    verify_consistency(old, size, consistent, *roots)
    how = data.draw(st.integers(0, 63))
    if (bad := spoilt(included, how)) != included:
        with pytest.raises(ProofError):
            verify_inclusion(LEAVES[index], index, size, bad, roots[1])
    if (bad := spoilt(consistent, how)) != consistent:
        with pytest.raises(ProofError):
            verify_consistency(old, size, bad, *roots)
    with pytest.raises(ProofError):
        verify_inclusion(LEAVES[index - 1] if size > 1 else EMPTY_ROOT, index, size, included, roots[1])


@pytest.mark.parametrize(("old", "size"), [(0, 5), (6, 5), (-1, 5)])
def test_a_proof_from_an_empty_or_larger_tree_proves_nothing(old: int, size: int) -> None:
    with pytest.raises(ProofError):
        verify_consistency(old, size, [], EMPTY_ROOT, root(tree_of(LEAVES), size))
    with pytest.raises(ValueError, match="no proof"):
        consistency_proof(tree_of(LEAVES), old, size)
