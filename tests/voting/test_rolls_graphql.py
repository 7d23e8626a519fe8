"""Rolls, proxies and one's own polls through the contract."""

from datetime import timedelta
from uuid import uuid4

import pytest

from domains.kernel import database
from domains.kernel.actor import ANONYMOUS, Actor, Role
from domains.membership.models import Household, Residency
from domains.voting import service
from domains.voting.models import Poll
from domains.voting.service import Remedy
from domains.voting.values import Secrecy
from schema import node
from tests import factories
from tests.voting.factories import a_draft, a_drafted_poll, a_town, an_open_poll, cast, options_of
from tests.voting.test_graphql import CAST, ask
from tests.voting.test_objections import a_newcomer, a_public_roll
from tests.voting.test_proxies import a_poll_with_proxies, an_upload, file, until_open

OBJECT = """
mutation ($input: ObjectToRollInput!) {
  objectToRoll(input: $input) {
    ... on ObjectionPayload { replayed objection { id asks state about objector dueAt } }
    ... on UserError { code path }
  }
}
"""
DECIDE = """
mutation ($input: DecideRollObjectionInput!) {
  decideRollObjection(input: $input) {
    ... on ObjectionPayload { objection { state reason } }
    ... on UserError { code message path }
  }
}
"""
ADMIT = """
mutation ($input: AdmitVoterInput!) {
  admitVoter(input: $input) {
    ... on PollPayload { poll { turnout { roll } } }
    ... on UserError { code path }
  }
}
"""
STRIKE = """
mutation ($input: StrikeVoterInput!) {
  strikeVoter(input: $input) {
    ... on PollPayload { poll { turnout { roll } } }
    ... on UserError { code path }
  }
}
"""
FILE = """
mutation ($input: FileProxyInput!) {
  fileProxy(input: $input) {
    ... on ProxyPayload { replayed proxy { id principal holder relation publishedAt } }
    ... on UserError { code path }
  }
}
"""
FILE_FOR = """
mutation ($input: FileProxyForInput!) {
  fileProxyFor(input: $input) {
    ... on ProxyPayload { proxy { principal holder hasDocument } }
    ... on UserError { code path }
  }
}
"""
END = """
mutation ($input: EndProxyInput!) {
  endProxy(input: $input) {
    ... on ProxyPayload { proxy { endReason } }
    ... on UserError { code path }
  }
}
"""
PUBLISH = """
mutation ($input: PublishProxiesInput!) {
  publishProxies(input: $input) {
    ... on ProxiesPublished { published }
    ... on UserError { code path }
  }
}
"""
CAST_FOR = """
mutation ($input: CastBallotForInput!) {
  castBallotFor(input: $input) {
    __typename
    ... on BallotCast { secrecy revision replayed }
    ... on UserError { code path }
  }
}
"""
MINE = """
query ($where: MyPollFilterInput, $first: Int, $after: String) {
  myPolls(where: $where, first: $first, after: $after) {
    nodes {
      onRoll hasCast
      mayNow { act principal principalId }
      poll { id title options { label } turnout { roll } }
    }
    pageInfo { hasNextPage endCursor }
  }
}
"""
ROLL = """
query ($poll: ID!, $first: Int) {
  pollRoll(pollId: $poll, first: $first) {
    nodes {
      number name personId standing basis reason areaCentiM2 units { unit areaCentiM2 areaBasis }
    }
  }
}
"""
PROXIES = """
query ($poll: ID!) {
  pollProxies(pollId: $poll) { nodes { id principal holder relation endReason } }
}
"""
OBJECTIONS = """
query ($poll: ID!) {
  rollObjections(pollId: $poll) { nodes { id asks text state about objector reason } }
}
"""
TURNOUT = """
query ($poll: ID!) {
  turnoutByBuilding(pollId: $poll) { entitled participated building { name } }
  poll(id: $poll) { turnout { roll participated } }
}
"""


def person(who) -> str:
    return node.encode("person", who.person_id)


def poll(poll_id) -> str:
    return node.encode("poll", poll_id)


def objection_of(poll_id, about, asks="STRIKE", **changes):
    return {
        "pollId": poll(poll_id),
        "personId": person(about),
        "asks": asks,
        "text": "此人已迁出本社区。",
        "idempotencyKey": str(uuid4()),
    } | changes


async def test_a_roll_is_objected_to_decided_and_changed(db):
    town = await a_town(residents=3)
    poll_id = await a_public_roll(town)
    given = objection_of(poll_id, town.residents[1])

    filed = (await ask(town.residents[0], OBJECT, input=given))["objectToRoll"]
    again = (await ask(town.residents[0], OBJECT, input=given))["objectToRoll"]
    decided = await ask(
        town.committee,
        DECIDE,
        input={"objectionId": filed["objection"]["id"], "upheld": True, "reason": "经核实已迁出"},
    )

    assert (filed["replayed"], again["replayed"]) == (False, True)
    assert (filed["objection"]["about"], filed["objection"]["objector"]) == ("居民1", "居民0")
    assert decided["decideRollObjection"] == {
        "objection": {"state": "UPHELD", "reason": "经核实已迁出"}
    }
    assert (await Poll.get(id=poll_id)).roll_size == 2


async def test_conveners_admit_and_strike_with_their_reasons(db):
    town = await a_town(residents=2)
    poll_id = await a_public_roll(town)
    newcomer = await a_newcomer(
        town, since=(await Poll.get(id=poll_id)).opens_at.date().replace(2021)
    )

    admitted = await ask(
        town.committee,
        ADMIT,
        input={
            "pollId": poll(poll_id),
            "personId": node.encode("person", newcomer.id),
            "remedy": {"basis": "RESIDENT_ADMITTED"},
            "reason": "村民代表会议同意其参加选举",
        },
    )
    struck = await ask(
        town.committee,
        STRIKE,
        input={
            "pollId": poll(poll_id),
            "personId": person(town.residents[0]),
            "reason": "已迁出",
        },
    )

    assert admitted["admitVoter"] == {"poll": {"turnout": {"roll": 3}}}
    assert struck["strikeVoter"] == {"poll": {"turnout": {"roll": 2}}}


async def test_who_objects_is_told_to_conveners_and_to_themselves_alone(db):
    town, elsewhere = await a_town(residents=3), await a_town(residents=1)
    poll_id = await a_public_roll(town)
    left_out = await a_newcomer(
        town, since=(await Poll.get(id=poll_id)).opens_at.date().replace(2021)
    )
    given = objection_of(poll_id, town.residents[1], "ADMIT")
    given["personId"] = node.encode("person", left_out.id)
    await ask(town.residents[0], OBJECT, input=given)

    async def seen_by(actor):
        nodes = (await ask(actor, OBJECTIONS, poll=poll(poll_id)))["rollObjections"]["nodes"]
        return [(each["about"], each["objector"]) for each in nodes]

    assert await seen_by(town.committee) == [("新来者", "居民0")]
    assert await seen_by(town.residents[0]) == [("新来者", "居民0")]
    assert await seen_by(town.residents[2]) == [(None, None)]
    assert await seen_by(elsewhere.committee) == await seen_by(ANONYMOUS) == []


async def an_estate(town):
    """Give each resident's unit its area."""
    for number, resident in enumerate(town.residents):
        bond = await Residency.get(person_id=resident.person_id)
        await Household.filter(id=bond.household_id).update(
            floor_area_centi_m2=9_000 + number, unit=f"{number + 1}01"
        )


async def test_names_are_for_who_belongs_and_areas_for_whom_they_concern(db):
    town, elsewhere = await a_town(residents=2), await a_town(residents=1)
    await an_estate(town)
    supervisor = await factories.an_officer(Role.SUPERVISOR, town.community)
    poll_id = await a_public_roll(town, rule_code="OWNERS_GENERAL")

    async def seen_by(actor):
        nodes = (await ask(actor, ROLL, poll=poll(poll_id)))["pollRoll"]["nodes"]
        return {each["name"]: (each["areaCentiM2"], len(each["units"])) for each in nodes}

    everything = {"居民0": (9_000, 1), "居民1": (9_001, 1)}
    assert await seen_by(town.committee) == await seen_by(supervisor) == everything
    assert await seen_by(town.residents[0]) == {"居民0": (9_000, 1), "居民1": (None, 0)}
    assert await seen_by(elsewhere.committee) == await seen_by(ANONYMOUS) == {}


async def test_who_was_struck_off_is_shown_while_the_roll_can_be_objected_to(moved_clock):
    town = await a_town(residents=3)
    poll_id = await a_public_roll(town)
    await service.strike_voter(
        town.committee, poll_id, town.residents[2].person_id, reason="已迁出"
    )

    async def struck_for(actor):
        nodes = (await ask(actor, ROLL, poll=poll(poll_id)))["pollRoll"]["nodes"]
        return [(each["name"], each["reason"]) for each in nodes if each["standing"] == "STRUCK"]

    assert await struck_for(town.residents[0]) == [("居民2", "已迁出")]
    await moved_clock.set((await Poll.get(id=poll_id)).objections_until)
    await service.freeze_due_roll()
    assert await struck_for(town.residents[0]) == []
    assert await struck_for(town.residents[2]) == await struck_for(town.committee)
    assert await struck_for(town.committee) == [("居民2", "已迁出")]


@pytest.mark.parametrize("size", [1, 3])
async def test_a_roll_costs_the_same_for_any_number(statements, size):
    town = await a_town(residents=size)
    await an_estate(town)
    poll_id = await a_public_roll(town, rule_code="OWNERS_GENERAL")
    statements.clear()

    answer = await ask(town.committee, ROLL, poll=poll(poll_id))

    assert len(answer["pollRoll"]["nodes"]) == size
    assert len(statements) == 2, statements


async def test_a_proxy_is_filed_published_used_and_shown(moved_clock):
    town = await a_town(residents=3)
    principal, holder, other = town.residents
    poll_id = await a_poll_with_proxies(town)
    given = {
        "pollId": poll(poll_id),
        "holderId": person(holder),
        "relation": "PARENT",
        "idempotencyKey": str(uuid4()),
    }

    async def seen_by(actor):
        nodes = (await ask(actor, PROXIES, poll=poll(poll_id)))["pollProxies"]["nodes"]
        return [(each["principal"], each["holder"], each["relation"]) for each in nodes]

    filed = (await ask(principal, FILE, input=given))["fileProxy"]
    before = await seen_by(other)
    published = await ask(town.committee, PUBLISH, input={"pollId": poll(poll_id)})
    after = await seen_by(other)
    await until_open(poll_id, moved_clock)
    option = (await options_of(poll_id))[0]
    used = await ask(
        holder,
        CAST,
        input={
            "pollId": poll(poll_id),
            "optionIds": [node.encode("option", option)],
            "idempotencyKey": str(uuid4()),
            "onBehalfOfId": person(principal),
        },
    )

    assert (filed["proxy"]["principal"], filed["proxy"]["holder"]) == ("居民0", "居民1")
    assert published["publishProxies"] == {"published": 1}
    assert (before, after) == ([], [("居民0", "居民1", None)])
    assert await seen_by(principal) == [("居民0", "居民1", "PARENT")]
    assert await seen_by(await factories.a_resident()) == []
    assert used["castBallot"]["__typename"] == "BallotCast"


async def test_a_written_proxy_is_entered_and_ended(db):
    town = await a_town(residents=2)
    poll_id = await a_poll_with_proxies(town)
    worker = await factories.a_grid_worker(town.community)

    filed = await ask(
        worker,
        FILE_FOR,
        input={
            "pollId": poll(poll_id),
            "principalId": person(town.residents[0]),
            "holderId": person(town.residents[1]),
            "relation": "SPOUSE",
            "uploadId": node.encode("upload", await an_upload(worker)),
            "consent": "WRITTEN",
            "idempotencyKey": str(uuid4()),
        },
    )
    proxy_id = await database.fetch_value("SELECT id FROM voting_proxy")
    ended = await ask(
        town.residents[0],
        END,
        input={"proxyId": node.encode("proxy", proxy_id), "reason": "本人改为亲自到场"},
    )

    assert filed["fileProxyFor"] == {
        "proxy": {"principal": "居民0", "holder": "居民1", "hasDocument": True}
    }
    assert ended["endProxy"] == {"proxy": {"endReason": "本人改为亲自到场"}}


async def test_a_helper_casts_and_reads_nothing_back(moved_clock):
    town = await a_town(residents=2)
    poll_id = await an_open_poll(town, await a_draft(secrecy=Secrecy.SECRET))
    option = (await options_of(poll_id))[0]
    given = {
        "pollId": poll(poll_id),
        "personId": person(town.residents[0]),
        "optionIds": [node.encode("option", option)],
        "consent": "SPOKEN",
        "idempotencyKey": str(uuid4()),
    }

    first = await ask(town.committee, CAST_FOR, input=given)
    again = await ask(town.committee, CAST_FOR, input=given)

    assert first["castBallotFor"] == {
        "__typename": "BallotCast",
        "secrecy": "SECRET",
        "revision": 1,
        "replayed": False,
    }
    assert again["castBallotFor"] == {
        "__typename": "Refused",
        "code": "ALREADY_VOTED",
        "path": ["input", "pollId"],
    }


async def test_a_helpers_ballot_is_held_to_the_same_paper(db):
    town = await a_town(residents=1)
    poll_id = await an_open_poll(town)
    option = node.encode("option", (await options_of(poll_id))[0])

    answer = await ask(
        town.committee,
        CAST_FOR,
        input={
            "pollId": poll(poll_id),
            "personId": person(town.residents[0]),
            "values": [{"optionId": option, "value": 3}],
            "consent": "SPOKEN",
            "idempotencyKey": str(uuid4()),
        },
    )

    # This paper takes no values: what the voter's own ballot would be refused for is refused.
    assert answer["castBallotFor"]["__typename"] == "Refused"
    assert await database.fetch_value("SELECT count(*) FROM membership_assisted_entry") == 0


async def test_every_id_of_another_community_is_not_found_and_nothing_changes(db):
    town, elsewhere = await a_town(residents=2), await a_town(residents=2)
    poll_id = await a_public_roll(elsewhere)
    worker = await factories.a_grid_worker(town.community)
    objection_id, _ = await service.file_objection(
        elsewhere.residents[0],
        poll_id,
        about_id=elsewhere.residents[1].person_id,
        asks="strike",
        text="此人已迁出。",
        idempotency_key=uuid4(),
    )
    proxy_id = await file(elsewhere.residents[0], poll_id, elsewhere.residents[1])
    of_poll = {"pollId": poll(poll_id)}
    whom = {"personId": person(elsewhere.residents[0]), "reason": "已迁出"}
    key = {"idempotencyKey": str(uuid4())}
    to = {"holderId": person(town.residents[0])}
    cases = [
        (OBJECT, objection_of(poll_id, elsewhere.residents[0])),
        (
            DECIDE,
            {"objectionId": node.encode("objection", objection_id), "upheld": True}
            | {"reason": "属实"},
        ),
        (ADMIT, of_poll | whom | {"remedy": {}}),
        (STRIKE, of_poll | whom),
        (FILE, of_poll | to | key),
        (
            FILE_FOR,
            of_poll
            | to
            | key
            | {"principalId": person(elsewhere.residents[0])}
            | {"uploadId": node.encode("upload", uuid4()), "consent": "WRITTEN"},
        ),
        (END, {"proxyId": node.encode("proxy", proxy_id), "reason": "撤销"}),
        (PUBLISH, of_poll),
        (
            CAST_FOR,
            of_poll
            | key
            | {"personId": person(elsewhere.residents[0])}
            | {"optionIds": [], "consent": "SPOKEN"},
        ),
    ]

    for actor in (town.committee, worker, town.residents[0]):
        for document, given in cases:
            answer = await ask(actor, document, input=given)
            assert [each["code"] for each in answer.values()] == ["NOT_FOUND"], document
    for kind, row_id in (("objection", objection_id), ("proxy", proxy_id)):
        refetched = await ask(
            town.committee,
            "query ($id: ID!) { node(id: $id) { id } }",
            id=node.encode(kind, row_id),
        )
        assert refetched["node"] is None

    assert (await Poll.get(id=poll_id)).roll_size == 2
    assert await database.fetch_value("SELECT count(*) FROM voting_proxy") == 1
    assert await database.fetch_value("SELECT state FROM voting_roll_objection") == "open"


async def test_malformed_ids_are_not_found(db):
    town = await a_town(residents=1)
    poll_id = await a_public_roll(town)
    whom = {"reason": "已迁出", "pollId": poll(poll_id)}

    for bad in ("", "person_x", poll(poll_id)):
        answer = await ask(town.committee, STRIKE, input=whom | {"personId": bad})
        assert answer["strikeVoter"] == {"code": "NOT_FOUND", "path": ["input", "personId"]}

    assert (await Poll.get(id=poll_id)).roll_size == 1


async def test_ones_own_polls_tell_what_may_be_done(moved_clock):
    town = await a_town(residents=3)
    principal, holder, _ = town.residents
    poll_id = await a_poll_with_proxies(town)

    async def may(actor):
        nodes = (await ask(actor, MINE))["myPolls"]["nodes"]
        return [[(act["act"], act["principal"]) for act in each["mayNow"]] for each in nodes]

    assert await may(principal) == [[("OBJECT", None), ("FILE_PROXY", None)]]
    await file(principal, poll_id, holder)
    assert await may(principal) == [[("OBJECT", None)]]
    await until_open(poll_id, moved_clock)
    assert await may(principal) == [[("CAST", None)]]
    assert sorted((await may(holder))[0]) == sorted(
        [("CAST", None), ("CAST_FOR", "居民0")], key=lambda pair: pair[0]
    )
    await cast(holder, poll_id, 1)
    assert await may(holder) == [[("CAST_FOR", "居民0")]]
    assert await may(town.committee) == await may(ANONYMOUS) == []


async def test_ones_own_polls_are_narrowed_by_state_and_paged(db):
    town = await a_town(residents=1)
    for _ in range(3):
        await an_open_poll(town)
    await a_drafted_poll(town)
    await a_public_roll(town)
    voter = town.residents[0]

    first = (await ask(voter, MINE, first=3))["myPolls"]
    rest = (await ask(voter, MINE, first=3, after=first["pageInfo"]["endCursor"]))["myPolls"]
    public = (await ask(voter, MINE, where={"states": ["ROLL_PUBLISHED"]}))["myPolls"]

    assert (len(first["nodes"]), len(rest["nodes"]), len(public["nodes"])) == (3, 1, 1)
    assert rest["pageInfo"]["hasNextPage"] is False


@pytest.mark.parametrize("size", [1, 3])
async def test_ones_own_polls_cost_the_same_for_any_number(statements, size):
    town = await a_town(residents=1)
    for _ in range(size):
        await an_open_poll(town)
    statements.clear()

    answer = await ask(town.residents[0], MINE)

    assert len(answer["myPolls"]["nodes"]) == size
    assert len(statements) == 3, statements


async def a_town_of_buildings(*sizes: int):
    """A community with so many residents in each of its buildings."""
    town = await a_town(residents=0)
    voters: list[list[Actor]] = []
    for size in sizes:
        building = await factories.a_building(town.community)
        at_home = []
        for _ in range(size):
            someone = await factories.a_person("住户")
            await factories.a_residency(someone, await factories.a_household(building))
            at_home.append(Actor(person_id=someone.id))
        voters.append(at_home)
    return town, voters


async def counted(poll_id, moved_clock):
    await moved_clock.set((await Poll.get(id=poll_id)).closes_at)
    await service.close_due_poll()
    await service.tally_due_poll()


async def test_turnout_by_building_is_told_from_five_up_and_never_by_subtraction(moved_clock):
    town, (large, middle, small, tiny) = await a_town_of_buildings(8, 7, 6, 3)
    poll_id = await an_open_poll(town)
    for voter in (*large, *middle[:5], *small[:4], *tiny[:2]):
        await cast(voter, poll_id, 1)

    while_open = await ask(town.committee, TURNOUT, poll=poll(poll_id))
    await counted(poll_id, moved_clock)
    after = await ask(town.committee, TURNOUT, poll=poll(poll_id))
    outside = await ask(await factories.a_resident(), TURNOUT, poll=poll(poll_id))

    cells = [(each["entitled"], each["participated"]) for each in after["turnoutByBuilding"]]
    assert while_open["turnoutByBuilding"] == outside["turnoutByBuilding"] == []
    assert cells == [(8, 8), (7, 5)]
    rest = after["poll"]["turnout"]["participated"] - sum(took for _, took in cells)
    assert rest == 6  # of two buildings, of which neither is told


async def test_two_reads_of_turnout_by_building_differ_in_nothing(moved_clock):
    """The attack: read, let one neighbour vote, read again."""
    town, (large, middle) = await a_town_of_buildings(8, 7)
    poll_id = await an_open_poll(town)
    for voter in (*large[:6], *middle[:6]):
        await cast(voter, poll_id, 1)

    first = await ask(town.committee, TURNOUT, poll=poll(poll_id))
    await cast(middle[6], poll_id, 1)
    second = await ask(town.committee, TURNOUT, poll=poll(poll_id))
    await counted(poll_id, moved_clock)
    third = await ask(town.committee, TURNOUT, poll=poll(poll_id))
    fourth = await ask(town.committee, TURNOUT, poll=poll(poll_id))

    assert first["turnoutByBuilding"] == second["turnoutByBuilding"] == []
    assert third["turnoutByBuilding"] == fourth["turnoutByBuilding"]
    assert len(third["turnoutByBuilding"]) == 2


async def test_one_building_too_small_hides_another_with_it(moved_clock):
    town, (large, middle, small) = await a_town_of_buildings(8, 7, 6)
    poll_id = await an_open_poll(town)
    for voter in (*large, *middle[:5], *small[:4]):
        await cast(voter, poll_id, 1)
    await counted(poll_id, moved_clock)

    answer = await ask(town.committee, TURNOUT, poll=poll(poll_id))

    shown = [(each["entitled"], each["participated"]) for each in answer["turnoutByBuilding"]]
    assert shown == [(8, 8)]


@pytest.mark.parametrize("size", [1, 3])
async def test_turnout_by_building_costs_the_same_for_any_number(moved_clock, statements, size):
    town, voters = await a_town_of_buildings(*([5] * size))
    poll_id = await an_open_poll(town)
    for voter in (each for building in voters for each in building):
        await cast(voter, poll_id, 1)
    await counted(poll_id, moved_clock)
    statements.clear()

    answer = await ask(town.committee, TURNOUT, poll=poll(poll_id))

    assert len(answer["turnoutByBuilding"]) == size
    assert len(statements) == 4, statements


async def test_a_refusal_of_a_roll_speaks_the_callers_language(db):
    town = await a_town(residents=2)
    poll_id = await a_public_roll(town)
    english = Actor(town.committee.person_id, town.committee.grants, locale="en")
    await service.admit_voter(
        town.committee,
        poll_id,
        (
            await a_newcomer(town, since=(await Poll.get(id=poll_id)).opens_at.date().replace(2021))
        ).id,
        remedy=Remedy(),
        reason="漏登",
    )
    filed = await ask(english, OBJECT, input=objection_of(poll_id, town.residents[0]))

    answer = await ask(
        english,
        DECIDE,
        input={
            "objectionId": filed["objectToRoll"]["objection"]["id"],
            "upheld": False,
            "reason": "不属实",
        },
    )

    assert answer["decideRollObjection"] == {
        "code": "OWN_OBJECTION",
        "message": "Nobody decides an objection of their own, or about themselves.",
        "path": ["input", "objectionId"],
    }


async def test_who_has_moved_away_still_finds_the_poll_they_may_vote_in(moved_clock):
    town = await a_town(residents=1)
    poll_id = await an_open_poll(town)
    moved = Actor(person_id=town.residents[0].person_id)
    await moved_clock.advance(timedelta(minutes=1))

    nodes = (await ask(moved, MINE))["myPolls"]["nodes"]

    assert [each["poll"]["id"] for each in nodes] == [poll(poll_id)]
