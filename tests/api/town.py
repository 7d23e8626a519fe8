"""A town small enough to test the edge with: a real schema, a door with real keys, no domain."""

import asyncio
from collections.abc import AsyncGenerator, Hashable, Mapping, Sequence
from dataclasses import replace
from uuid import UUID, uuid4

import strawberry

from domains.kernel import live as words
from domains.kernel.actor import Actor, Grant, Role
from domains.kernel.errors import NotFound, SignInRequired
from schema import live
from schema.context import Info


class Siesta:
    """A rest that begins when it is asked for and ends when a test says so."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.woken = asyncio.Event()


SIESTA = Siesta()


class Door:
    """Who holds which key; sessions may be closed and roles may change."""

    def __init__(self) -> None:
        self.by_token: dict[str, Actor] = {}
        self.looked: list[list[UUID]] = []

    def admit(self, *roles: Role) -> str:
        token = f"key-{uuid4().hex}"
        grants = frozenset(Grant(role, area_path="1/") for role in roles)
        self.by_token[token] = Actor(person_id=uuid4(), grants=grants, session_id=uuid4())
        return token

    def close(self, token: str) -> None:
        del self.by_token[token]

    def give(self, token: str, *roles: Role) -> None:
        grants = frozenset(Grant(role, area_path="1/") for role in roles)
        self.by_token[token] = replace(self.by_token[token], grants=grants)

    async def authenticate(self, token: str, *, locale: str, address: str | None) -> Actor | None:
        actor = self.by_token.get(token)
        return None if actor is None else replace(actor, locale=locale, address=address)

    async def reread(self, session_ids: Sequence[UUID], /) -> Mapping[UUID, Actor]:
        self.looked.append(list(session_ids))
        known = {actor.session_id: actor for actor in self.by_token.values()}
        return {each: known[each] for each in session_ids if each in known}


@strawberry.type
class House:
    number: int
    street: str

    @strawberry.field
    def neighbours(self, first: int = 20) -> list["House"]:
        return [House(number=self.number + each + 1, street=self.street) for each in range(first)]


@strawberry.input
class Letter:
    to: str
    pages: list[int] = strawberry.field(default_factory=list)


@strawberry.type
class Query:
    @strawberry.field
    def hello(self, name: str = "town") -> str:
        return f"Hello, {name}!"

    @strawberry.field
    async def houses(self, first: int = 20) -> list[House]:
        return [House(number=each, street="Bell Street") for each in range(min(first, 100))]

    @strawberry.field
    def me(self, info: Info) -> str | None:
        return str(info.context.actor.person_id) if info.context.actor.person_id else None

    @strawberry.field
    def locale(self, info: Info) -> str:
        return info.context.actor.locale

    @strawberry.field
    def address(self, info: Info) -> str | None:
        return info.context.actor.address

    @strawberry.field
    def post(self, letter: Letter) -> str:
        return letter.to

    @strawberry.field
    async def nap(self, seconds: float) -> str | None:
        await asyncio.sleep(seconds)
        return "rested"

    @strawberry.field
    async def siesta(self) -> str | None:
        SIESTA.begun.set()
        await SIESTA.woken.wait()
        return "rested"

    @strawberry.field
    def broken(self) -> str | None:
        raise ValueError("the key of 13800138000 is under the mat")

    @strawberry.field
    def private(self) -> str | None:
        raise SignInRequired

    @strawberry.field(metadata={"cost": 900})
    def dear(self) -> str:
        return "dear"


RUNG: list[str] = []


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def ring(self, bell: str, after: float = 0.0) -> str:
        await asyncio.sleep(after)
        RUNG.append(bell)
        return bell

    @strawberry.mutation
    def request_sign_in_code(self, phone: str) -> str:
        return "sent"


EXECUTIONS: list[str] = []


def roles(actor: Actor) -> Hashable:
    return actor.grants


@strawberry.type
class Chime:
    bell: str

    @strawberry.field
    def heard_by(self, info: Info) -> str | None:
        EXECUTIONS.append(self.bell)
        return str(info.context.actor.person_id) if info.context.actor.person_id else None


@strawberry.type
class Subscription:
    @strawberry.subscription(metadata=live.shared(live.everyone))
    async def bell(self, info: Info, bell_id: UUID) -> AsyncGenerator[Chime, None]:
        async for told in live.listen(info, words.topic("bell", bell_id)):
            yield Chime(bell=str(told.get("bell", "unknown")))

    @strawberry.subscription
    async def diary(self, info: Info, bell_id: UUID) -> AsyncGenerator[Chime, None]:
        if info.context.actor.person_id is None:
            raise NotFound
        async for _ in live.listen(info, words.topic("bell", bell_id)):
            yield Chime(bell="mine")

    @strawberry.subscription(metadata=live.shared(roles))
    async def council(self, info: Info, bell_id: UUID) -> AsyncGenerator[Chime, None]:
        async for _ in live.listen(info, words.topic("bell", bell_id)):
            if not info.context.actor.holds(Role.COMMITTEE_MEMBER, area_path="1/"):
                raise NotFound
            yield Chime(bell="council")

    @strawberry.subscription(metadata=live.shared(live.by_person, in_order=True))
    async def peals(self, info: Info, bell_id: UUID, strokes: int) -> AsyncGenerator[Chime, None]:
        async for _ in live.listen(info, words.topic("bell", bell_id)):
            for stroke in range(strokes):
                yield Chime(bell=f"{stroke} {'x' * 100_000}")

    @strawberry.subscription(metadata=live.shared(live.everyone))
    async def sleeper(self, info: Info, bell_id: UUID) -> AsyncGenerator[Chime, None]:
        await asyncio.sleep(0.3)
        async for _ in live.listen(info, words.topic("bell", bell_id)):
            yield Chime(bell="awake")


SCHEMA = strawberry.Schema(query=Query, mutation=Mutation, subscription=Subscription)
