"""The Merkle tree of RFC 6962, section 2.1: hashes of leaves and nodes, roots, and proofs.

A tree is read through a function that gives the hash of a complete subtree: `subtree(level, index)` is the hash over
the leaves `index * 2**level` to `(index + 1) * 2**level - 1`. Whoever has only leaves uses `tree_of`.
"""

import hashlib
from collections.abc import Callable, Sequence

EMPTY_ROOT = hashlib.sha256(b"").digest()
SIZE = 32  # bytes of a hash

Subtree = Callable[[int, int], bytes]


class ProofError(ValueError):
    """A proof does not prove what it should."""


def leaf_hash(entry: bytes) -> bytes:
    """The 32 bytes that stand for an entry: SHA-256 of 0x00 and the entry."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The 32 bytes of a node over two subtrees: SHA-256 of 0x01 and both."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def tree_of(leaves: Sequence[bytes]) -> Subtree:
    """The subtrees over hashes of leaves, each worked out once."""
    levels = [list(leaves)]
    while len(levels[-1]) > 1:
        below = levels[-1]
        levels.append([node_hash(below[at], below[at + 1]) for at in range(0, len(below) - 1, 2)])
    return lambda level, index: levels[level][index]


def root(subtree: Subtree, size: int) -> bytes:
    """The root over the first `size` leaves (0 or more): MTH of RFC 6962."""
    return _range_hash(subtree, 0, size) if size else EMPTY_ROOT


def inclusion_proof(subtree: Subtree, index: int, size: int) -> list[bytes]:
    """The hashes that lead from leaf `index` to the root over `size` leaves: PATH of RFC 6962, from the leaf upward.

    Raises ValueError if there is no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"There is no leaf {index} in a tree of {size}.")
    return _path(subtree, index, 0, size)


def consistency_proof(subtree: Subtree, old: int, size: int) -> list[bytes]:
    """The hashes that show that the tree of `size` leaves begins with that of `old`: PROOF of RFC 6962.

    Empty if both are the same. Raises ValueError unless 0 < old <= size: a proof from an empty tree proves nothing.
    """
    if not 0 < old <= size:
        raise ValueError(f"There is no proof from a tree of {old} to one of {size}.")
    return _proof(subtree, old, 0, size, whole=True)


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected: bytes) -> None:
    """Check that `leaf` (a hash) is leaf `index` of the tree of `size` with the root `expected`.

    Raises ProofError. A proof that is too short or too long proves nothing, whatever it begins with.
    """
    if not 0 <= index < size:
        raise ProofError(f"There is no leaf {index} in a tree of {size}.")
    _, found = _climb(index, size - 1, leaf, proof)
    if found != expected:
        raise ProofError("The proof leads to another root.")


def verify_consistency(old: int, size: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> None:
    """Check that the tree of `size` with `new_root` begins with that of `old` with `old_root`. Raises ProofError."""
    if not 0 < old <= size:
        raise ProofError(f"There is no proof from a tree of {old} to one of {size}.")
    if old == size:
        if proof or old_root != new_root:
            raise ProofError("Two trees of one size have different roots.")
        return
    at, last, steps = old - 1, size - 1, list(proof)
    while at % 2:
        at, last = at // 2, last // 2
    if at and not steps:
        raise ProofError("The proof is too short.")
    # unless the old tree is complete, the proof begins with its last complete subtree
    before, after = _climb(at, last, steps.pop(0) if at else old_root, steps)
    if before != old_root:
        raise ProofError("The proof does not begin with the earlier tree.")
    if after != new_root:
        raise ProofError("The proof leads to another root.")


def _climb(at: int, last: int, start: bytes, proof: Sequence[bytes]) -> tuple[bytes, bytes]:
    """Follow a proof from node `at` of a level whose last node is `last`, with the hash `start`.

    Returns the root over the leaves up to the end of that node, and the root over all. Raises ProofError.
    """
    left = whole = start
    for step in proof:
        if last == 0:
            raise ProofError("The proof is too long.")
        if at % 2 or at == last:
            left, whole = node_hash(step, left), node_hash(step, whole)
            while at % 2 == 0:  # levels at which the last node has no sibling
                at, last = at // 2, last // 2
        else:
            whole = node_hash(whole, step)
        at, last = at // 2, last // 2
    if last:
        raise ProofError("The proof is too short.")
    return left, whole


def _range_hash(subtree: Subtree, start: int, end: int) -> bytes:
    """The hash over leaves `start` to `end` - 1, where `start` is the beginning of a subtree that has them all."""
    count = end - start
    if count & (count - 1) == 0:
        level = count.bit_length() - 1
        return subtree(level, start >> level)
    middle = start + _split(count)
    return node_hash(_range_hash(subtree, start, middle), _range_hash(subtree, middle, end))


def _split(count: int) -> int:
    """The largest power of two below `count`."""
    return int(1 << (count - 1).bit_length() - 1)


def _path(subtree: Subtree, index: int, start: int, end: int) -> list[bytes]:
    if end - start == 1:
        return []
    middle = start + _split(end - start)
    if index < middle:
        return [*_path(subtree, index, start, middle), _range_hash(subtree, middle, end)]
    return [*_path(subtree, index, middle, end), _range_hash(subtree, start, middle)]


def _proof(subtree: Subtree, old: int, start: int, end: int, *, whole: bool) -> list[bytes]:
    if old == end:
        return [] if whole else [_range_hash(subtree, start, end)]
    middle = start + _split(end - start)
    if old <= middle:
        return [*_proof(subtree, old, start, middle, whole=whole), _range_hash(subtree, middle, end)]
    return [*_proof(subtree, old, middle, end, whole=False), _range_hash(subtree, start, middle)]
