"""The Merkle tree of RFC 6962, section 2: hashes, proofs, and nothing that stores them.

Leaves are hashed behind a zero byte and nodes behind a one, so that neither passes for the
other. A tree of n leaves is made of complete subtrees, one for each binary digit of n that is
set: they never change again, and stand at a level and a position. Every hash in a proof is
one of them, or folds a few: hence `inclusion_places` and `consistency_places` say first which
are wanted, so that whoever stores them reads all at once, and `fold` makes the proof of them.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256().digest()
_LEAF, _NODE = b"\x00", b"\x01"


class Place(NamedTuple):
    """Where a complete subtree of 2^level leaves stands: the position-th of its size."""

    level: int
    position: int


class Subtree(NamedTuple):
    """A complete subtree and its hash."""

    place: Place
    digest: bytes


def leaf_hash(record: bytes) -> bytes:
    """Return the hash of one leaf."""
    return hashlib.sha256(_LEAF + record).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node over its two halves."""
    return hashlib.sha256(_NODE + left + right).digest()


def peaks(size: int) -> list[Place]:
    """Return the complete subtrees that a tree of this size is made of, from the left."""
    return list(_complete(0, size))


def _complete(start: int, end: int) -> Iterator[Place]:
    """Part leaves [start, end) of a subtree into complete ones; start is aligned to its size."""
    while start < end:
        level = (end - start).bit_length() - 1
        yield Place(level, start >> level)
        start += 1 << level


def fold(digests: Sequence[bytes]) -> bytes:
    """Return the root over neighbouring complete subtrees, given from the left."""
    if not digests:
        return EMPTY_ROOT
    *rest, root = digests
    for digest in reversed(rest):
        root = node_hash(digest, root)
    return root


def grown(size: int, standing: Sequence[bytes], leaves: Iterable[bytes]) -> Iterator[Subtree]:
    """Yield every complete subtree that leaves (their hashes) make behind a tree of this size.

    `standing` are the digests of the tree's `peaks`. The leaves themselves are yielded
    too, at level 0, each followed by the subtrees that it completes.
    """
    places = peaks(size)
    assert len(standing) == len(places), "a tree has one digest a peak"
    open_subtrees = list(zip((place.level for place in places), standing, strict=True))
    for position, leaf in enumerate(leaves, start=size):
        level, digest = 0, leaf
        yield Subtree(Place(0, position), digest)
        while open_subtrees and open_subtrees[-1][0] == level:
            digest = node_hash(open_subtrees.pop()[1], digest)
            level += 1
            yield Subtree(Place(level, position >> level), digest)
        open_subtrees.append((level, digest))


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Return the root over the hashes of leaves."""
    wanted = set(peaks(len(leaves)))
    return fold([each.digest for each in _sorted(wanted, grown(0, (), leaves))])


def _sorted(wanted: set[Place], subtrees: Iterable[Subtree]) -> list[Subtree]:
    """Return the wanted subtrees, the tallest (hence leftmost) first."""
    return sorted((each for each in subtrees if each.place in wanted), reverse=True)


def inclusion_places(index: int, size: int) -> list[list[Place]]:
    """Return what each hash of an inclusion proof folds, from the leaf upwards.

    RFC 6962, section 2.1.1: PATH(index, D[size]).
    """
    assert 0 <= index < size, "the leaf is in the tree"
    return [list(_complete(*span)) for span in reversed(list(_siblings(index, 0, size)))]


def _siblings(index: int, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the halves beside the leaf's way down."""
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            yield (middle, end)
            end = middle
        else:
            yield (start, middle)
            start = middle


def _split(size: int) -> int:
    """Return the largest power of two below the size."""
    return 1 << (size - 1).bit_length() - 1


def consistency_places(older: int, newer: int) -> list[list[Place]]:
    """Return what each hash of a consistency proof folds.

    RFC 6962, section 2.1.2: PROOF(older, D[newer]). Nothing proves that a tree grew out of
    the empty one, or is itself: both need no proof.
    """
    assert 0 <= older <= newer, "trees only grow"
    if older in {0, newer}:
        return []
    spans: list[tuple[int, int]] = []
    start, end, whole = 0, newer, True
    while older != end:
        middle = start + _split(end - start)
        if older <= middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start, whole = middle, False
    if not whole:
        spans.append((start, end))
    return [list(_complete(*span)) for span in reversed(spans)]


def root_from_inclusion(
    leaf: bytes, path: Sequence[bytes], *, index: int, size: int
) -> bytes | None:
    """Return the root that a proof leads to from a leaf, or None where its length is wrong.

    RFC 9162, section 2.1.3.2, tells the same proof's check.
    """
    if not 0 <= index < size:
        return None
    digest, at, last = leaf, index, size - 1
    for sibling in path:
        if last == 0:
            return None
        if at & 1 or at == last:
            digest = node_hash(sibling, digest)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            digest = node_hash(digest, sibling)
        at, last = at >> 1, last >> 1
    return digest if last == 0 else None


def includes(root: bytes, leaf: bytes, path: Sequence[bytes], *, index: int, size: int) -> bool:
    """Whether the proof shows the leaf to be the index-th of the tree with this root."""
    return root_from_inclusion(leaf, path, index=index, size=size) == root


def is_grown_from(
    older_root: bytes, newer_root: bytes, path: Sequence[bytes], *, older: int, newer: int
) -> bool:
    """Whether the proof shows the newer tree to begin with all leaves of the older one.

    RFC 9162, section 2.1.4.2, tells the same proof's check.
    """
    if not 0 <= older <= newer:
        return False
    if older == 0:
        return older_root == EMPTY_ROOT and not path
    if older == newer:
        return older_root == newer_root and not path
    rest = list(path) if older & (older - 1) else [older_root, *path]
    if not rest:
        return False
    return _roots_of(rest, older=older, newer=newer) == (older_root, newer_root)


def _roots_of(path: Sequence[bytes], *, older: int, newer: int) -> tuple[bytes, bytes] | None:
    """Return the older and the newer root that a proof leads to, None where its length is wrong."""
    at, last = older - 1, newer - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    first = second = path[0]
    for sibling in path[1:]:
        if last == 0:
            return None
        if at & 1 or at == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        at, last = at >> 1, last >> 1
    return (first, second) if last == 0 else None
