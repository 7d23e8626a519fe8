import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from domains.kernel.actor import Role
from domains.kernel.live import topic
from tests.api.conftest import Serve, Town
from tests.api.town import EXECUTIONS, RUNG

PROTOCOL = "graphql-transport-ws"


class Client:
    """A client of the protocol, over a real socket."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def say(self, **message: Any) -> None:
        await self.socket.send(json.dumps(message))

    async def hear(self) -> dict[str, Any]:
        text = await asyncio.wait_for(self.socket.recv(), 30)
        assert isinstance(text, str)
        heard: dict[str, Any] = json.loads(text)
        return heard

    async def begin(self, token: str | None = None) -> None:
        payload = {"payload": {"Authorization": f"Bearer {token}"}} if token else {}
        await self.say(type="connection_init", **payload)
        assert await self.hear() == {"type": "connection_ack"}

    async def subscribe(self, name: str, query: str, **more: Any) -> None:
        await self.say(id=name, type="subscribe", payload={"query": query, **more})

    async def closing(self) -> tuple[int, str]:
        with contextlib.suppress(ConnectionClosed):
            while True:
                await asyncio.wait_for(self.socket.recv(), 30)
        assert self.socket.close_code is not None
        return self.socket.close_code, self.socket.close_reason or ""

    async def silent(self, *, during: float = 0.1) -> bool:
        try:
            await asyncio.wait_for(self.socket.recv(), during)
        except TimeoutError:
            return True
        return False


@contextlib.asynccontextmanager
async def dial(town: Town, **more: Any) -> AsyncIterator[Client]:
    more.setdefault("subprotocols", [PROTOCOL])
    async with connect(town.socket, compression=None, **more) as socket:
        yield Client(socket)


@contextlib.asynccontextmanager
async def talk(town: Town, token: str | None = None) -> AsyncIterator[Client]:
    async with dial(town) as client:
        await client.begin(token)
        yield client


def bell(field: str, bell_id: UUID, selection: str = "bell") -> str:
    return f'subscription {{ {field}(bellId: "{bell_id}") {{ {selection} }} }}'


async def settle(town: Town, subscriptions: int) -> None:
    """Wait until the edge has so many subscriptions, each of them listening."""
    async with asyncio.timeout(30):
        edge = town.edge
        while (edge.groups.members, len(edge.hub)) != (subscriptions, len(edge.groups)):  # noqa: ASYNC110
            await asyncio.sleep(0.005)


async def test_queries_and_mutations_run_over_the_socket_too(town: Town):
    async with talk(town) as client:
        await client.subscribe("1", "query ($n: String) { hello(name: $n) }", variables={"n": "林"})
        query = [await client.hear(), await client.hear()]
        await client.subscribe("2", 'mutation { ring(bell: "socket") }')
        mutation = [await client.hear(), await client.hear()]

    assert query[0]["payload"]["data"] == {"hello": "Hello, 林!"}
    assert query[1] == {"id": "1", "type": "complete"}
    assert mutation[0]["payload"]["data"] == {"ring": "socket"}
    assert mutation[1] == {"id": "2", "type": "complete"}


async def test_the_actor_comes_from_the_connections_beginning(town: Town):
    token = town.door.admit()

    async with talk(town, token) as client:
        await client.subscribe("1", "{ me }")
        heard = await client.hear()

    assert heard["payload"]["data"] == {"me": str(town.door.by_token[token].person_id)}


async def test_a_subscription_tells_of_events_until_it_is_completed(town: Town):
    bell_id = uuid4()

    async with talk(town) as client:
        await client.subscribe("s", bell("bell", bell_id))
        await settle(town, 1)
        town.edge.hub.tell({topic("bell", bell_id): {"bell": "noon"}})
        first = await client.hear()
        await client.say(id="s", type="complete")
        await settle(town, 0)
        town.edge.hub.tell({topic("bell", bell_id): {"bell": "night"}})
        is_silent = await client.silent()

    assert first == {"id": "s", "type": "next", "payload": {"data": {"bell": {"bell": "noon"}}}}
    assert is_silent


async def test_subscribers_who_are_shown_the_same_share_one_execution(town: Town):
    bell_id, selection = uuid4(), "bell heardBy"
    EXECUTIONS.clear()

    async with contextlib.AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(talk(town)) for _ in range(5)]
        for client in clients:
            await client.subscribe("s", bell("bell", bell_id, selection))
        await settle(town, 5)
        town.edge.hub.tell({topic("bell", bell_id): {"bell": "noon"}})
        heard = [await client.hear() for client in clients]

    assert [each["payload"]["data"]["bell"]["bell"] for each in heard] == ["noon"] * 5
    assert EXECUTIONS == ["noon"]


async def test_subscribers_who_may_see_different_things_do_not_share(town: Town):
    bell_id = uuid4()
    tokens = [town.door.admit(), town.door.admit()]
    people = [str(town.door.by_token[token].person_id) for token in tokens]

    async with talk(town, tokens[0]) as one, talk(town, tokens[1]) as other:
        for client in (one, other):
            await client.subscribe("s", bell("diary", bell_id, "heardBy"))
        await settle(town, 2)
        town.edge.hub.tell({topic("bell", bell_id): {}})
        heard = [await one.hear(), await other.hear()]

    assert [each["payload"]["data"]["diary"]["heardBy"] for each in heard] == people


async def test_a_subscription_that_may_not_open_is_refused(town: Town):
    async with talk(town) as client:
        await client.subscribe("s", bell("diary", uuid4()))
        heard = await client.hear()

    assert (heard["id"], heard["type"]) == ("s", "error")
    assert heard["payload"][0]["extensions"] == {"code": "BAD_USER_INPUT", "refusal": "NOT_FOUND"}


async def test_a_session_that_has_ended_is_told_nothing_more_and_closed(town: Town):
    bell_id, token = uuid4(), town.door.admit()

    async with talk(town, token) as client, talk(town) as other:
        for each in (client, other):
            await each.subscribe("s", bell("bell", bell_id))
        await settle(town, 2)
        town.door.close(token)
        town.edge.sessions.forget()
        town.edge.hub.tell({topic("bell", bell_id): {"bell": "secret"}})
        closing = await client.closing()
        heard = await other.hear()

    assert closing == (4401, "Unauthorized")
    assert heard["payload"]["data"] == {"bell": {"bell": "secret"}}


async def test_an_operation_of_an_ended_session_closes_the_socket_and_does_nothing(town: Town):
    token = town.door.admit()
    RUNG.clear()

    async with talk(town, token) as client:
        town.door.close(token)
        town.edge.sessions.forget()
        await client.subscribe("1", 'mutation { ring(bell: "late") }')
        closing = await client.closing()

    assert closing == (4401, "Unauthorized")
    assert RUNG == []


async def _heard_of(client: Client, town: Town, name: str) -> dict[str, Any]:
    """Tell of it until the client hears: the first time its session is looked at anew."""
    heard = asyncio.create_task(client.hear())
    while not heard.done():
        town.edge.hub.tell({name: {}})
        await asyncio.wait([heard], timeout=0.05)
    return heard.result()


async def test_a_role_that_has_ended_ends_what_it_showed(town: Town):
    bell_id, token = uuid4(), town.door.admit(Role.COMMITTEE_MEMBER)

    async with talk(town, token) as client:
        await client.subscribe("s", bell("council", bell_id))
        await settle(town, 1)
        town.edge.hub.tell({topic("bell", bell_id): {}})
        before = await client.hear()
        town.door.give(token, Role.RESIDENT)
        town.edge.sessions.forget()
        after = await _heard_of(client, town, topic("bell", bell_id))

    assert before["payload"]["data"] == {"council": {"bell": "council"}}
    assert (after["type"], after["payload"][0]["extensions"]["refusal"]) == ("error", "NOT_FOUND")


async def test_sessions_are_read_again_all_in_one_query_an_event(town: Town):
    bell_id = uuid4()
    tokens = [town.door.admit() for _ in range(4)]

    async with contextlib.AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(talk(town, token)) for token in tokens]
        for client in clients:
            await client.subscribe("s", bell("bell", bell_id))
        await settle(town, 4)
        town.edge.sessions.forget()
        town.door.looked.clear()
        town.edge.hub.tell({topic("bell", bell_id): {"bell": "noon"}})
        for client in clients:
            await client.hear()

    sessions = {actor.session_id for actor in town.door.by_token.values()}
    assert len(town.door.looked) == 1
    assert len(town.door.looked[0]) == 4
    assert set(town.door.looked[0]) <= sessions


async def test_a_slow_reader_gets_the_latest_and_holds_nobody(town: Town):
    bell_id = uuid4()
    filler = "x" * 100_000

    async with dial(town, max_queue=1) as slow, talk(town) as quick:
        await slow.begin()
        for each in (slow, quick):
            await each.subscribe("s", bell("bell", bell_id))
        await settle(town, 2)
        for count in range(100):
            town.edge.hub.tell({topic("bell", bell_id): {"bell": f"{count} {filler}"}})
            heard = await quick.hear()
            assert heard["payload"]["data"]["bell"]["bell"].startswith(f"{count} ")
        last = -1
        received = 0
        while last < 99:
            heard = await slow.hear()
            received += 1
            number = int(heard["payload"]["data"]["bell"]["bell"].split()[0])
            assert number > last
            last = number

    assert received < 100


async def test_what_is_told_in_order_reaches_a_slow_reader_whole(town: Town):
    bell_id = uuid4()
    document = "subscription ($b: UUID!) { peals(bellId: $b, strokes: 100) { bell } }"

    async with dial(town, max_queue=1) as slow:
        await slow.begin()
        await slow.subscribe("s", document, variables={"b": str(bell_id)})
        await settle(town, 1)
        town.edge.hub.tell({topic("bell", bell_id): {}})
        await asyncio.sleep(0.5)
        heard = [await slow.hear() for _ in range(100)]

    strokes = [int(each["payload"]["data"]["peals"]["bell"].split()[0]) for each in heard]
    assert strokes == list(range(100))


async def test_a_reader_in_order_who_goes_away_ends_its_group(town: Town):
    bell_id = uuid4()
    document = "subscription ($b: UUID!) { peals(bellId: $b, strokes: 100) { bell } }"

    async with dial(town, max_queue=1) as slow:
        await slow.begin()
        await slow.subscribe("s", document, variables={"b": str(bell_id)})
        await settle(town, 1)
        town.edge.hub.tell({topic("bell", bell_id): {}})
        await asyncio.sleep(0.3)
        slow.socket.transport.abort()
    await settle(town, 0)

    assert len(town.edge.groups) == 0


async def test_a_query_after_a_subscription_is_answered_once_it_listens(town: Town):
    document = "subscription ($b: UUID!) { sleeper(bellId: $b) { bell } }"
    bell_id = uuid4()

    async with talk(town) as client:
        await client.subscribe("s", document, variables={"b": str(bell_id)})
        await client.subscribe("m", 'mutation { ring(bell: "at once") }')
        await client.subscribe("q", "{ hello }")
        rung = [await client.hear(), await client.hear()]
        ears_before = len(town.edge.hub)
        answered = await client.hear()
        ears_after = len(town.edge.hub)

    assert [each["id"] for each in rung] == ["m", "m"]
    assert (ears_before, answered["id"], ears_after) == (0, "q", 1)


async def test_a_ping_is_answered_with_its_payload(town: Town):
    async with talk(town) as client:
        await client.say(type="ping", payload={"sent": 1})
        with_payload = await client.hear()
        await client.say(type="ping")
        without = await client.hear()
        await client.say(type="pong")

    assert with_payload == {"type": "pong", "payload": {"sent": 1}}
    assert without == {"type": "pong"}


@pytest.mark.parametrize(
    "text",
    ["", "nonsense", "[]", "7", "{}", '{"type": 7}', '{"type": "unheard"}', "[" * 5_000],
)
async def test_a_message_that_is_none_closes_with_4400(town: Town, text):
    async with talk(town) as client:
        await client.socket.send(text)

        assert await client.closing() == (4400, "Invalid message")


@pytest.mark.parametrize("name", [None, "", 7, "x" * 500])
async def test_an_operation_without_a_usable_id_closes_with_4400(town: Town, name):
    async with talk(town) as client:
        await client.say(id=name, type="subscribe", payload={"query": "{ hello }"})

        assert await client.closing() == (4400, "Invalid message")


async def test_a_binary_frame_closes_with_4400(town: Town):
    async with talk(town) as client:
        await client.socket.send(b'{"type": "ping"}')

        assert await client.closing() == (4400, "Invalid message")


async def test_an_operation_before_the_beginning_closes_with_4401(town: Town):
    async with dial(town) as client:
        await client.subscribe("1", "{ hello }")

        assert await client.closing() == (4401, "Unauthorized")


async def test_a_false_token_closes_with_4403(town: Town):
    async with dial(town) as client:
        await client.say(type="connection_init", payload={"Authorization": "Bearer " + "x" * 40})

        assert await client.closing() == (4403, "Forbidden")


async def test_silence_closes_with_4408(town: Town):
    async with dial(town) as client:
        assert await client.closing() == (4408, "Connection initialisation timeout")


async def test_an_id_that_is_in_use_closes_with_4409(town: Town):
    async with talk(town) as client:
        await client.subscribe("1", bell("bell", uuid4()))
        await client.subscribe("1", "{ hello }")

        assert await client.closing() == (4409, "Subscriber for 1 already exists")


async def test_a_second_beginning_closes_with_4429(town: Town):
    async with talk(town) as client:
        await client.say(type="connection_init")

        assert await client.closing() == (4429, "Too many initialisation requests")


async def test_another_protocol_closes_with_4406(town: Town):
    async with dial(town, subprotocols=["graphql-ws"]) as client:
        assert await client.closing() == (4406, "Subprotocol not acceptable")


async def test_a_frame_over_1_mb_closes_with_1009(town: Town):
    async with talk(town) as client:
        await client.socket.send("x" * 1_000_001)

        assert (await client.closing())[0] == 1009


async def test_a_page_of_another_origin_may_not_open_a_socket(serve: Serve):
    async with serve(allowed_origins="https://app.example") as town:
        own = f"http://127.0.0.1:{town.port}"
        async with dial(town, origin="https://app.example") as allowed:
            await allowed.begin()
        async with dial(town, origin=own) as same:
            await same.begin()
        with pytest.raises(InvalidStatus) as refused:
            async with dial(town, origin="https://evil.example"):
                pass

    assert refused.value.response.status_code == 403


async def test_sockets_beyond_the_limit_are_asked_to_come_back(serve: Serve):
    async with serve(sockets_at_once=1) as town, dial(town) as client:
        await client.begin()
        with pytest.raises(InvalidStatus) as refused:
            async with dial(town):
                pass

    assert refused.value.response.status_code == 503
    assert refused.value.response.headers["retry-after"] == "5"


async def test_a_socket_carries_twenty_operations_at_once(town: Town):
    async with talk(town) as client:
        for number in range(21):
            await client.subscribe(str(number), bell("bell", uuid4()))
        heard = await client.hear()

    assert (heard["id"], heard["type"]) == ("20", "error")
    assert heard["payload"][0]["extensions"]["code"] == "RATE_LIMITED"


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (None, "BAD_USER_INPUT"),
        ({"query": 7}, "BAD_USER_INPUT"),
        ({"query": "{ nothing }"}, "BAD_USER_INPUT"),
        ({"query": "subscription { a: bell(bellId: 1) { bell } }"}, "BAD_USER_INPUT"),
        ({"query": "{" + " ".join(f"a{n}: hello" for n in range(40)) + "}"}, "QUERY_TOO_COMPLEX"),
    ],
)
async def test_an_operation_that_does_not_fit_is_an_error_and_the_socket_lives(
    town: Town, payload, code
):
    async with talk(town) as client:
        await client.say(id="1", type="subscribe", payload=payload)
        heard = await client.hear()
        await client.subscribe("1", "{ hello }")
        after = await client.hear()

    assert (heard["type"], heard["payload"][0]["extensions"]["code"]) == ("error", code)
    assert after["type"] == "next"


async def test_a_mutation_runs_to_its_end_though_the_caller_goes(town: Town):
    RUNG.clear()

    async with talk(town) as client:
        await client.subscribe("1", 'mutation { ring(bell: "kept", after: 0.2) }')
        await client.subscribe("2", "{ hello }")
        await client.hear()
    async with asyncio.timeout(30):
        while not RUNG:  # noqa: ASYNC110 - nobody is left to hear of it
            await asyncio.sleep(0.01)

    assert RUNG == ["kept"]


async def test_stopping_closes_sockets_with_1012_and_completes_nothing(serve: Serve):
    async with serve() as town, talk(town) as client:
        await client.subscribe("1", bell("bell", uuid4()))
        await settle(town, 1)
        town.server.drain()
        with pytest.raises(ConnectionClosed):
            await client.hear()
        closing = await client.closing()

    assert closing[0] == 1012
