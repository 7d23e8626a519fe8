"""Subscriptions: executed and written once a group, then handed to each of its members.

A group is a document, an operation, variables, a language and an audience (see
`schema.live`). For each event the members' sessions are read again, all in one query
and at most once a second: who has signed out is expelled, who has become another
audience moves to that audience's group, and only then is the event executed, as one of
those who remain. A subscription has opened once it listens: what is asked after that hears of
all that happens after the answer. One that is told in order is its
member's alone, and each message waits until the one before has left.
"""

import asyncio
import contextlib
import time
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Callable,
    Hashable,
    Iterable,
)
from dataclasses import dataclass, field, replace
from typing import Any, Protocol
from uuid import UUID

import orjson
import structlog
from graphql import GraphQLSchema

from api import execution, metrics
from api.asked import Asked
from api.authentication import Reread
from api.documents import Operation
from api.live import Ear, Hub
from api.refusals import Code, RequestRefused, of_fault, said
from domains.kernel.actor import Actor
from domains.kernel.live import Told
from schema.context import Context
from schema.live import audience_of, is_in_order

log = structlog.get_logger("api.live")

FRESH_S = 1.0
EXECUTIONS_AT_ONCE = 8
SLOWEST_S = 30.0


class Member(Protocol):
    """One subscription of one connection."""

    actor: Actor

    def offer(self, payload: bytes) -> None:
        """Take the next answer, in place of an earlier one that has not left yet."""

    async def taken(self) -> None:
        """Wait until what was offered has left, or can leave no more."""

    def finish(self) -> None:
        """Hear that there will be no more."""

    def fail(self, refusal: RequestRefused) -> None:
        """Hear that there will be no more, and why."""

    def part(self) -> None:
        """Hear that the process stops: the subscription goes on elsewhere, if its client asks."""

    def expel(self) -> None:
        """Hear that the session has closed."""


class Sessions:
    """Who stands behind sessions now, as of a second ago at most."""

    def __init__(self, reread: Reread, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._reread = reread
        self._clock = clock
        self._known: dict[UUID, tuple[float, Actor | None]] = {}
        self._reading = asyncio.Lock()

    async def now(self, actors: Iterable[Actor]) -> dict[UUID, Actor | None]:
        """Return the actor behind each session, None where it has closed, in one query at most."""
        wanted = {actor.session_id for actor in actors if actor.session_id is not None}
        async with self._reading:
            since = self._clock() - FRESH_S
            stale = [each for each in wanted if self._known.get(each, (since, None))[0] <= since]
            if stale:
                found = await self._reread(stale)
                at = self._clock()
                self._forget(since)
                self._known.update({each: (at, found.get(each)) for each in stale})
            return {each: self._known[each][1] for each in wanted}

    def forget(self) -> None:
        """Read every session anew the next time."""
        self._known.clear()

    def _forget(self, since: float) -> None:
        if len(self._known) > 10_000:
            self._known = {key: each for key, each in self._known.items() if each[0] > since}


def as_now(actor: Actor, known: Actor) -> Actor:
    """Return who the caller is now, in its own language and from its own address."""
    return replace(known, locale=actor.locale, address=actor.address)


@dataclass(slots=True, eq=False)
class _Group:
    """One execution and those who share it."""

    key: Hashable
    operation: Operation
    asked: Asked
    audience: Callable[[Actor], Hashable]
    context: Context
    in_order: bool
    members: set[Member] = field(default_factory=set)
    opened: "asyncio.Future[None] | None" = None
    task: "asyncio.Task[None] | None" = None


class Groups:
    """The groups of this process."""

    def __init__(
        self,
        schema: GraphQLSchema,
        sessions: Sessions,
        hub: Hub,
        *,
        context: Callable[[Actor], Context],
        deadline_s: float,
    ) -> None:
        self._schema = schema
        self._sessions = sessions
        self._hub = hub
        self._context = context
        self._deadline_s = deadline_s
        self._groups: dict[Hashable, _Group] = {}
        self._of: dict[Member, _Group] = {}
        self._turns = asyncio.Semaphore(EXECUTIONS_AT_ONCE)

    def __len__(self) -> int:
        """Return how many groups are open."""
        return len(self._groups)

    @property
    def members(self) -> int:
        """Return how many subscriptions are open."""
        return len(self._of)

    async def join(self, member: Member, operation: Operation, asked: Asked) -> None:
        """Make the member one of its group, opening it where it is the first; may be refused."""
        metadata = _metadata(self._schema, operation)
        audience = audience_of(metadata)
        key = (
            operation.document.digest,
            operation.name,
            orjson.dumps(asked.variables, option=orjson.OPT_SORT_KEYS),
            member.actor.locale,
            # What begins behind a number would be over for who joined later: each has its own.
            member if is_in_order(metadata) else None,
            audience(member.actor),
        )
        group = self._groups.get(key)
        if group is None:
            context = self._context(member.actor)
            group = _Group(key, operation, asked, audience, context, is_in_order(metadata))
            group.context.live = _Heard(self, group, self._hub)
            self._groups[key] = group
            group.opened = asyncio.get_running_loop().create_future()
            group.task = asyncio.create_task(self._run(group), name="subscription")
            metrics.GROUPS.set(len(self._groups))
        group.members.add(member)
        self._of[member] = group
        metrics.SUBSCRIPTIONS.set(len(self._of))
        assert group.opened is not None, "a group is made with its opening"
        try:
            await asyncio.shield(group.opened)
        except BaseException:
            self.leave(member)
            raise

    def leave(self, member: Member) -> None:
        """Take the member out; the last one ends the group."""
        group = self._of.pop(member, None)
        metrics.SUBSCRIPTIONS.set(len(self._of))
        if group is None:
            return
        group.members.discard(member)
        if not group.members:
            self._close(group)

    def finish(self) -> None:
        """End every subscription: the process is going to stop."""
        for group in list(self._groups.values()):
            self._close(group)
            self._dismiss(group, lambda member: member.part())

    async def _run(self, group: _Group) -> None:
        try:
            async with asyncio.timeout(self._deadline_s):
                executor, stream = await execution.source(
                    self._schema, group.operation, group.asked.variables, group.context
                )
            await self._pass_on(group, executor, stream)
        except RequestRefused as refusal:
            self._fail(group, refusal)
        except Exception as error:
            self._fail(group, of_fault(error, locale=group.context.actor.locale))
        else:
            self._dismiss(group, lambda member: member.finish())
        finally:
            self._close(group)

    async def _pass_on(self, group: _Group, executor: Any, stream: AsyncIterable[Any]) -> None:
        async with _closed_at_the_end(stream), _opened_at_the_latest(group):
            async for payload in stream:
                _open(group)
                if not await self.freshened(group):
                    return
                async with self._turns:
                    answer = await execution.event(
                        executor,
                        payload,
                        self._context(group.context.actor),
                        deadline_s=self._deadline_s,
                    )
                for member in group.members:
                    member.offer(answer.body)
                if group.in_order:
                    await self._taken(group)

    async def _taken(self, group: _Group) -> None:
        """Wait until what was offered is taken; who takes too long is told to come back."""
        waiting = {asyncio.create_task(each.taken()): each for each in group.members}
        try:
            await asyncio.wait(waiting, timeout=SLOWEST_S)
            for task, member in waiting.items():
                if not task.done():
                    self.leave(member)
                    member.fail(_too_slow(member.actor.locale))
        finally:
            for task in waiting:
                task.cancel()

    async def freshened(self, group: _Group) -> bool:
        """Read the members' sessions again; tell whether anybody is left to be told."""
        members = list(group.members)
        now = await self._sessions.now(member.actor for member in members)
        for member in members:
            if member.actor.session_id is None:
                continue
            known = now[member.actor.session_id]
            if known is None:
                self.leave(member)
                member.expel()
                continue
            member.actor = as_now(member.actor, known)
            if group.in_order:
                continue  # alone in its group, it reads on as who it is now
            if group.audience(member.actor) != group.key[-1]:  # type: ignore[index]
                self._move(member, group)
        if not group.members:
            return False
        group.context.actor = next(iter(group.members)).actor
        return True

    def _move(self, member: Member, group: _Group) -> None:
        """Let a member whose roles have changed subscribe again as who it is now."""
        self.leave(member)
        task = asyncio.create_task(self._join_again(member, group))
        _MOVING.add(task)
        task.add_done_callback(_MOVING.discard)

    async def _join_again(self, member: Member, group: _Group) -> None:
        try:
            await self.join(member, group.operation, group.asked)
        except RequestRefused as refusal:
            member.fail(refusal)

    def _fail(self, group: _Group, refusal: RequestRefused) -> None:
        if group.opened is not None and not group.opened.done():
            group.opened.set_exception(refusal)
            group.opened.exception()
            return
        self._dismiss(group, lambda member: member.fail(refusal))

    def _dismiss(self, group: _Group, tell: Callable[[Member], None]) -> None:
        for member in list(group.members):
            self._of.pop(member, None)
            group.members.discard(member)
            tell(member)
        metrics.SUBSCRIPTIONS.set(len(self._of))

    def _close(self, group: _Group) -> None:
        if self._groups.get(group.key) is group:
            del self._groups[group.key]
        metrics.GROUPS.set(len(self._groups))
        if group.task is not None and group.task is not asyncio.current_task():
            group.task.cancel()
        if group.opened is not None and not group.opened.done():
            group.opened.set_exception(execution.late(group.context.actor.locale))
            group.opened.exception()


class _Heard:
    """What a group's generator listens on: who may still hear is settled before it reads."""

    def __init__(self, groups: Groups, group: _Group, hub: Hub) -> None:
        self._groups = groups
        self._group = group
        self._hub = hub

    def listen(self, *topics: str) -> AsyncIterator[Told]:
        """Hear from now on what is told, for as long as anybody may be told."""
        ear = self._hub.listen(*topics)
        _open(self._group)
        return self._passed_on(ear, topics)

    async def _passed_on(self, ear: Ear, topics: tuple[str, ...]) -> AsyncIterator[Told]:
        try:
            async for told in ear:
                if not await self._groups.freshened(self._group):
                    return
                yield told
        finally:
            self._hub.leave(ear, topics)


_MOVING: set["asyncio.Task[None]"] = set()


def _open(group: _Group) -> None:
    """Let those who wait for the group's opening go on."""
    if group.opened is not None and not group.opened.done():
        group.opened.set_result(None)


@contextlib.asynccontextmanager
async def _opened_at_the_latest(group: _Group) -> AsyncIterator[None]:
    """Open at the end at the latest: a stream that ends at once has been one."""
    try:
        yield
    finally:
        _open(group)


def _too_slow(locale: str) -> RequestRefused:
    zh = "接收太慢,推送已停止。请重新连接,从最后收到的一条继续。"
    en = "You read too slowly, so this has ended; connect again and go on behind the last message."
    return RequestRefused(503, Code.UNAVAILABLE, said(locale, zh, en), always=True)


@contextlib.asynccontextmanager
async def _closed_at_the_end(stream: AsyncIterable[Any]) -> AsyncIterator[None]:
    try:
        yield
    finally:
        if isinstance(stream, AsyncGenerator):
            await stream.aclose()


def _metadata(schema: GraphQLSchema, operation: Operation) -> Any:
    """Return what the subscription's root field declares about itself."""
    root = schema.subscription_type
    name = next(iter(operation.measured.root_fields), None)
    definition = root.fields.get(name) if root is not None and name is not None else None
    if definition is None:
        return None
    return getattr(definition.extensions.get("strawberry-definition"), "metadata", None)
