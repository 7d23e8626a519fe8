"""The workflow of issues and resolutions, without a database."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domains.kernel.calendar import NaturalDays, WorkingDays
from domains.meetings.errors import MeetingRulesLooser
from domains.meetings.errors.issues import (
    BallotOrdered,
    BallotUnforeseen,
    EvaluationAwaited,
    IssueMustBeLookedAt,
    IssueNotReady,
    MeetingOrdered,
    RiskUnassessed,
)
from domains.meetings.errors.resolutions import ResolutionNotReady
from domains.meetings.rules import issues, pace, periods, resolutions, statements, texts
from domains.meetings.rules.issues import IssueFacts, IssueProcedure
from domains.meetings.rules.own_issue_rules import OwnIssueRules
from domains.meetings.rules.statements import Attitudes, GroupAttitudes
from domains.meetings.values.issues import (
    ISSUE_ENDS,
    IssueAct,
    IssueCategory,
    IssueState,
    IssueStep,
    RiskLevel,
)
from domains.meetings.values.resolutions import RESOLUTION_ENDS, ResolutionAct, ResolutionState

PROCEDURE = IssueProcedure(
    support_count=3,
    look=WorkingDays(5),
    steps={IssueState.REPORTED: WorkingDays(2)},
    assignment={level: WorkingDays(10) for level in RiskLevel},
    whistle={level: WorkingDays(5) for level in RiskLevel},
    direct_levels=frozenset({RiskLevel.LOW}),
    ballots={IssueCategory.MAINTENANCE_FUND: "OWNERS_GENERAL"},
    evaluation=NaturalDays(7),
)
ACTS = st.lists(st.sampled_from(IssueAct), max_size=40)
RESOLUTION_ACTS = st.lists(st.sampled_from(ResolutionAct), max_size=20)


def facts(state: IssueState, **more) -> IssueFacts:
    return IssueFacts(state, more.pop("category", IssueCategory.NOISE), **more)


def walked(acts, start: IssueFacts) -> list[IssueState]:
    """The states that an issue goes through where these are tried one after another."""
    states = [start.state]
    for act in acts:
        try:
            found = issues.require(act, replace(start, state=states[-1]), PROCEDURE)
        except (IssueNotReady, IssueMustBeLookedAt, BallotUnforeseen, MeetingOrdered):
            continue
        states.append(found.ends)
    return states


def test_every_state_belongs_to_one_of_the_six_steps():
    assert set(issues.STEP_OF) == set(IssueState)
    assert set(issues.STEP_OF.values()) == set(IssueStep)


def test_every_act_has_its_place_in_the_table():
    assert set(issues.TRANSITIONS) == set(IssueAct)


def test_nothing_follows_an_end_and_something_follows_all_else():
    assert {state for state in IssueState if not issues.acts_from(state)} == ISSUE_ENDS


def test_an_issue_opens_again_from_a_revisit_alone():
    transition = issues.TRANSITIONS[IssueAct.REOPEN]

    assert transition.begins == {IssueState.REVISITED}


def test_the_long_way_leads_from_the_report_to_the_close():
    acts = [
        IssueAct.TRIAGE,
        IssueAct.ASSESS,
        IssueAct.SCHEDULE,
        IssueAct.DELIBERATE,
        IssueAct.RESOLVE,
        IssueAct.IMPLEMENT,
        IssueAct.FEED_BACK,
        IssueAct.REVISIT,
        IssueAct.CLOSE,
    ]

    states = walked(acts, facts(IssueState.REPORTED, risk=RiskLevel.HIGH, evaluated=True))

    assert states[-1] is IssueState.CLOSED
    assert [issues.STEP_OF[each] for each in states] == [
        IssueStep.COLLECT,
        IssueStep.SORT_AND_ROUTE,
        IssueStep.ASSESS_RISK,
        *[IssueStep.RESOLVE] * 4,
        *[IssueStep.REVISIT] * 2,
        IssueStep.SUPERVISE,
    ]


@given(ACTS)
def test_whatever_is_tried_an_issue_never_leaves_an_end(acts):
    states = walked(acts, facts(IssueState.REPORTED, risk=RiskLevel.LOW, evaluated=True))

    assert [each for each in states[:-1] if each in ISSUE_ENDS] == []


@given(ACTS)
def test_an_issue_that_was_resolved_is_never_triaged_again_but_after_a_revisit(acts):
    states = walked(acts, facts(IssueState.REPORTED, risk=RiskLevel.LOW, evaluated=True))

    again = [
        before
        for before, after in itertools.pairwise(states)
        if after is IssueState.TRIAGED and before is not IssueState.REPORTED
    ]
    assert set(again) <= {IssueState.REVISITED}


@pytest.mark.parametrize("act", [IssueAct.DECLINE, IssueAct.MERGE, IssueAct.WITHDRAW])
def test_what_many_support_is_not_waved_away(act):
    with pytest.raises(IssueMustBeLookedAt):
        issues.require(act, facts(IssueState.REPORTED, must_be_looked_at=True), PROCEDURE)


def test_what_the_law_puts_to_the_ballot_is_not_resolved_at_a_table():
    fund = IssueCategory.MAINTENANCE_FUND
    asked = facts(IssueState.DELIBERATED, category=fund, risk=RiskLevel.HIGH)

    with pytest.raises(BallotOrdered):
        issues.require(IssueAct.RESOLVE, asked, PROCEDURE)


def test_what_has_no_ballot_rule_is_not_escalated():
    with pytest.raises(BallotUnforeseen):
        issues.require(
            IssueAct.ESCALATE, facts(IssueState.DELIBERATED, risk=RiskLevel.HIGH), PROCEDURE
        )


@pytest.mark.parametrize("level", [RiskLevel.MEDIUM, RiskLevel.HIGH, RiskLevel.CRITICAL])
def test_more_than_a_low_risk_needs_a_meeting(level):
    with pytest.raises(MeetingOrdered):
        issues.require(IssueAct.RESOLVE, facts(IssueState.RISK_ASSESSED, risk=level), PROCEDURE)


@pytest.mark.parametrize("act", [IssueAct.SCHEDULE, IssueAct.RESOLVE])
def test_nothing_goes_on_before_its_risk_is_assessed(act):
    with pytest.raises(RiskUnassessed):
        issues.require(act, facts(IssueState.REFERRED), PROCEDURE)


def test_a_low_risk_is_resolved_without_a_meeting():
    asked = facts(IssueState.RISK_ASSESSED, risk=RiskLevel.LOW)

    assert issues.require(IssueAct.RESOLVE, asked, PROCEDURE).ends is IssueState.RESOLVED


def test_an_issue_closes_when_it_was_evaluated_or_the_time_for_it_is_over():
    revisited = facts(IssueState.REVISITED)

    with pytest.raises(EvaluationAwaited):
        issues.require(IssueAct.CLOSE, revisited, PROCEDURE)
    for enough in ({"evaluated": True}, {"evaluation_over": True}):
        closing = issues.require(IssueAct.CLOSE, replace(revisited, **enough), PROCEDURE)
        assert closing.ends is IssueState.CLOSED


def test_a_step_is_due_after_working_days_and_not_on_a_day_of_rest():
    friday = datetime(2026, 11, 20, 9, tzinfo=UTC)

    due = PROCEDURE.step_due(IssueState.REPORTED, friday)

    assert due == datetime(2026, 11, 24, 16, tzinfo=UTC)
    assert PROCEDURE.step_due(IssueState.SCHEDULED, friday) is None
    assert periods.period({"naturalDays": 7}) == NaturalDays(7)


@given(RESOLUTION_ACTS)
def test_a_resolution_is_kept_only_after_it_was_reported_done(acts):
    states = [ResolutionState.ADOPTED]
    for act in acts:
        try:
            states.append(resolutions.require(act, states[-1]).ends)
        except ResolutionNotReady:
            continue

    before_kept = [
        before for before, after in itertools.pairwise(states) if after is ResolutionState.KEPT
    ]
    assert set(before_kept) <= {ResolutionState.DONE_REPORTED}
    assert [each for each in states[:-1] if each in RESOLUTION_ENDS] == []


def test_whoever_raised_a_matter_speaks_first_on_whether_it_was_kept():
    lin, wang = uuid4(), uuid4()

    assert resolutions.decides(lin, proposer=lin, proposer_had_time=False)
    assert not resolutions.decides(wang, proposer=lin, proposer_had_time=False)
    assert resolutions.decides(wang, proposer=lin, proposer_had_time=True)
    assert resolutions.decides(wang, proposer=None, proposer_had_time=False)


GROUPS = st.lists(
    st.tuples(st.integers(0, 12), st.integers(0, 12), st.integers(0, 12)), max_size=8
).map(
    lambda cells: [
        GroupAttitudes(UUID(int=number), Attitudes(*cell))
        for number, cell in enumerate(cells, start=1)
    ]
)


@given(GROUPS)
def test_no_group_below_five_is_shown_nor_follows_from_the_total(groups):
    told = statements.shown(groups)

    hidden = sum(each.said.total for each in groups) - sum(each.said.total for each in told)
    assert all(each.said.total >= 5 for each in told)
    assert not told or len(told) == len(groups) or hidden == 0 or hidden >= 5


def test_consensus_is_the_least_agreement_of_any_group():
    groups = [
        GroupAttitudes(UUID(int=1), Attitudes(agree=9, disagree=1)),
        GroupAttitudes(UUID(int=2), Attitudes(agree=6, disagree=4, passed=2)),
    ]

    found = statements.agreement(groups)

    assert (found.consensus, found.divide) == (600, 300)
    assert statements.agreement(groups[:1]) == statements.Agreement(None, None)


@pytest.mark.parametrize(
    ("given_text", "kept"),
    [
        ("噪音 <b>太大</b>", "噪音 太大"),
        ("<script>alert(1)</script>请协调", "请协调"),
        ("&lt;img src=x onerror=alert(1)&gt;看", "看"),
        ("每晚 1<2 小时 & 周末", "每晚 1<2 小时 & 周末"),
        ("第一行\r\n\n\n\n第二行\x00", "第一行\n\n第二行"),
        ("看<\x1fimg src=x onerror=alert(1)>", "看"),
    ],
)
def test_texts_are_kept_plain(given_text, kept):
    assert texts.plain(given_text) == kept


@given(st.text(max_size=200) | st.text("<>&;/\x00\x1f\r\nltgampsr!? 看", max_size=60))
def test_cleaning_a_text_twice_is_cleaning_it_once(text):
    once = texts.plain(text)

    assert texts.plain(once) == once


def test_words_of_a_text_are_found_by_what_somebody_would_type():
    found = set(texts.words("小区广场舞噪音扰民"))

    assert set(texts.asked_words("广场噪音")) <= found
    assert set(texts.asked_words("舞")) <= found
    assert texts.words_query(["it's", "广场"]) == "'it''s' & '广场'"


def test_who_is_too_fast_waits_until_the_earliest_act_is_a_window_old():
    now = datetime(2026, 11, 22, 8, tzinfo=UTC)
    minute = timedelta(minutes=1)

    assert pace.wait_s(None, now=now, window=minute) == 0
    assert pace.wait_s(now - timedelta(seconds=20), now=now, window=minute) == 40
    assert pace.wait_s(now - minute, now=now, window=minute) == 0


BASE = {
    "supportCount": 10,
    "look": {"workingDays": 15},
    "steps": {"reported": {"workingDays": 2}},
    "assignment": {"low": {"workingDays": 15}},
    "whistle": {"low": {"workingDays": 7}},
    "ballots": {"maintenance_fund": "OWNERS_GENERAL"},
    "routes": {"noise": ["派出所"]},
    "evaluation": {"naturalDays": 7},
}


def test_a_community_asks_for_more_than_the_general_rules():
    own = OwnIssueRules(
        support_count=5,
        look_days=7,
        step_days={IssueState.REPORTED: 1, IssueState.SCHEDULED: 20},
        whistle_days={RiskLevel.LOW: 3},
        evaluation_days=14,
        ballots={IssueCategory.PARKING: "OWNERS_SPECIAL"},
        routes={IssueCategory.PETS: ("城管",)},
    )

    assert own.put_into(BASE) == {
        "supportCount": 5,
        "look": {"workingDays": 7},
        "steps": {"reported": {"workingDays": 1}, "scheduled": {"workingDays": 20}},
        "assignment": {"low": {"workingDays": 15}},
        "whistle": {"low": {"workingDays": 3}},
        "ballots": {"maintenance_fund": "OWNERS_GENERAL", "parking": "OWNERS_SPECIAL"},
        "routes": {"noise": ["派出所"], "pets": ["城管"]},
        "evaluation": {"naturalDays": 14},
    }


@pytest.mark.parametrize(
    "looser",
    [
        OwnIssueRules(support_count=11),
        OwnIssueRules(support_count=0),
        OwnIssueRules(look_days=16),
        OwnIssueRules(step_days={IssueState.REPORTED: 3}),
        OwnIssueRules(whistle_days={RiskLevel.LOW: 8}),
        OwnIssueRules(evaluation_days=6),
        OwnIssueRules(ballots={IssueCategory.MAINTENANCE_FUND: "COMMUNITY_CONSULTATION"}),
    ],
)
def test_a_community_asks_for_nothing_less_than_the_general_rules(looser):
    with pytest.raises(MeetingRulesLooser):
        looser.put_into(BASE)
