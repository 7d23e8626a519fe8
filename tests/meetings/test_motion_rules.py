"""Rules of order as pure functions, and the stack of motions as a state machine."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from domains.kernel.errors import DomainError
from domains.meetings.errors import motions as refusals
from domains.meetings.rules import differences, motions
from domains.meetings.rules.motions import Change, MotionTerms, Place, Standing
from domains.meetings.service import presets_floor
from domains.meetings.values.bodies import MeetingForm
from domains.meetings.values.motions import SETTLED, MotionKind, MotionState, Withdrawal

TERMS = MotionTerms.of(presets_floor.content(MeetingForm.DELIBERATION_COUNCIL)["motions"])
LIN, CHEN = UUID(int=1), UUID(int=2)
MAIN, AMENDMENT, SECOND = UUID(int=11), UUID(int=12), UUID(int=13)


def standing(
    motion_id: UUID,
    kind: MotionKind = MotionKind.MAIN,
    state: MotionState = MotionState.DEBATING,
    *,
    target_id: UUID | None = None,
    depth: int = 0,
) -> Standing:
    return Standing(motion_id, kind, state, LIN, target_id, depth)


ON_MAIN = [standing(MAIN)]
AMENDED = [*ON_MAIN, standing(AMENDMENT, MotionKind.AMENDMENT, target_id=MAIN, depth=1)]
TWICE = [*AMENDED, standing(SECOND, MotionKind.AMENDMENT, target_id=AMENDMENT, depth=2)]


def test_every_kind_has_its_row_in_the_table() -> None:
    assert set(TERMS.kinds) == set(MotionKind)
    assert len({each.rank for each in TERMS.kinds.values()}) == len(MotionKind)


def test_one_main_motion_at_a_time() -> None:
    with pytest.raises(refusals.MotionPending):
        motions.place(MotionKind.MAIN, ON_MAIN, TERMS)


def test_an_amendment_is_amended_once_and_no_deeper() -> None:
    first = motions.place(MotionKind.AMENDMENT, ON_MAIN, TERMS)
    second = motions.place(MotionKind.AMENDMENT, AMENDED, TERMS)
    with pytest.raises(refusals.AmendmentTooDeep):
        motions.place(MotionKind.AMENDMENT, TWICE, TERMS)

    assert (first, second) == (Place(MAIN, 1), Place(AMENDMENT, 2))


def test_what_ranks_lower_waits() -> None:
    referred = [*ON_MAIN, standing(SECOND, MotionKind.REFER, target_id=MAIN)]

    with pytest.raises(refusals.MotionOutOfOrder):
        motions.place(MotionKind.AMENDMENT, referred, TERMS)

    assert motions.place(MotionKind.POSTPONE, referred, TERMS) == Place(MAIN, 0)


def test_without_a_main_motion_nothing_is_amended_referred_or_postponed() -> None:
    for kind in (MotionKind.AMENDMENT, MotionKind.REFER, MotionKind.POSTPONE):
        with pytest.raises(refusals.NothingPending):
            motions.place(kind, [], TERMS)

    assert motions.place(MotionKind.RECESS, [], TERMS) == Place(None, 0)


def test_debate_that_is_over_is_not_closed_again() -> None:
    ready = [standing(MAIN, state=MotionState.READY)]

    with pytest.raises(refusals.MotionOutOfOrder):
        motions.place(MotionKind.CLOSE_DEBATE, ready, TERMS)


def test_only_a_point_of_order_breaks_into_a_vote() -> None:
    voting = [standing(MAIN, state=MotionState.VOTING)]

    with pytest.raises(refusals.MotionOutOfOrder):
        motions.place(MotionKind.RECESS, voting, TERMS)

    assert motions.place(MotionKind.POINT_OF_ORDER, voting, TERMS) == Place(None, 0)


def test_an_appeal_follows_a_ruling() -> None:
    with pytest.raises(refusals.NothingToAppeal):
        motions.place(MotionKind.APPEAL, ON_MAIN, TERMS)

    assert motions.place(MotionKind.APPEAL, ON_MAIN, TERMS, appealable=SECOND) == Place(SECOND, 0)


def test_somebody_else_seconds() -> None:
    proposed = standing(MAIN, state=MotionState.PROPOSED)

    with pytest.raises(refusals.OwnMotion):
        motions.seconded(proposed, LIN, 1, TERMS)

    assert motions.seconded(proposed, CHEN, 1, TERMS) is MotionState.SECONDED


def test_what_is_not_debatable_is_ready_at_once() -> None:
    closing = standing(SECOND, MotionKind.CLOSE_DEBATE, MotionState.SECONDED, target_id=MAIN)

    assert motions.stated(closing, TERMS) is MotionState.READY
    assert motions.stated(standing(MAIN, state=MotionState.SECONDED), TERMS) is MotionState.PENDING


def test_nothing_is_stated_without_its_seconders() -> None:
    with pytest.raises(refusals.NotSeconded):
        motions.stated(standing(MAIN, state=MotionState.PROPOSED), TERMS)


def test_debate_ends_when_nobody_waits_any_more() -> None:
    with pytest.raises(refusals.DebateGoesOn):
        motions.readied(standing(MAIN), waiting=1)

    assert motions.readied(standing(MAIN), waiting=0) is MotionState.READY


def test_closed_debate_makes_what_lies_below_ready() -> None:
    closing = standing(SECOND, MotionKind.CLOSE_DEBATE, MotionState.VOTING, target_id=AMENDMENT)

    changes = motions.settled([*AMENDED, closing], SECOND, carried=True)

    assert changes == [
        Change(SECOND, MotionState.CARRIED),
        Change(AMENDMENT, MotionState.READY),
    ]


def test_what_is_referred_takes_its_amendments_along() -> None:
    referring = standing(SECOND, MotionKind.REFER, MotionState.VOTING, target_id=MAIN)

    changes = motions.settled([*AMENDED, referring], SECOND, carried=True)

    assert changes == [
        Change(SECOND, MotionState.CARRIED),
        Change(MAIN, MotionState.TABLED),
        Change(AMENDMENT, MotionState.TABLED),
    ]


def test_a_proposer_takes_back_freely_only_what_the_chair_has_not_put() -> None:
    fresh = [standing(MAIN, state=MotionState.SECONDED)]

    assert motions.withdrawn(fresh, MAIN, LIN, TERMS) == [Change(MAIN, MotionState.WITHDRAWN)]
    assert motions.withdrawn(AMENDED, MAIN, LIN, TERMS) is None
    with pytest.raises(refusals.NotYours):
        motions.withdrawn(fresh, MAIN, CHEN, TERMS)


@pytest.mark.parametrize(
    ("rule_set", "expected"),
    [
        (Withdrawal.PROPOSER, [MAIN, AMENDMENT]),
        (Withdrawal.MEETING, None),
        (Withdrawal.NEVER, refusals.WithdrawalRefused),
    ],
)
def test_in_debate_the_rules_say_whose_a_motion_is(rule_set, expected) -> None:
    terms = MotionTerms(TERMS.kinds, rule_set, TERMS.most_characters)

    if expected is refusals.WithdrawalRefused:
        with pytest.raises(expected):
            motions.withdrawn(AMENDED, MAIN, LIN, terms)
    else:
        changes = motions.withdrawn(AMENDED, MAIN, LIN, terms)
        assert (None if changes is None else [each.id for each in changes]) == expected


def test_leave_to_withdraw_takes_the_motion_and_what_hangs_on_it() -> None:
    leave = standing(SECOND, MotionKind.WITHDRAWAL, MotionState.VOTING, target_id=AMENDMENT)

    changes = motions.settled([*AMENDED, leave], SECOND, carried=True)

    assert changes == [
        Change(SECOND, MotionState.CARRIED),
        Change(AMENDMENT, MotionState.WITHDRAWN),
    ]


_texts = st.text(st.sampled_from("广场舞每晚八点,结束。\n不得"), max_size=60)


@given(_texts, _texts)
def test_a_difference_leads_from_one_text_to_the_other(before: str, after: str) -> None:
    edits = differences.difference(before, after)

    assert differences.apply(before, edits) == after
    assert (edits == []) == (before == after)
    assert all(each.removed != each.inserted for each in edits)


def test_a_difference_is_as_small_as_what_differs() -> None:
    edits = differences.difference(
        "广场舞每晚九点结束,音量不限。", "广场舞每晚八点结束,音量不超过60分贝。"
    )

    assert [(each.start, each.removed, each.inserted) for each in edits] == [
        (5, "九", "八"),
        (13, "限", "超过60分贝"),
    ]


def test_a_difference_of_hostile_texts_is_bounded() -> None:
    before, after = ",。" * 2500, "。,," * 1600

    edits = differences.difference(before, after)

    assert len(edits) == 1
    assert differences.apply(before, edits) == after


class Meeting(RuleBasedStateMachine):
    """Anybody puts any motion at any moment; what is allowed keeps the stack sound."""

    def __init__(self) -> None:
        super().__init__()
        self.stack: list[Standing] = []
        self.settled: dict[UUID, MotionState] = {}
        self.appealable: UUID | None = None
        self.number = 100

    @rule(kind=st.sampled_from(MotionKind), person=st.integers(1, 4))
    def propose(self, kind: MotionKind, person: int) -> None:
        before = list(self.stack)
        taken_back = self.stack[0].id if self.stack else None
        try:
            place = motions.place(
                kind, self.stack, TERMS, appealable=self.appealable, taken_back=taken_back
            )
        except DomainError:
            assert self.stack == before
            return
        self.number += 1
        state = motions.begun(kind, TERMS)
        new = Standing(
            UUID(int=self.number), kind, state, UUID(int=person), place.target_id, place.depth
        )
        self.stack.append(new)

    @precondition(lambda self: self.stack)
    @rule(person=st.integers(1, 4))
    def second(self, person: int) -> None:
        top = self.stack[-1]
        try:
            state = motions.seconded(top, UUID(int=person), 1, TERMS)
        except (refusals.OwnMotion, refusals.MotionMoved):
            return
        self._make([Change(top.id, state)])

    @precondition(lambda self: self.stack)
    @rule()
    def state(self) -> None:
        top = self.stack[-1]
        try:
            state = motions.stated(top, TERMS)
        except (refusals.NotSeconded, refusals.MotionMoved):
            return
        self._make([Change(top.id, state)])

    @precondition(lambda self: self.stack)
    @rule(waiting=st.integers(0, 2))
    def exhaust(self, waiting: int) -> None:
        top = self.stack[-1]
        try:
            state = motions.readied(top, waiting=waiting)
        except (refusals.MotionMoved, refusals.DebateGoesOn):
            return
        assert waiting == 0
        self._make([Change(top.id, state)])

    @precondition(lambda self: self.stack)
    @rule()
    def vote(self) -> None:
        top = self.stack[-1]
        try:
            state = motions.put_to_vote(top)
        except refusals.MotionMoved:
            return
        self._make([Change(top.id, state)])

    @precondition(lambda self: any(each.state is MotionState.VOTING for each in self.stack))
    @rule(carried=st.booleans())
    def decide(self, carried: bool) -> None:
        voting = next(each for each in self.stack if each.state is MotionState.VOTING)
        self._make(motions.settled(self.stack, voting.id, carried=carried))

    @precondition(lambda self: any(each.state is MotionState.VOTING for each in self.stack))
    @rule()
    def void(self) -> None:
        voting = next(each for each in self.stack if each.state is MotionState.VOTING)
        self._make([Change(voting.id, MotionState.READY)])

    @precondition(lambda self: self.stack and self.stack[-1].kind is MotionKind.POINT_OF_ORDER)
    @rule(carried=st.booleans())
    def rule_on_point(self, carried: bool) -> None:
        point = self.stack[-1]
        self._make(motions.settled(self.stack, point.id, carried=carried))
        self.appealable = point.id

    @precondition(lambda self: self.stack)
    @rule(at=st.integers(0, 5), person=st.integers(1, 4))
    def withdraw(self, at: int, person: int) -> None:
        motion = self.stack[min(at, len(self.stack) - 1)]
        try:
            changes = motions.withdrawn(self.stack, motion.id, UUID(int=person), TERMS)
        except DomainError:
            return
        if changes is not None:
            self._make(changes)

    def _make(self, changes: list[Change]) -> None:
        for each in changes:
            assert each.id not in self.settled, "what is settled stays as it is"
            if each.state in SETTLED:
                self.settled[each.id] = each.state
        self.stack = motions.after(self.stack, changes)

    @invariant()
    def one_main_motion_and_it_lies_at_the_foot(self) -> None:
        mains = [at for at, each in enumerate(self.stack) if each.kind is MotionKind.MAIN]

        assert mains in ([], [0])

    @invariant()
    def ranks_rise_from_foot_to_top(self) -> None:
        ranks = [TERMS.kinds[each.kind].rank + each.depth / 10 for each in self.stack]

        assert ranks == sorted(set(ranks))

    @invariant()
    def amendments_go_two_deep(self) -> None:
        depths = [each.depth for each in self.stack if each.kind is MotionKind.AMENDMENT]

        assert depths in ([], [1], [1, 2])

    @invariant()
    def one_vote_is_taken_at_a_time(self) -> None:
        voting = [at for at, each in enumerate(self.stack) if each.state is MotionState.VOTING]

        assert len(voting) <= 1
        above = self.stack[voting[0] + 1 :] if voting else []
        assert all(each.kind is MotionKind.POINT_OF_ORDER for each in above)

    @invariant()
    def what_hangs_on_something_has_it_below(self) -> None:
        seen: set[UUID] = set()
        for each in self.stack:
            hangs = each.kind not in {MotionKind.APPEAL} and each.target_id is not None
            assert not hangs or each.target_id in seen
            seen.add(each.id)

    @invariant()
    def nothing_settled_is_on_the_stack(self) -> None:
        assert not {each.id for each in self.stack} & set(self.settled)


TestMeeting = Meeting.TestCase
