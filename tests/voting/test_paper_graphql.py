"""Paper, and what follows the count, through the contract."""

from datetime import timedelta
from uuid import uuid4

import pytest

from domains.kernel import clock, database, uploads
from domains.kernel.actor import ANONYMOUS
from domains.voting import service
from domains.voting.rules import bundle
from domains.voting.service import paper
from domains.voting.values import Secrecy
from jobs import voting as jobs
from schema import node
from tests import factories
from tests.voting.factories import a_draft, a_town, an_open_poll, cast
from tests.voting.test_afterwards import CODE, a_certifying_town, a_challenge, a_displayed_poll
from tests.voting.test_graphql import ask
from tests.voting.test_paper import a_batch, closed, issued_to, line, number_of

ERROR = "... on UserError { code message path }"
BATCH = f"""__typename {ERROR} ... on PaperBatchPayload {{ replayed batch {{
  id number state entries returned void spoiled
  differences {{ voterNumber verdict marks {{ position value }} firstCount secondCount }}
}} }}"""
POLL = f"__typename {ERROR} ... on PollPayload {{ replayed poll {{ id state title }} }}"
CHALLENGE = f"""__typename {ERROR} ... on PollChallengePayload {{
  replayed poll {{ state }} challenge {{ id state text mine late reason }}
}}"""


def mutation(name: str, shown: str) -> str:
    kind = f"{name[0].upper()}{name[1:]}Input!"
    return f"mutation ($input: {kind}) {{ {name}(input: $input) {{ {shown} }} }}"


async def do(actor, name, shown, **given):
    return (await ask(actor, mutation(name, shown), input=given))[name]


PAPER = """
query ($poll: ID!) {
  pollPaper(pollId: $poll) {
    issued returned void spoiled blank valid complete moreReturnedThanIssued
  }
}
"""
BATCHES = """
query ($poll: ID!, $first: Int) {
  paperBatches(pollId: $poll, first: $first) {
    nodes { id number state differences { firstCount } } pageInfo { hasNextPage endCursor }
  }
}
"""
GROUNDS = "query ($poll: ID!) { pollGrounds(pollId: $poll) { code name computed clear note } }"
CHALLENGES = """
query ($poll: ID!, $first: Int) {
  pollChallenges(pollId: $poll, first: $first) { nodes { id state text mine late } }
}
"""
BUNDLE = "query ($poll: ID!) { pollBundle(pollId: $poll) { address sha256 sizeBytes } }"
NODE = "query ($id: ID!) { node(id: $id) { __typename id } }"


async def test_paper_from_issue_to_result(moved_clock):
    town = await a_town(residents=4)
    second = await factories.a_committee_member(town.community)
    poll_id = await an_open_poll(town)
    poll = node.encode("poll", poll_id)
    await cast(town.residents[0], poll_id, 1)
    numbers = [await number_of(poll_id, each) for each in town.residents[1:]]

    issued = [
        await do(town.committee, "issuePaperBallot", POLL, pollId=poll, number=number)
        for number in numbers
    ]
    again = await do(town.committee, "issuePaperBallot", POLL, pollId=poll, number=numbers[0])
    await closed(moved_clock)
    key = str(uuid4())
    opened, replayed = [
        await do(town.committee, "openPaperBatch", BATCH, pollId=poll, idempotencyKey=key)
        for _ in range(2)
    ]
    batch = opened["batch"]["id"]
    lines = [
        {"verdict": "VALID", "positions": [1], "voterNumber": numbers[0]},
        {"verdict": "VALID", "positions": [1, 2], "voterNumber": numbers[1]},
    ]
    misread = [lines[0], {"verdict": "BLANK", "voterNumber": numbers[1]}]
    first = await do(town.committee, "enterPaperBatch", BATCH, batchId=batch, lines=lines)
    twice = await do(town.committee, "enterPaperBatch", BATCH, batchId=batch, lines=lines)
    differing = await do(second, "enterPaperBatch", BATCH, batchId=batch, lines=misread)
    early = await do(town.committee, "completePaper", POLL, pollId=poll)
    await do(second, "reopenPaperBatch", BATCH, batchId=batch)
    for reader in (town.committee, second):
        entered = await do(reader, "enterPaperBatch", BATCH, batchId=batch, lines=lines)
    complete = await do(town.committee, "completePaper", POLL, pollId=poll)
    await service.tally_due_poll()
    shown = (await ask(town.residents[0], PAPER, poll=poll))["pollPaper"]

    assert {each["__typename"] for each in issued} == {"PollPayload"}
    assert again["code"] == "VOTER_TOOK_PART"
    assert (opened["replayed"], replayed["replayed"]) == (False, True)
    assert (first["batch"]["state"], twice["code"]) == ("ENTERED", "ENTERED_TWICE")
    assert differing["batch"]["state"] == "DIFFERS"
    assert differing["batch"]["differences"] == [
        {
            "voterNumber": numbers[1],
            "verdict": verdict,
            "marks": [],
            "firstCount": first_count,
            "secondCount": 1 - first_count,
        }
        for verdict, first_count in (("BLANK", 0), ("VOID", 1))
    ]
    assert early["code"] == "PAPER_UNSETTLED"
    assert (entered["batch"]["state"], entered["batch"]["void"]) == ("AGREED", 1)
    assert complete["__typename"] == "PollPayload"
    assert shown == {
        "issued": 3,
        "returned": 2,
        "void": 1,
        "spoiled": 0,
        "blank": 0,
        "valid": 2,
        "complete": True,
        "moreReturnedThanIssued": False,
    }


@pytest.mark.parametrize("secrecy", Secrecy)
async def test_batches_are_listed_in_as_many_statements_however_many(
    moved_clock, statements, secrecy
):
    town = await a_town(residents=4)
    second = await factories.a_committee_member(town.community)
    poll_id = await an_open_poll(town, await a_draft(secrecy=secrecy))
    numbers = await issued_to(town, poll_id, *town.residents)
    await closed(moved_clock)
    for number in numbers[:3]:
        voter = number if secrecy is Secrecy.OPEN else None
        batch_id = await a_batch(town.committee, poll_id)
        await paper.enter_paper_batch(town.committee, batch_id, [line(1, voter=voter)])
        await paper.enter_paper_batch(second, batch_id, [line(2, voter=voter)])
    asked = {"poll": node.encode("poll", poll_id)}

    found, counts = [], []
    for first in (1, 3):
        statements.clear()
        page = (await ask(town.committee, BATCHES, first=first, **asked))["paperBatches"]
        found.append([len(each["differences"]) for each in page["nodes"]])
        counts.append(len(statements))

    assert found == [[2], [2, 2, 2]]
    assert counts[0] == counts[1]


async def test_batches_are_for_who_conducts_the_poll(moved_clock):
    town = await a_town()
    poll_id = await an_open_poll(town)
    await issued_to(town, poll_id, town.residents[0])
    await closed(moved_clock)
    batch_id = await a_batch(town.committee, poll_id)
    officer = await factories.a_committee_member()
    batch = node.encode("paper_batch", batch_id)

    seen = {}
    for name, actor in (
        ("committee", town.committee),
        ("resident", town.residents[0]),
        ("officer", officer),
        ("nobody", ANONYMOUS),
    ):
        page = await ask(actor, BATCHES, poll=node.encode("poll", poll_id))
        alone = (await ask(actor, NODE, id=batch))["node"]
        seen[name] = (len(page["paperBatches"]["nodes"]), alone is not None)

    assert seen == {
        "committee": (1, True),
        "resident": (0, False),
        "officer": (0, False),
        "nobody": (0, False),
    }


async def test_another_communitys_ids_are_not_found(moved_clock):
    town = await a_town()
    poll_id = await an_open_poll(town)
    (number,) = await issued_to(town, poll_id, town.residents[0])
    await closed(moved_clock)
    poll = node.encode("poll", poll_id)
    batch = node.encode("paper_batch", await a_batch(town.committee, poll_id))
    officer, key = await factories.a_committee_member(), str(uuid4())
    lines = [{"verdict": "VALID", "positions": [1], "voterNumber": number}]

    answers = [
        await do(officer, "issuePaperBallot", POLL, pollId=poll, number=number),
        await do(officer, "openPaperBatch", BATCH, pollId=poll, idempotencyKey=key),
        await do(officer, "enterPaperBatch", BATCH, batchId=batch, lines=lines),
        await do(officer, "enterPaperBatch", BATCH, batchId=poll, lines=lines),
        await do(officer, "reopenPaperBatch", BATCH, batchId=batch),
        await do(officer, "discardPaperBatch", BATCH, batchId=batch, reason="x"),
        await do(officer, "completePaper", POLL, pollId=poll),
        await do(officer, "checkGround", POLL, pollId=poll, ground="x", clear=True),
        await do(officer, "certifyPoll", POLL, pollId=poll),
        await do(officer, "annulPoll", POLL, pollId=poll, reason="x"),
        await do(officer, "challengePoll", CHALLENGE, pollId=poll, text="x", idempotencyKey=key),
        await do(
            officer,
            "decideChallenge",
            CHALLENGE,
            challengeId=node.encode("poll_challenge", uuid4()),
            upheld=True,
            reason="x",
        ),
        await do(officer, "createReelection", POLL, pollId=poll, **await a_window(), **keyed()),
    ]

    assert {each["code"] for each in answers} == {"NOT_FOUND"}
    assert await database.fetch_value("SELECT count(*) FROM voting_paper_batch") == 1
    assert await database.fetch_value("SELECT count(*) FROM voting_paper_entry") == 0


async def a_window():
    opens_at = await clock.now() + timedelta(hours=1)
    return {
        "opensAt": opens_at.isoformat(),
        "closesAt": (opens_at + timedelta(days=1)).isoformat(),
    }


def keyed():
    return {"idempotencyKey": str(uuid4())}


async def test_from_the_count_to_a_repetition(moved_clock):
    town = await a_certifying_town()
    poll_id = await an_open_poll(town, await a_draft(rule_code=CODE))
    for resident in town.residents:
        await cast(resident, poll_id, 1)
    await closed(moved_clock)
    await service.tally_due_poll()
    poll = node.encode("poll", poll_id)

    blocked = await do(town.committee, "certifyPoll", POLL, pollId=poll)
    before = (await ask(town.residents[0], GROUNDS, poll=poll))["pollGrounds"]
    await do(
        town.committee, "checkGround", POLL, pollId=poll, ground="bribery_or_threat", clear=True
    )
    nothing = await do(town.committee, "annulPoll", POLL, pollId=poll, reason="不喜欢结果")
    certified = await do(town.committee, "certifyPoll", POLL, pollId=poll)
    await jobs.publicise_certified_polls()
    filed = await do(
        town.residents[0], "challengePoll", CHALLENGE, pollId=poll, text="唱票有误", **keyed()
    )
    listed = (await ask(town.residents[1], CHALLENGES, poll=poll))["pollChallenges"]["nodes"]
    decided = await do(
        town.committee,
        "decideChallenge",
        CHALLENGE,
        challengeId=filed["challenge"]["id"],
        upheld=True,
        reason="属实",
    )
    again = await do(
        town.committee, "createReelection", POLL, pollId=poll, **await a_window(), **keyed()
    )

    assert (blocked["code"], blocked["message"]) == (
        "GROUNDS_NOT_CLEAR",
        "以下无效情形尚未排除:以贿赂、威胁等手段妨害投票。",
    )
    assert [(each["code"], each["computed"], each["clear"]) for each in before] == [
        ("more_returned_than_issued", True, True),
        ("bribery_or_threat", False, None),
        ("quorum_not_reached", True, True),
    ]
    assert nothing["code"] == "NO_GROUND_FOUND"
    assert certified["poll"]["state"] == "CERTIFIED"
    assert (filed["poll"]["state"], filed["challenge"]["mine"]) == ("CHALLENGED", True)
    assert [(each["text"], each["mine"]) for each in listed] == [(None, False)]
    assert (decided["poll"]["state"], decided["challenge"]["state"]) == ("ANNULLED", "UPHELD")
    assert (again["poll"]["state"], again["poll"]["title"]) == (
        "DRAFT",
        "广场舞队是否迁往九龙湖公园?",
    )


async def test_challenges_are_listed_in_as_many_statements_however_many(moved_clock, statements):
    town = await a_certifying_town()
    poll_id = await a_displayed_poll(town, moved_clock)
    for resident in town.residents:
        await a_challenge(resident, poll_id)
    asked = {"poll": node.encode("poll", poll_id)}

    found, counts = [], []
    for first in (1, 3):
        statements.clear()
        page = await ask(town.committee, CHALLENGES, first=first, **asked)
        found.append(len(page["pollChallenges"]["nodes"]))
        counts.append(len(statements))

    assert found == [1, 3]
    assert counts[0] == counts[1]


async def test_the_sealed_file_is_fetched_at_its_address(moved_clock):
    town = await a_town()
    poll_id = await an_open_poll(town)
    await cast(town.residents[0], poll_id, 1)
    poll = node.encode("poll", poll_id)

    open_still = await ask(town.residents[0], BUNDLE, poll=poll)
    await closed(moved_clock)
    await service.tally_due_poll()
    sealed = (await ask(town.residents[0], BUNDLE, poll=poll))["pollBundle"]
    outside = await ask(await factories.a_resident(), BUNDLE, poll=poll)
    nonsense = await ask(town.residents[0], BUNDLE, poll="nonsense")
    allowed, chunks = await uploads.open_address(sealed["address"].rsplit("/", 1)[-1])
    content = b"".join([chunk async for chunk in chunks])

    assert open_still == outside == nonsense == {"pollBundle": None}
    assert (allowed.media_type, len(content)) == ("application/json", sealed["sizeBytes"])
    assert [check for check in bundle.verify(content) if not check.holds] == []


async def test_what_cannot_be_seen_has_neither_paper_nor_grounds(moved_clock):
    town = await a_town()
    poll_id = await an_open_poll(town)
    await issued_to(town, poll_id, town.residents[0])
    outsider = await factories.a_resident()
    poll = node.encode("poll", poll_id)

    answers = [
        await ask(outsider, PAPER, poll=poll),
        await ask(outsider, PAPER, poll="nonsense"),
        await ask(outsider, GROUNDS, poll=poll),
        await ask(outsider, CHALLENGES, poll=poll),
    ]

    assert answers == [
        {"pollPaper": None},
        {"pollPaper": None},
        {"pollGrounds": []},
        {"pollChallenges": {"nodes": []}},
    ]
