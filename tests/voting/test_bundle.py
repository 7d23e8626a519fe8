"""The sealed file of a poll: whoever has it counts again, and finds whatever was altered."""

import copy
import hashlib
import json
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from api.__main__ import app
from domains.kernel import canonical, database, storage
from domains.kernel.actor import ANONYMOUS
from domains.kernel.rules import RuleSet, freeze
from domains.voting import service
from domains.voting.models import Poll
from domains.voting.rules import CountingRule, bundle
from domains.voting.rules.paper_sheets import LineDraft
from domains.voting.service import bundles, paper, presets
from domains.voting.service.polls import OptionDraft, PollDraft
from domains.voting.values import PollMethod, Secrecy
from tests import factories
from tests.voting.elections import an_election
from tests.voting.factories import Town, a_draft, a_town, an_open_poll, cast, options_of
from tests.voting.test_owners import an_estate_of_owners, an_owners_poll
from tests.voting.test_paper import BLANK, SPOILED, VOID, agreed, closed, issued_to, line


async def content_of(actor, poll_id) -> bytes:
    sealed = await bundles.sealed_bundle(actor, poll_id)
    assert sealed is not None
    chunks = [each async for each in storage.current().read(storage.content_key(sealed.sha256))]
    content = b"".join(chunks)
    assert (hashlib.sha256(content).digest(), len(content)) == (sealed.sha256, sealed.size_bytes)
    return content


async def counted(town: Town, poll_id: UUID) -> bytes:
    if await database.fetch_value("SELECT count(*) FROM voting_paper_box"):
        await paper.complete_paper(town.committee, poll_id)
    await service.tally_due_poll()
    return await content_of(town.committee, poll_id)


async def a_weighted_poll(moved_clock) -> bytes:
    """Owners by area, online and on paper, one of them void."""
    town = await an_estate_of_owners(9_000, 12_000, 7_500, 6_000)
    poll_id = await an_owners_poll(town, moved_clock)
    await cast(town.residents[0], poll_id, 1)
    await cast(town.residents[1], poll_id, 2)
    numbers = await issued_to(town, poll_id, *town.residents[2:])
    await closed(moved_clock)
    await agreed(
        town,
        poll_id,
        line(1, voter=numbers[0]),
        line(voter=numbers[1], verdict=VOID, reason="字迹不清"),
    )
    return await counted(town, poll_id)


async def a_secret_choice(moved_clock) -> bytes:
    town = await a_town(residents=6)
    draft = await a_draft(
        method=PollMethod.CHOICE, labels=("公园", "广场", "停车场"), most=2, secrecy=Secrecy.SECRET
    )
    poll_id = await an_open_poll(town, draft)
    for resident, places in zip(town.residents[:3], ((1, 3), (3,), (2,)), strict=True):
        await cast(resident, poll_id, *places)
    await issued_to(town, poll_id, *town.residents[3:])
    await closed(moved_clock)
    await agreed(
        town,
        poll_id,
        line(3),
        line(verdict=BLANK),
        line(verdict=SPOILED, reason="写错后更换"),
    )
    return await counted(town, poll_id)


async def a_committee(moved_clock) -> bytes:
    election = await an_election(residents=5, seats=2)
    await election.stand(0, 1, 2)
    await election.open(moved_clock)
    for voter, names in enumerate([(0, 1), (0, 1), (0, 1), (2,), ()]):
        await election.cast(voter, *names)
    await election.count(moved_clock)
    return await content_of(election.town.committee, election.poll_id)


async def a_ranking(moved_clock) -> bytes:
    return await _preferred(
        moved_clock,
        [((1, 2, 3), ()), ((2, 1), ()), ((3,), ()), ((2, 3, 1), ())],
        rule=CountingRule.SCOTTISH_STV,
        seats=2,
    )


async def a_score(moved_clock) -> bytes:
    return await _preferred(
        moved_clock,
        [((), ((1, 5), (2, 1))), ((), ((1, 2), (3, 4))), ((), ((2, 5),)), ((), ((1, 1),))],
        rule=CountingRule.SCORE,
        highest=5,
    )


async def a_budget(moved_clock) -> bytes:
    return await _preferred(
        moved_clock,
        [((1, 2), ()), ((2, 3), ()), ((1,), ()), ((3,), ())],
        rule=CountingRule.EQUAL_SHARES,
        costs=(30_000, 50_000, 20_000),
        budget=80_000,
    )


async def _preferred(
    moved_clock, ballots, *, rule, seats=1, highest=None, costs=(None,) * 3, budget=None
) -> bytes:
    """A poll that a rule of preference counts; its last ballot comes on paper."""
    town = await a_town(residents=len(ballots))
    plain = await a_draft(secrecy=Secrecy.SECRET)
    poll_id = await an_open_poll(
        town,
        PollDraft(
            title=plain.title,
            body=plain.body,
            method=PollMethod.PREFERENCE,
            secrecy=plain.secrecy,
            opens_at=plain.opens_at,
            closes_at=plain.closes_at,
            rule_code=plain.rule_code,
            options=tuple(
                OptionDraft(label, cost_fen=cost)
                for label, cost in zip(("长椅", "路灯", "花坛"), costs, strict=True)
            ),
            seats=seats,
            least_choices=0,
            budget_fen=budget,
            counting_rule=rule,
            highest=highest,
        ),
    )
    options = await options_of(poll_id)
    for resident, (positions, values) in zip(town.residents[:-1], ballots[:-1], strict=True):
        await service.cast_ballot(
            resident,
            poll_id,
            [options[position - 1] for position in positions],
            values=[(options[position - 1], value) for position, value in values],
            idempotency_key=UUID(int=1),
        )
    await issued_to(town, poll_id, town.residents[-1])
    await closed(moved_clock)
    positions, values = ballots[-1]
    await agreed(town, poll_id, LineDraft(line(1).verdict, positions, values=values))
    return await counted(town, poll_id)


POLLS = {
    "owners by area, with paper": a_weighted_poll,
    "a secret choice, with paper": a_secret_choice,
    "a committee": a_committee,
    "a ranking": a_ranking,
    "scores": a_score,
    "a budget": a_budget,
}


def failures(content: bytes) -> list[str]:
    return [check.name for check in bundle.verify(content) if not check.holds]


def leaves(value, path=()):
    """Every leaf of a JSON value, and every list that could lose its last item."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from leaves(each, (*path, name))
    elif isinstance(value, list):
        if value:
            yield (*path, "dropped")
        for place, each in enumerate(value):
            yield from leaves(each, (*path, place))
    else:
        yield path


def altered(sealed, path):
    """A copy with the leaf at this path changed, or the last item of the list there dropped."""
    twin = copy.deepcopy(sealed)
    within = twin
    for step in path[:-1]:
        within = within[step]
    if path[-1] == "dropped":
        within.pop()
        return twin
    within[path[-1]] = _other(within[path[-1]])
    return twin


def _other(value):
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    return "0" if value is None else f"{value}0"


@pytest.mark.parametrize("kind", POLLS)
async def test_a_poll_is_counted_again_from_its_file_to_the_same_bytes(moved_clock, kind):
    content = await POLLS[kind](moved_clock)

    sealed = json.loads(content)
    kept = (await Poll.first()).result.encode()
    assert failures(content) == []
    assert bundle.recount(sealed["parts"]) == kept
    assert canonical.json_bytes(sealed["parts"]["result"]) == kept


@pytest.mark.parametrize("kind", POLLS)
async def test_whatever_is_altered_in_the_file_is_named(moved_clock, kind):
    sealed = json.loads(await POLLS[kind](moved_clock))

    for path in leaves(sealed):
        found = failures(canonical.json_bytes(altered(sealed, path)))
        if path[0] == "parts":
            assert path[1] in found, path
        assert found, path


def resealed(sealed) -> bytes:
    """The file with all its hashes made anew, as a forger would."""
    parts = {name: sealed["parts"][name] for name in bundle.PARTS}
    return bundle.seal(parts)


@pytest.mark.parametrize("kind", POLLS)
async def test_a_forger_who_seals_anew_is_found_by_the_recount(moved_clock, kind):
    sealed = json.loads(await POLLS[kind](moved_clock))
    what_counts = {"ballots", "result", "rules"}

    for path in leaves(sealed["parts"]):
        if path[0] in what_counts:
            twin = altered(sealed, ("parts", *path))
            assert failures(resealed(twin)), path


async def test_a_heavier_weight_is_found_even_where_it_is_sealed_anew(moved_clock):
    sealed = json.loads(await a_weighted_poll(moved_clock))
    sealed["parts"]["roll"]["entries"][0][1] += 1

    assert failures(resealed(sealed)) == ["recount"]


async def test_the_file_is_the_same_each_time(moved_clock):
    town = await a_town()
    poll_id = await an_open_poll(town)
    await cast(town.residents[0], poll_id, 1)
    await closed(moved_clock)
    await service.tally_due_poll()

    first = await content_of(town.committee, poll_id)
    await moved_clock.advance(timedelta(days=3))

    assert await content_of(town.committee, poll_id) == first


@pytest.mark.parametrize(
    "content", [b"", b"null", b"[]", b"{}", b'{"parts": 1}', b"\xff", b"[" * 100_000, b'"x"']
)
def test_what_is_no_bundle_is_said_to_be_none(content):
    assert failures(content) == ["file"]


def a_small_bundle() -> bytes:
    """A motion of three voters, made without a database."""
    general = next(each for each in presets.presets() if each.code == "COMMUNITY_CONSULTATION")
    rule_set = RuleSet(
        id=UUID(int=1),
        code=general.code,
        version=1,
        community_id=None,
        title_zh=general.title_zh,
        title_en=general.title_en,
        legal_basis=general.legal_basis,
        legal_effect=general.legal_effect,
        effective_from=general.effective_from,
        effective_to=None,
        content=general.content,
    )
    stances = ("for", "against", "abstain")
    parts = dict.fromkeys(bundle.PARTS) | {
        "poll": {
            "id": str(UUID(int=2)),
            "method": "motion",
            "secrecy": "open",
            "ballotForm": None,
            "rollSize": 3,
            "rollFingerprint": "00",
            "options": [
                {"position": place, "stance": stance} for place, stance in enumerate(stances, 1)
            ],
        },
        "rules": freeze(rule_set),
        "roll": {"fingerprint": "00", "entries": [[1, 0], [2, 0], [3, 0]]},
        "ballots": [[1, "1"], [3, "2"]],
        "receipts": [],
    }
    return bundle.seal(parts | {"result": json.loads(bundle.recount(parts))})


SMALL = a_small_bundle()


def test_a_small_bundle_is_whole():
    assert failures(SMALL) == []


@given(st.integers(0, len(SMALL) - 1), st.integers(0, 255))
def test_no_byte_of_the_file_can_be_another(place, byte):
    content = SMALL[:place] + bytes([byte]) + SMALL[place + 1 :]

    assert bool(failures(content)) is (content != SMALL)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda each: st.lists(each, max_size=3) | st.dictionaries(st.text(max_size=5), each),
    max_leaves=5,
)


@given(
    st.sampled_from([path for path in leaves(json.loads(SMALL)) if "dropped" not in path]), _JSON
)
def test_whatever_stands_in_the_place_of_something_else_is_refused(path, value):
    twin = json.loads(SMALL)
    within = twin
    for step in path[:-1]:
        within = within[step]
    same = json.dumps(within[path[-1]]) == json.dumps(value)
    within[path[-1]] = value

    content = json.dumps(twin, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()

    assert bool(failures(content)) is not same


SHAPES: tuple[object, ...] = (None, 0, "", [], {}, [[]], {"entries": 1}, [[1, 2, 3]])
# A motion has no slate, and only a SECRET poll has receipts to speak of.
MISSHAPEN = [
    (part, shape)
    for part in bundle.PARTS
    for shape in SHAPES
    if part not in {"slate", "receipts"} and json.loads(SMALL)["parts"][part] != shape
]


@pytest.mark.parametrize(("part", "shape"), MISSHAPEN)
def test_a_part_of_another_shape_is_refused_even_where_it_is_sealed_anew(part, shape):
    parts = json.loads(SMALL)["parts"]
    twin = {name: shape if name == part else parts[name] for name in bundle.PARTS}

    assert failures(bundle.seal(twin))


async def test_a_file_written_otherwise_is_not_the_sealed_one(moved_clock):
    content = await a_secret_choice(moved_clock)

    assert failures(content + b"\n") == ["file"]
    assert failures(json.dumps(json.loads(content)).encode()) == ["file"]


async def test_no_bundle_leaves_an_open_poll_or_tells_outsiders_of_named_ballots(moved_clock):
    town = await a_town()
    named = await an_open_poll(town)
    secret = await an_open_poll(town, await a_draft(secrecy=Secrecy.SECRET))
    outsider = await factories.a_resident()

    running = [await bundles.sealed_bundle(town.committee, each) for each in (named, secret)]
    await moved_clock.advance(timedelta(days=1))
    for _ in range(2):
        await service.close_due_poll()
        await service.tally_due_poll()

    assert running == [None, None]
    assert await bundles.sealed_bundle(outsider, named) is None
    assert await bundles.sealed_bundle(ANONYMOUS, secret) is not None
    assert await bundles.sealed_bundle(town.residents[0], named) is not None


async def test_a_secret_polls_file_joins_nobody_to_a_ballot(moved_clock):
    sealed = json.loads(await a_secret_choice(moved_clock))
    parts = sealed["parts"]

    said = [said for said, _ in parts["ballots"]]
    names = {row["name"] for row in await database.fetch("SELECT name FROM voting_roll_entry")}
    assert parts["receipts"] == sorted(parts["receipts"])
    assert said == sorted(said, key=lambda each: int(each, 16))
    assert len(said) == len(set(said))
    assert "voidNumbers" in parts["paper"]
    assert parts["paper"]["voidNumbers"] == []
    assert not any(name in json.dumps(sealed, ensure_ascii=False) for name in names)


async def test_the_command_counts_without_a_database(moved_clock, tmp_path):
    content = await a_weighted_poll(moved_clock)
    file = tmp_path / "poll.json"
    file.write_bytes(content)
    nowhere = {"DATABASE_URL": "postgresql://nobody@203.0.113.1:1/nowhere"}
    digest = hashlib.sha256(content).hexdigest()

    counted = CliRunner().invoke(app, ["recount", str(file), "--sha256", digest], env=nowhere)
    wrong = CliRunner().invoke(app, ["recount", str(file), "--sha256", "00"], env=nowhere)
    sealed = json.loads(content)
    sealed["parts"]["ballots"].pop()
    file.write_bytes(canonical.json_bytes(sealed))
    dropped = CliRunner().invoke(app, ["recount", str(file)], env=nowhere)

    assert (counted.exit_code, wrong.exit_code, dropped.exit_code) == (0, 1, 1)
    assert "The recount gives the same bytes." in counted.stdout
    assert "what differs: sha256" in wrong.stderr
    assert "what differs: ballots, recount" in dropped.stderr
