"""Asking together what is asked at the same time: many small statements become one.

What arrives while a batch is under way waits for it and goes with the next one, so that
under load a round trip, a snapshot and a commit serve many, and an idle server answers at
once. A batch runs in a task of its own, outside every command's transaction.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from contextvars import Context
from typing import Generic, TypeVar

from domains.kernel import database

Q = TypeVar("Q")
A = TypeVar("A")

MOST = 64


class Batcher(Generic[Q, A]):
    """Runs what is asked within a group as one statement; groups do not wait for one another.

    `run` answers questions in their order. Where a batch of several fails and `apart` is
    true, each is asked again by itself, so that one bad question spoils no other: then
    `run` must have left nothing behind, as a statement that fails does.
    """

    def __init__(
        self, run: Callable[[Sequence[Q]], Awaitable[Sequence[A]]], *, apart: bool = False
    ) -> None:
        self._run = run
        self._apart = apart
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting: dict[Hashable, list[tuple[Q, asyncio.Future[A]]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def ask(self, group: Hashable, question: Q) -> A:
        """Answer a question with the others of its group; alone inside a transaction."""
        if database.is_open():
            return (await self._run([question]))[0]
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            # A loop that ended in the middle leaves nothing that another could wait for.
            self._loop, self._waiting, self._tasks = loop, {}, set()
        future: asyncio.Future[A] = loop.create_future()
        if group in self._waiting:
            self._waiting[group].append((question, future))
        else:
            self._waiting[group] = [(question, future)]
            task = loop.create_task(self._drain(group), context=Context())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await future

    async def _drain(self, group: Hashable) -> None:
        try:
            while self._waiting[group]:
                queue = self._waiting[group]
                self._waiting[group] = queue[MOST:]
                await self._answer(queue[:MOST])
        finally:
            for _, future in self._waiting.pop(group):
                future.cancel()

    async def _answer(self, asked: Sequence[tuple[Q, "asyncio.Future[A]"]]) -> None:
        try:
            answers = await self._run([question for question, _ in asked])
        except Exception as error:  # whatever it is, it is handed to whoever asked
            if self._apart and len(asked) > 1:
                for each in asked:
                    await self._answer([each])
                return
            for _, future in asked:
                if not future.done():
                    future.set_exception(error)
            return
        for (_, future), answer in zip(asked, answers, strict=True):
            if not future.done():
                future.set_result(answer)
