"""The tree against RFC 6962: its reference vectors, and what must hold at every size."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domains.disclosure.rules import merkle

# The reference vectors of Certificate Transparency's own tests.
RECORDS = [
    bytes.fromhex(each)
    for each in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION = [
    (0, 1, []),
    (
        0,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        5,
        8,
        [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (
        1,
        5,
        [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]
CONSISTENCY = [
    (1, 1, []),
    (
        1,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        6,
        8,
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (
        2,
        5,
        [
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]
LEAVES = [merkle.leaf_hash(record) for record in RECORDS]
MANY = [merkle.leaf_hash(str(number).encode()) for number in range(300)]


class Tree:
    """A tree grown leaf by leaf, which keeps its subtrees as a store would."""

    def __init__(self, leaves):
        self.digests = {}
        self.size = 0
        self.grow(leaves)

    def grow(self, leaves):
        standing = [self.digests[place] for place in merkle.peaks(self.size)]
        self.digests.update(merkle.grown(self.size, standing, leaves))
        self.size += len(leaves)

    def root(self, size):
        return merkle.fold([self.digests[place] for place in merkle.peaks(size)])

    def inclusion(self, index, size):
        return self.path(merkle.inclusion_places(index, size))

    def consistency(self, older, newer):
        return self.path(merkle.consistency_places(older, newer))

    def path(self, wanted):
        return [merkle.fold([self.digests[place] for place in each]) for each in wanted]


def defined_root(leaves):
    """MTH as RFC 6962 writes it down, by halves."""
    if len(leaves) < 2:
        return leaves[0] if leaves else merkle.EMPTY_ROOT
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return merkle.node_hash(defined_root(leaves[:half]), defined_root(leaves[half:]))


def defined_path(index, leaves):
    """PATH as RFC 6962 writes it down."""
    if len(leaves) < 2:
        return []
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    if index < half:
        return [*defined_path(index, leaves[:half]), defined_root(leaves[half:])]
    return [*defined_path(index - half, leaves[half:]), defined_root(leaves[:half])]


def defined_consistency(older, leaves, *, whole=True):
    """SUBPROOF as RFC 6962 writes it down."""
    if older == len(leaves):
        return [] if whole else [defined_root(leaves)]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    if older <= half:
        rest = defined_consistency(older, leaves[:half], whole=whole)
        return [*rest, defined_root(leaves[half:])]
    rest = defined_consistency(older - half, leaves[half:], whole=False)
    return [*rest, defined_root(leaves[:half])]


def altered(text, at):
    return text[:at] + bytes([text[at] ^ 1]) + text[at + 1 :]


@pytest.mark.parametrize("size", range(9))
def test_roots_are_those_of_the_reference(size):
    assert merkle.root_of(LEAVES[:size]).hex() == ROOTS[size]


@pytest.mark.parametrize(("index", "size", "path"), INCLUSION)
def test_inclusion_proofs_are_those_of_the_reference(index, size, path):
    tree = Tree(LEAVES)

    found = tree.inclusion(index, size)

    assert [each.hex() for each in found] == path
    assert merkle.includes(bytes.fromhex(ROOTS[size]), LEAVES[index], found, index=index, size=size)


@pytest.mark.parametrize(("older", "newer", "path"), CONSISTENCY)
def test_consistency_proofs_are_those_of_the_reference(older, newer, path):
    tree = Tree(LEAVES)

    found = tree.consistency(older, newer)

    assert [each.hex() for each in found] == path
    assert merkle.is_grown_from(
        bytes.fromhex(ROOTS[older]), bytes.fromhex(ROOTS[newer]), found, older=older, newer=newer
    )


def test_a_leaf_does_not_pass_for_a_node():
    left, right = LEAVES[0], LEAVES[1]

    assert merkle.leaf_hash(left + right) != merkle.node_hash(left, right)


def test_at_every_size_each_leaf_is_proved_as_the_definition_says():
    tree = Tree(MANY[:70])

    for size in range(1, 71):
        root = defined_root(MANY[:size])
        assert tree.root(size) == root
        for index in range(size):
            path = tree.inclusion(index, size)
            assert path == defined_path(index, MANY[:size])
            assert merkle.includes(root, MANY[index], path, index=index, size=size)


def test_from_every_size_to_every_other_growth_is_proved_as_the_definition_says():
    tree = Tree(MANY[:70])
    roots = [tree.root(size) for size in range(71)]

    for newer in range(1, 71):
        for older in range(1, newer + 1):
            path = tree.consistency(older, newer)
            assert path == defined_consistency(older, MANY[:newer])
            assert merkle.is_grown_from(roots[older], roots[newer], path, older=older, newer=newer)


def test_nothing_but_the_empty_tree_is_older_than_the_first_leaf():
    root = merkle.root_of(MANY[:3])

    grown = merkle.is_grown_from(merkle.EMPTY_ROOT, root, [], older=0, newer=3)
    forged = merkle.is_grown_from(root, root, [], older=0, newer=3)

    assert (grown, forged) == (True, False)


@given(st.lists(st.integers(0, 40), max_size=8))
def test_a_tree_grown_in_any_steps_is_the_same_tree(steps):
    tree = Tree([])

    for step in steps:
        tree.grow(MANY[tree.size : tree.size + step])

    assert tree.root(tree.size) == defined_root(MANY[: tree.size])
    assert tree.digests == Tree(MANY[: tree.size]).digests


@given(st.data())
def test_a_byte_changed_anywhere_in_an_inclusion_proof_fails(data):
    size = data.draw(st.integers(2, 300))
    index = data.draw(st.integers(0, size - 1))
    tree = Tree(MANY[:size])
    root, path = tree.root(size), tree.inclusion(index, size)
    at, place = data.draw(st.integers(0, 31)), data.draw(st.integers(0, len(path) - 1))
    broken = [*path[:place], altered(path[place], at), *path[place + 1 :]]

    tried = [
        merkle.includes(root, MANY[index], broken, index=index, size=size),
        merkle.includes(altered(root, at), MANY[index], path, index=index, size=size),
        merkle.includes(root, altered(MANY[index], at), path, index=index, size=size),
        merkle.includes(root, MANY[index], path[:-1], index=index, size=size),
        merkle.includes(root, MANY[index], [*path, path[0]], index=index, size=size),
    ]

    assert tried == [False] * 5


@given(st.data())
def test_a_leaf_is_not_proved_at_another_place_or_size(data):
    size = data.draw(st.integers(2, 300))
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(-1, size).filter(lambda each: each != index))
    tree = Tree(MANY[:size])

    path = tree.inclusion(index, size)

    assert not merkle.includes(tree.root(size), MANY[index], path, index=other, size=size)


@given(st.data())
def test_a_byte_changed_anywhere_in_a_consistency_proof_fails(data):
    newer = data.draw(st.integers(2, 300))
    older = data.draw(st.integers(1, newer - 1))
    tree = Tree(MANY[:newer])
    old, new, path = tree.root(older), tree.root(newer), tree.consistency(older, newer)
    at, place = data.draw(st.integers(0, 31)), data.draw(st.integers(0, len(path) - 1))
    broken = [*path[:place], altered(path[place], at), *path[place + 1 :]]

    tried = [
        merkle.is_grown_from(old, new, broken, older=older, newer=newer),
        merkle.is_grown_from(altered(old, at), new, path, older=older, newer=newer),
        merkle.is_grown_from(old, altered(new, at), path, older=older, newer=newer),
        merkle.is_grown_from(old, new, path[:-1], older=older, newer=newer),
        merkle.is_grown_from(old, new, [*path, path[0]], older=older, newer=newer),
        merkle.is_grown_from(new, old, path, older=newer, newer=older),
    ]

    assert tried == [False] * 6


@given(st.data())
def test_a_tree_whose_past_was_changed_does_not_pass_for_a_grown_one(data):
    newer = data.draw(st.integers(2, 200))
    older = data.draw(st.integers(1, newer - 1))
    at = data.draw(st.integers(0, older - 1))
    honest = Tree(MANY[:newer])
    forged = Tree([*MANY[:at], merkle.leaf_hash(b"forged"), *MANY[at + 1 : newer]])

    tried = [
        merkle.is_grown_from(honest.root(older), forged.root(newer), path, older=older, newer=newer)
        for path in (honest.consistency(older, newer), forged.consistency(older, newer))
    ]

    assert tried == [False, False]
