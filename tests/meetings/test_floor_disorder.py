"""Everybody does anything at any moment: what is refused is refused in words, and order holds."""

import random
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from domains.kernel import clock, database
from domains.kernel.actor import Actor
from domains.kernel.errors import DomainError
from domains.meetings.models import Motion, SpeakingRequest, Vote
from domains.meetings.rules import motions as rules
from domains.meetings.service import attendance, chair, floor, motions, order, sessions, votes
from domains.meetings.service.motions import MotionDraft
from domains.meetings.values.floor import SpeakingSide
from domains.meetings.values.motions import MotionKind, VoteCall, VoteForm, VoteState
from domains.voting.values import Stance
from tests.meetings import factories
from tests.meetings.debates import TEXT
from tests.meetings.factories import Room

STEPS = 200


class Disorder:
    """A meeting in which the next act is drawn by lot."""

    def __init__(self, room: Room, lot: random.Random, moved_clock) -> None:
        self.room = room
        self.lot = lot
        self.clock = moved_clock
        self.done = 0

    def anybody(self) -> Actor:
        return self.lot.choice([self.room.chair, *self.room.members])

    async def presiding(self) -> Actor:
        meeting = await self.room.meeting()
        everybody = [self.room.chair, *self.room.members]
        return next(each for each in everybody if each.person_id == meeting.chair_id)

    async def hand_over(self, who: Actor) -> None:
        to = self.lot.choice(self.room.members).person_id
        if self.lot.random() < 0.5:
            await chair.hand_over(await self.presiding(), self.room.meeting_id, to)
        else:
            await chair.take_back(self.room.chair, self.room.meeting_id)

    async def some(self, model) -> UUID:
        # Mostly the latest: there is something to be done with it.
        found = await model.filter(meeting_id=self.room.meeting_id).order_by("-id").limit(2)
        ids = [each.id for each in found] or [uuid4()]
        chosen: UUID = self.lot.choice([*ids, ids[0], ids[0]])
        return chosen

    async def propose(self, who: Actor) -> None:
        kind = self.lot.choice([MotionKind.MAIN, MotionKind.MAIN, *MotionKind])
        draft = MotionDraft(
            kind,
            title=self.lot.choice(["迁往公园", "提早结束", "离题"]),
            text=TEXT.replace("八点半", self.lot.choice(["八点", "七点", "九点半"])),
            body_id=self.room.body.id if kind is MotionKind.REFER else None,
            postponed_to=(await clock.today() + timedelta(days=9))
            if kind is MotionKind.POSTPONE
            else None,
            recess_minutes=5 if kind is MotionKind.RECESS else None,
        )
        await motions.propose(who, self.room.meeting_id, draft, idempotency_key=uuid4())

    async def call_speaker(self, who: Actor) -> None:
        await floor.call_speaker(await self.presiding(), self.room.meeting_id)

    async def come_and_go(self, who: Actor) -> None:
        act = self.lot.choice([attendance.leave, *[attendance.check_in] * 3])
        await act(who, self.room.meeting_id)

    async def pause(self, who: Actor) -> None:
        who = await self.presiding()
        if self.lot.random() < 0.1:
            at = await clock.now() + timedelta(minutes=5)
            await sessions.recess(who, self.room.meeting_id, resumes_at=at)
        else:
            await sessions.resume(who, self.room.meeting_id)

    async def time_passes(self, who: Actor) -> None:
        await self.clock.advance(timedelta(seconds=self.lot.choice([5, 130, 400, -60])))
        await floor.end_due_speech()
        await votes.end_due_vote()

    def acts(self) -> list[Callable[[Actor], Awaitable[object]]]:
        here, pick = self.room.meeting_id, self.lot.choice
        seldom = [
            self.come_and_go,
            self.pause,
            self.hand_over,
            self.time_passes,
            lambda who: floor.raise_hand(who, here, pick(list(SpeakingSide))),
            self._with(SpeakingRequest, floor.withdraw_hand),
            self._by_chair(SpeakingRequest, floor.stop_speech),
            self._with(Motion, motions.withdraw),
            self._by_chair(Motion, motions.drop),
        ]
        often = [
            self.propose,
            self.call_speaker,
            self._with(SpeakingRequest, floor.end_speech),
            self._with(Motion, motions.second),
            self._by_chair(Motion, motions.state_motion),
            self._by_chair(Motion, motions.declare_ready),
            self._by_chair(Motion, self._rule),
            self._by_chair(Motion, self._open),
            self._with(Vote, self._cast),
            self._by_chair(Vote, self._call),
            self._by_chair(Vote, votes.end_vote),
        ]
        return [*seldom, *often * 4]

    def _with(self, model, act) -> Callable[[Actor], Awaitable[object]]:
        async def acted(who: Actor) -> None:
            await act(who, await self.some(model))

        return acted

    def _by_chair(self, model, act) -> Callable[[Actor], Awaitable[object]]:
        async def acted(who: Actor) -> None:
            presiding = await self.presiding()
            await act(presiding if self.lot.random() < 0.9 else who, await self.some(model))

        return acted

    async def _rule(self, who: Actor, motion_id: UUID) -> None:
        well_taken = self.lot.random() < 0.5
        await motions.rule_on_point(who, motion_id, well_taken=well_taken, ruling="主持裁定")

    async def _open(self, who: Actor, motion_id: UUID) -> None:
        await votes.open_vote(who, motion_id, self.lot.choice(list(VoteForm)))

    async def _call(self, who: Actor, vote_id: UUID) -> None:
        await votes.call_vote(who, vote_id, self.lot.choice(list(VoteCall)))

    async def _cast(self, who: Actor, vote_id: UUID) -> None:
        stance = self.lot.choice(list(Stance))
        await votes.cast_vote(who, vote_id, stance, idempotency_key=uuid4())

    async def step(self) -> None:
        try:
            await self.lot.choice(self.acts())(self.anybody())
        except DomainError:
            return
        self.done += 1


async def require_order(room: Room) -> None:
    """What must hold after every act."""
    meeting = await room.meeting()
    stack = [order.standing(each) for each in await order.motions_before(meeting)]
    terms = order.motion_terms(meeting)
    ranks = [terms.kinds[each.kind].rank + each.depth / 10 for each in stack]
    voting = [each for each in stack if each.state.value == "voting"]
    open_vote = await order.open_vote_of(meeting)
    assert ranks == sorted(set(ranks))
    assert all(each.kind is not MotionKind.MAIN for each in stack[1:])
    assert len(voting) == (open_vote is not None)
    assert rules.after(stack, []) == stack
    spoken = await SpeakingRequest.filter(meeting_id=meeting.id, call_number__isnull=False)
    assert all(0 <= each.banked_ms <= each.limit_s * 1000 for each in spoken)
    seqs = await database.fetch("SELECT seq FROM meetings_log ORDER BY seq")
    assert [row["seq"] for row in seqs] == list(range(1, meeting.log_seq + 1))


@pytest.mark.parametrize("seed", range(6))
async def test_in_any_disorder_the_order_holds(moved_clock, seed: int) -> None:
    room = await factories.a_room(members=4)
    disorder = Disorder(room, random.Random(seed), moved_clock)

    for _ in range(STEPS):
        await disorder.step()
        await require_order(room)

    ended = await Vote.exclude(state=VoteState.OPEN)
    assert disorder.done > 10
    assert all((each.state is VoteState.VOID) == (each.in_favour is None) for each in ended)
