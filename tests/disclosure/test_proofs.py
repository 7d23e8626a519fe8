"""Files that prove: what was published holds, and whatever was altered is named."""

import json
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from api.__main__ import app
from domains.disclosure.rules import heads, merkle, proofs, records
from domains.kernel import signing

LOG = UUID("0190a1b2-c3d4-7000-8000-000000000001")
OTHER_LOG = UUID("0190a1b2-c3d4-7000-8000-000000000002")
SUBJECT = UUID("0190a1b2-c3d4-7000-8000-00000000abcd")
RING = signing.SigningRing({"l1": Ed25519PrivateKey.from_private_bytes(b"1" * 32)})
STRANGER = signing.SigningRing({"l1": Ed25519PrivateKey.from_private_bytes(b"2" * 32)})
KEYS = RING.public_keys()
SALT = b"s" * 32
PARTS = {
    "title": "第三季度财务公开",
    "body": "<p>收支如下。</p>",
    "lines": [{"number": 1, "amountFen": 120_000, "counterparty": "同心物业"}],
}
AT = 5


def record(parts=PARTS, log=LOG):
    return records.record_of(log, records.Source("disclosure", SUBJECT, 1), parts, salt=SALT)


def leaves(size, log=LOG):
    return [
        merkle.leaf_hash(record(log=log) if at == AT else str(at).encode()) for at in range(size)
    ]


def path_of(places, hashes):
    stored = dict(merkle.grown(0, (), hashes))
    return [merkle.fold([stored[place] for place in each]) for each in places]


def a_head(size, *, log=LOG, hashes=None, ring=RING, day=date(2026, 11, 1)):
    root = merkle.root_of(leaves(size, log) if hashes is None else hashes)
    head = heads.Head(log, day, size, root, datetime(2026, 11, 1, 0, 0, 5, tzinfo=UTC))
    signature = ring.sign(head.payload("l1"))
    return heads.SignedHead(head, "l1", signature.raw)


def a_copy(size=11, *, parts=PARTS, shown=None, head=None, log=LOG):
    path = path_of(merkle.inclusion_places(AT, size), leaves(size, log))
    opened = records.shown(PARTS if shown is None else shown, salt=SALT)
    return proofs.copy_of(
        record(parts, log), opened, index=AT, path=path, head=head or a_head(size, log=log)
    )


def a_growth(older=6, newer=11, *, old=None, new=None):
    path = path_of(merkle.consistency_places(older, newer), leaves(newer))
    return proofs.growth_of(old or a_head(older), new or a_head(newer), path)


def failures(content, keys=KEYS, kept=None):
    checks = proofs.verify(content, keys, kept=kept)
    return {check.name: check.found for check in checks if not check.holds}


def changed(content, *where, to):
    """The file with one value in it replaced."""
    value = json.loads(content)
    inner = value
    for each in where[:-1]:
        inner = inner[each]
    inner[where[-1]] = to(inner[where[-1]])
    return json.dumps(value).encode()


def flipped(text, at=0):
    return text[:at] + ("0" if text[at] != "0" else "1") + text[at + 1 :]


def test_a_copy_holds():
    assert [(check.name, check.holds) for check in proofs.verify(a_copy(), KEYS)] == [
        ("record", True),
        ("body", True),
        ("lines", True),
        ("title", True),
        ("proof", True),
        ("head", True),
    ]


def test_a_copy_laid_out_anew_holds():
    indented = json.dumps(json.loads(a_copy()), indent=2, ensure_ascii=True).encode()

    assert failures(indented) == {}


def test_a_part_that_was_altered_is_named():
    altered = {**PARTS, "lines": [{"number": 1, "amountFen": 12_000, "counterparty": "同心物业"}]}

    assert failures(a_copy(shown=altered)) == {"lines": "altered since it was published"}


def test_a_part_may_leave_and_the_others_are_proved_as_before():
    without = {name: content for name, content in PARTS.items() if name != "body"}

    checks = {check.name: check.found for check in proofs.verify(a_copy(shown=without), KEYS)}

    assert failures(a_copy(shown=without)) == {}
    assert checks["body"] == "left out of this copy"


def test_a_part_that_was_never_published_is_named():
    assert failures(a_copy(shown={**PARTS, "photo": "x"})) == {
        "photo": "added: it was never published"
    }


def test_a_record_made_anew_for_altered_parts_is_not_in_the_log():
    altered = {**PARTS, "title": "另一个标题"}

    found = failures(a_copy(parts=altered, shown=altered))

    assert found == {"proof": "this record is not leaf 5 of the 11 under the head's root"}


@given(st.data())
def test_one_digit_changed_in_a_proof_fails(data):
    content = a_copy()
    hashes = len(json.loads(content)["proof"]["path"])
    each = data.draw(st.integers(0, hashes - 1))
    at = data.draw(st.integers(0, 63))

    broken = changed(content, "proof", "path", each, to=lambda text: flipped(text, at))

    assert list(failures(broken)) == ["proof"]


@pytest.mark.parametrize(
    ("where", "to", "named"),
    [
        (("head", "root"), flipped, ["proof", "head"]),
        (("head", "size"), lambda size: size + 1, ["head"]),  # the same way up, other words
        (("head", "day"), lambda _: "2026-11-02", ["head"]),
        (("head", "signature"), flipped, ["head"]),
        (("head", "log"), lambda _: str(OTHER_LOG), ["proof", "head"]),
        (("head", "key"), lambda _: "l2", ["head"]),
        (("proof", "index"), lambda index: index + 1, ["proof"]),
        (("proof", "index"), lambda _: 11, ["proof"]),
        (("proof", "path"), lambda path: path[:-1], ["proof"]),
        (("record", "log"), lambda _: str(OTHER_LOG), ["proof"]),
        (("record", "source", "version"), lambda version: version + 1, ["proof"]),
        (("record", "parts", "title"), flipped, ["title", "proof"]),
        (("parts", "title", "nonce"), flipped, ["title"]),
    ],
)
def test_whatever_is_changed_is_named(where, to, named):
    assert list(failures(changed(a_copy(), *where, to=to))) == named


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff\xfe\x00", "not Unicode"),
        (b"[]", "not an object"),
        (b"{}", "format: missing"),
        (b'{"format": "zip"}', "format 'zip' is none of"),
        (b'{"format": "gongyi.copy/1"}', "record: missing"),
        (b'{"format": 1.5}', "1.5 is not a whole number"),
        (b'{"format": NaN}', "NaN is not a whole number"),
        (b'{"a": 1, "a": 2}', "a member stands in it twice"),
        (b'{"a": "\\ud800"}', "not Unicode"),
        (b"[" * 100_000, "nested too deep"),
        (changed(a_copy(), "proof", "path", to=lambda path: path * 50), "more than 128 hashes"),
        (changed(a_copy(), "proof", "path", 0, to=str.upper), "lower-case hexadecimal"),
        (changed(a_copy(), "head", to=lambda head: head | {"extra": 1}), "not written as heads"),
        (changed(a_copy(), "head", "signedAt", to=lambda _: "yesterday"), "head: "),
        (changed(a_copy(), "proof", "index", to=lambda _: True), "index: missing"),
        (changed(a_copy(), "proof", "index", to=lambda _: -1), "index: negative"),
        (changed(a_copy(), "record", "source", "id", to=lambda _: "x"), "id: not a UUID"),
    ],
)
def test_what_is_no_such_file_is_told_in_words(content, complaint):
    found = failures(content)

    assert list(found) == ["file"]
    assert complaint in found["file"]


def test_a_head_signed_by_a_stranger_fails():
    found = failures(a_copy(head=a_head(11, ring=STRANGER)))

    assert found == {"head": "the key 'l1' did not sign this"}


def test_growth_holds():
    assert failures(a_growth()) == {}
    assert failures(a_growth(11, 11)) == {}


def test_a_log_that_lost_or_changed_a_leaf_did_not_grow():
    forged = leaves(11)
    forged[2] = merkle.leaf_hash(b"forged")

    shrunk = failures(a_growth(6, 11, old=a_head(11), new=a_head(6)))
    rewritten = failures(a_growth(6, 11, new=a_head(11, hashes=forged)))

    assert shrunk == {"proof": "the log shrank from 11 leaves to 6"}
    assert rewritten == {"proof": "the first 6 of the 11 leaves are not those of the older head"}


def test_growth_from_one_log_into_another_fails():
    found = failures(a_growth(new=a_head(11, log=OTHER_LOG)))

    assert found == {"proof": f"two logs: {LOG} and {OTHER_LOG}"}


def test_a_copy_is_held_against_the_head_that_the_reader_kept():
    same = failures(a_copy(), kept=a_head(11))
    older = failures(a_copy(), kept=a_head(6))
    forged = leaves(11)
    forged[2] = merkle.leaf_hash(b"forged")
    two_faces = failures(a_copy(), kept=a_head(11, hashes=forged))

    assert same == {}
    assert older == {"head": "it has 11 leaves, the kept one 6: ask for a proof of growth"}
    assert two_faces == {"head": "two heads of as many leaves differ: the log shows two faces"}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "copy.json").write_bytes(a_copy())
    (tmp_path / "growth.json").write_bytes(a_growth())
    (tmp_path / "head.json").write_bytes(proofs.head_file(a_head(6)))
    (tmp_path / "keys.txt").write_text("\n".join(map(str, KEYS)) + "\n")
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(app, ["verify", *map(str, arguments)])


def test_the_command_holds_a_copy_against_a_head(folder):
    ended = run(folder / "copy.json", "--key", str(KEYS[0]))

    assert ended.exit_code == 0
    assert ended.stdout.splitlines()[-2:] == [
        "ok    head          11 leaves on 2026-11-01, signed with 'l1'",
        "It is as the log has it.",
    ]


def test_the_command_holds_one_head_against_an_older_one(folder):
    key = folder / "keys.txt"

    ended = run(folder / "growth.json", "--key", key, "--head", folder / "head.json")

    assert (ended.exit_code, ended.stdout.splitlines()[-1]) == (0, "It is as the log has it.")


def test_the_command_names_what_differs_and_fails(folder):
    altered = changed(a_copy(), "parts", "title", "content", to=lambda _: "另一个标题")
    (folder / "copy.json").write_bytes(altered)

    ended = run(folder / "copy.json", "--key", folder / "keys.txt")

    assert ended.exit_code == 1
    assert ended.stderr == f"gongyi: disclosure {SUBJECT}, version 1: what differs: title\n"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--key", "l1:short"], "--key: a public key is 32 bytes"),
        (["--key", "absent.txt"], "absent.txt: No such file or directory"),
        (["--key", str(KEYS[0]), "--head", "absent.json"], "absent.json: No such file"),
    ],
)
def test_wrong_usage_is_told_apart_from_a_failure(folder, arguments, complaint):
    ended = run(folder / "copy.json", *arguments)

    assert (ended.exit_code, ended.stdout) == (2, "")
    assert complaint in ended.stderr


def test_a_head_is_required_to_be_one(folder):
    copy = folder / "copy.json"

    ended = run(copy, "--key", folder / "keys.txt", "--head", copy)

    assert ended.exit_code == 2
    assert ended.stderr == "gongyi: --head copy.json: head: format is not gongyi.head/1\n"
