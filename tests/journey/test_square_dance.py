"""The journey of a question, over real HTTP and WebSocket, against the programs that users run."""

import asyncio
import json
import re
import sys
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import websockets

from seeds.demo import COMMITTEE_PHONE, RESIDENT_PHONES
from tests.conftest import _MOVABLE_CLOCK, _administer
from tests.journey.clients import until
from tests.journey.conftest import ROOT, Program, Programs

OPEN_S = 600
READY = r"ready at (http://\S+)"
CHANGED = "subscription ($poll: ID!) { pollChanged(pollId: $poll) { state version } }"
CAST = """
mutation ($input: CastBallotInput!) {
  castBallot(input: $input) { __typename ... on BallotCast { receipt } ... on UserError { code } }
}
"""


async def asked(town: str, document: str, token: str | None = None, **variables: Any) -> Any:
    """The data of an answer over HTTP."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with httpx.AsyncClient(timeout=60) as client:
        answer = await client.post(
            f"{town}/graphql",
            json={"query": document, "variables": variables},
            headers=headers | {"Accept": "application/graphql-response+json"},
        )
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


async def signed_in(town: str, program: Program, phone: str) -> str:
    """A session by one-time code, as the console printed it."""
    requested = await asked(
        town,
        "mutation ($phone: String!) { requestSignInCode(input: {phone: $phone}) { __typename } }",
        phone=phone,
    )
    assert requested == {"requestSignInCode": {"__typename": "SignInCodeRequested"}}
    code = program.said(rf"{phone}\D+(\d{{6}})\b")
    opened = await asked(
        town,
        "mutation ($phone: String!, $code: String!) {"
        " signInWithCode(input: {phone: $phone, code: $code}) { ... on SignedIn { token } } }",
        phone=phone,
        code=code,
    )
    return str(opened["signInWithCode"]["token"])


async def a_published_poll(town: str, token: str, *, seconds: float) -> str:
    """The question, put to the demo town's roll."""
    me = (await asked(town, "{ me { roles { role area { id } } } }", token))["me"]
    area = next(each["area"]["id"] for each in me["roles"] if each["role"] == "COMMITTEE_MEMBER")
    now = datetime.now(UTC)
    created = await asked(
        town,
        "mutation ($input: CreatePollInput!) {"
        " createPoll(input: $input) { ... on PollPayload { poll { id } } } }",
        token,
        input={
            "areaId": area,
            "idempotencyKey": str(uuid4()),
            "poll": {
                "title": "广场舞队是否迁往九龙湖公园?",
                "opensAt": now.isoformat(),
                "closesAt": (now + timedelta(seconds=seconds)).isoformat(),
                "quorum": {"numerator": 1, "denominator": 20},
            },
        },
    )
    poll = str(created["createPoll"]["poll"]["id"])
    published = await asked(
        town,
        "mutation ($poll: ID!) { publishPoll(input: {pollId: $poll}) {"
        " ... on PollPayload { poll { state turnout { roll } } } } }",
        token,
        poll=poll,
    )
    assert published["publishPoll"]["poll"] == {"state": "ROLL_FROZEN", "turnout": {"roll": 77}}
    return poll


async def closed_once_all_listen(programs: Programs, town: str, *, listeners: int) -> None:
    """Let the poll's time pass as soon as all have voted and wait for the count."""
    said = f"gongyi_live_subscriptions {listeners}.0"

    async def all_listen() -> bool:
        async with httpx.AsyncClient(timeout=60) as client:
            return said in (await client.get(f"{town}/metrics")).text

    await until(all_listen)
    await _administer(programs.database, f"UPDATE test_clock SET moved = '{OPEN_S} s'")


async def test_the_script_of_the_docs_takes_the_dispute_from_question_to_result(
    programs: Programs,
):
    program = programs.start("run", "--port", "0")
    town = program.said(READY)
    await _administer(programs.database, _MOVABLE_CLOCK)

    script = await asyncio.create_subprocess_exec(
        *(sys.executable, "docs/square_dance.py", "--address", town),
        *("--codes", str(program.output), "--seconds", str(OPEN_S)),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    closing = asyncio.create_task(closed_once_all_listen(programs, town, listeners=1))
    output, _ = await asyncio.wait_for(script.communicate(), 120)
    closing.cancel()
    told = output.decode()

    assert script.returncode == 0, told
    result = told[told.index("6. ") :].splitlines()
    assert result == [
        "6. PASSED",
        "   赞成: 3",
        "   反对: 1",
        "   弃权: 0",
        "   名册 77 人,参加 4 人;法定人数为不少于 1/20,即至少 4 人:达到。",
        "   应计 4 票,所得 3 票;须超过 1/2,即至少 3 票:达到。",
        "   4 sealed ballots, counted again: the same. All receipts are there.",
    ]
    assert program.stop() == 0


async def _over_one_socket(
    town: str, token: str, poll: str, option: str, voted: asyncio.Barrier
) -> tuple[dict[str, Any], list[str]]:
    """Cast and listen over one multiplexed socket; returns the answer and the states told."""
    address = town.replace("http://", "ws://") + "/graphql"
    async with websockets.connect(address, subprotocols=["graphql-transport-ws"]) as socket:  # type: ignore[list-item]  # plain text is a subprotocol
        await socket.send(
            json.dumps({"type": "connection_init", "payload": {"Authorization": f"Bearer {token}"}})
        )
        assert json.loads(await socket.recv())["type"] == "connection_ack"
        listening = {"query": CHANGED, "variables": {"poll": poll}}
        await socket.send(json.dumps({"id": "news", "type": "subscribe", "payload": listening}))
        ballot = {
            "pollId": poll,
            "optionIds": [option],
            "idempotencyKey": str(uuid4()),
            "receipt": f"over-a-socket-{uuid4().hex}",
        }
        casting = {"query": CAST, "variables": {"input": ballot}}
        await socket.send(json.dumps({"id": "cast", "type": "subscribe", "payload": casting}))
        answer: dict[str, Any] = {}
        states: list[str] = []
        async with asyncio.timeout(120):
            while states[-1:] != ["TALLIED"]:
                message = json.loads(await socket.recv())
                if message["type"] == "next" and message["id"] == "cast":
                    answer = message["payload"]["data"]["castBallot"]
                    await voted.wait()
                elif message["type"] == "next":
                    states.append(message["payload"]["data"]["pollChanged"]["state"])
        return answer, states


async def test_several_residents_vote_and_hear_of_the_count_over_websocket(programs: Programs):
    program = programs.start("run", "--port", "0")
    town = program.said(READY)
    phones = (COMMITTEE_PHONE, *RESIDENT_PHONES)
    tokens = [await signed_in(town, program, phone) for phone in phones]
    await _administer(programs.database, _MOVABLE_CLOCK)
    poll = await a_published_poll(town, tokens[0], seconds=OPEN_S)
    voted = asyncio.Barrier(len(tokens) + 1)
    read = await asked(
        town, "query ($id: ID!) { poll(id: $id) { options { id } } }", tokens[1], id=poll
    )
    options = [each["id"] for each in read["poll"]["options"]]

    async def close() -> None:
        await voted.wait()
        await closed_once_all_listen(programs, town, listeners=len(tokens))

    closing = asyncio.create_task(close())
    heard = await asyncio.gather(
        *(
            _over_one_socket(town, token, poll, options[place], voted)
            for token, place in zip(tokens, (0, 0, 1, 2), strict=True)
        )
    )
    await closing

    published = await asked(
        town,
        "query ($id: ID!) { poll(id: $id) { result { outcome options { votes } } } }",
        id=poll,
    )
    assert [answer["__typename"] for answer, _ in heard] == ["BallotCast"] * 4
    assert {states[-1] for _, states in heard} == {"TALLIED"}
    assert published["poll"]["result"] == {
        "outcome": "PASSED",
        "options": [{"votes": 2}, {"votes": 1}, {"votes": 1}],
    }
    assert re.search(r"over-a-socket", program.output.read_text()) is None
