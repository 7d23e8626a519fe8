"""How an issue goes: which act leads from where to where, and what must hold first. Pure.

The six steps (六步工作法) are groups of states: 排查搜集, 归类分流, 风险评估, 化解处置, 回访评析,
监督考核. An issue is opened again only after a revisit; what the law puts to the ballot is not
resolved at a table; what many support is not waved away. Every figure is the rule set's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domains.kernel.calendar import Period
from domains.kernel.rules import RuleSet
from domains.meetings.errors.issues import (
    BallotOrdered,
    BallotUnforeseen,
    EvaluationAwaited,
    IssueMustBeLookedAt,
    IssueNotReady,
    MeetingOrdered,
    RiskUnassessed,
)
from domains.meetings.rules import periods
from domains.meetings.values.issues import (
    HistoryKind,
    IssueAct,
    IssueCategory,
    IssueState,
    IssueStep,
    RiskLevel,
)

S = IssueState


@dataclass(frozen=True, slots=True)
class Transition:
    """From which states an act leads, to which, and how the history tells of it."""

    begins: frozenset[IssueState]
    ends: IssueState
    kind: HistoryKind


def _from(*begins: IssueState, to: IssueState, told: HistoryKind) -> Transition:
    return Transition(frozenset(begins), to, told)


TRANSITIONS: Mapping[IssueAct, Transition] = {
    IssueAct.TRIAGE: _from(S.REPORTED, to=S.TRIAGED, told=HistoryKind.TRIAGED),
    IssueAct.DECLINE: _from(S.REPORTED, S.TRIAGED, to=S.DECLINED, told=HistoryKind.DECLINED),
    IssueAct.MERGE: _from(
        S.REPORTED, S.TRIAGED, S.RISK_ASSESSED, to=S.MERGED, told=HistoryKind.MERGED
    ),
    IssueAct.WITHDRAW: _from(
        S.REPORTED, S.TRIAGED, S.RISK_ASSESSED, to=S.WITHDRAWN, told=HistoryKind.WITHDRAWN
    ),
    # What was given away may come back, and what a meeting did not hear may come before another.
    IssueAct.ASSESS: _from(
        S.TRIAGED, S.RISK_ASSESSED, S.REFERRED, to=S.RISK_ASSESSED, told=HistoryKind.RISK_ASSESSED
    ),
    IssueAct.SCHEDULE: _from(
        S.RISK_ASSESSED,
        S.SCHEDULED,
        S.DELIBERATED,
        S.REFERRED,
        to=S.SCHEDULED,
        told=HistoryKind.SCHEDULED,
    ),
    IssueAct.DELIBERATE: _from(S.SCHEDULED, to=S.DELIBERATED, told=HistoryKind.DELIBERATED),
    IssueAct.ESCALATE: _from(
        S.RISK_ASSESSED,
        S.DELIBERATED,
        S.REFERRED,
        to=S.ESCALATED_TO_BALLOT,
        told=HistoryKind.ESCALATED,
    ),
    IssueAct.DECIDE_BALLOT: _from(
        S.ESCALATED_TO_BALLOT, to=S.RESOLVED, told=HistoryKind.BALLOT_DECIDED
    ),
    # A result that was carried may still be annulled.
    IssueAct.RETURN_BALLOT: _from(
        S.ESCALATED_TO_BALLOT,
        S.RESOLVED,
        S.IMPLEMENTING,
        to=S.DELIBERATED,
        told=HistoryKind.BALLOT_RETURNED,
    ),
    IssueAct.REFER: _from(
        S.TRIAGED, S.RISK_ASSESSED, S.DELIBERATED, to=S.REFERRED, told=HistoryKind.REFERRED
    ),
    IssueAct.RESOLVE: _from(
        S.RISK_ASSESSED, S.DELIBERATED, S.REFERRED, to=S.RESOLVED, told=HistoryKind.RESOLVED
    ),
    IssueAct.IMPLEMENT: _from(S.RESOLVED, to=S.IMPLEMENTING, told=HistoryKind.IMPLEMENTING),
    IssueAct.FEED_BACK: _from(S.IMPLEMENTING, to=S.FED_BACK, told=HistoryKind.FED_BACK),
    IssueAct.REVISIT: _from(S.FED_BACK, to=S.REVISITED, told=HistoryKind.REVISITED),
    IssueAct.CLOSE: _from(S.REVISITED, to=S.CLOSED, told=HistoryKind.CLOSED),
    IssueAct.REOPEN: _from(S.REVISITED, to=S.TRIAGED, told=HistoryKind.REOPENED),
}

# A merged issue is sorted into another; what was withdrawn never left collecting.
STEP_OF: Mapping[IssueState, IssueStep] = {
    S.REPORTED: IssueStep.COLLECT,
    S.WITHDRAWN: IssueStep.COLLECT,
    S.TRIAGED: IssueStep.SORT_AND_ROUTE,
    S.DECLINED: IssueStep.SORT_AND_ROUTE,
    S.MERGED: IssueStep.SORT_AND_ROUTE,
    S.RISK_ASSESSED: IssueStep.ASSESS_RISK,
    S.SCHEDULED: IssueStep.RESOLVE,
    S.DELIBERATED: IssueStep.RESOLVE,
    S.ESCALATED_TO_BALLOT: IssueStep.RESOLVE,
    S.REFERRED: IssueStep.RESOLVE,
    S.RESOLVED: IssueStep.RESOLVE,
    S.IMPLEMENTING: IssueStep.RESOLVE,
    S.FED_BACK: IssueStep.REVISIT,
    S.REVISITED: IssueStep.REVISIT,
    S.CLOSED: IssueStep.SUPERVISE,
}


@dataclass(frozen=True, slots=True)
class IssueProcedure:
    """What a rule set says of how issues are handled."""

    support_count: int
    look: Period
    steps: Mapping[IssueState, Period]
    assignment: Mapping[RiskLevel, Period]
    whistle: Mapping[RiskLevel, Period]
    direct_levels: frozenset[RiskLevel]
    ballots: Mapping[IssueCategory, str]
    evaluation: Period

    @classmethod
    def of(cls, rule_set: RuleSet) -> "IssueProcedure":
        """Read it from a rule set's content."""
        said: Mapping[str, Any] = rule_set.content
        return cls(
            support_count=said["supportCount"],
            look=periods.period(said["look"]),
            steps={IssueState(each): periods.period(kept) for each, kept in said["steps"].items()},
            assignment=_by_level(said["assignment"]),
            whistle=_by_level(said["whistle"]),
            direct_levels=frozenset(RiskLevel(each) for each in said["directLevels"]),
            ballots={IssueCategory(each): code for each, code in said["ballots"].items()},
            evaluation=periods.period(said["evaluation"]),
        )

    def step_due(self, state: IssueState, since: datetime) -> datetime | None:
        """Return until when the state is to be left; None where the rules set no limit."""
        lasts = self.steps.get(state)
        return None if lasts is None else periods.due(since, lasts)


def _by_level(said: Mapping[str, Mapping[str, int]]) -> dict[RiskLevel, Period]:
    return {RiskLevel(each): periods.period(kept) for each, kept in said.items()}


@dataclass(frozen=True, slots=True)
class IssueFacts:
    """What is known of an issue when something is to be done with it."""

    state: IssueState
    category: IssueCategory
    risk: RiskLevel | None = None
    must_be_looked_at: bool = False
    evaluated: bool = False
    evaluation_over: bool = False
    ballot_decided: bool = False


def follows(state: IssueState, act: IssueAct) -> bool:
    """Whether the act leads on from the state at all."""
    return state in TRANSITIONS[act].begins


def acts_from(state: IssueState) -> frozenset[IssueAct]:
    """Return what may follow from a state."""
    return frozenset(act for act in IssueAct if follows(state, act))


def require(act: IssueAct, facts: IssueFacts, procedure: IssueProcedure) -> Transition:
    """Return where an act leads, or refuse it.

    Raises IssueNotReady, and the refusal of whatever else must hold first.
    """
    if not follows(facts.state, act):
        raise IssueNotReady
    going_away = {IssueAct.DECLINE, IssueAct.MERGE, IssueAct.WITHDRAW}
    if act in going_away and facts.must_be_looked_at:
        raise IssueMustBeLookedAt
    if act in _NEED_RISK and facts.risk is None:
        raise RiskUnassessed
    if act is IssueAct.ESCALATE and facts.category not in procedure.ballots:
        raise BallotUnforeseen
    if act is IssueAct.RESOLVE:
        _require_resolvable(facts, procedure)
    if act is IssueAct.CLOSE and not (facts.evaluated or facts.evaluation_over):
        raise EvaluationAwaited
    return TRANSITIONS[act]


_NEED_RISK = frozenset({IssueAct.SCHEDULE, IssueAct.ESCALATE, IssueAct.RESOLVE})


def _require_resolvable(facts: IssueFacts, procedure: IssueProcedure) -> None:
    # What a ballot has decided against may be settled at a table in another way.
    if facts.category in procedure.ballots and not facts.ballot_decided:
        raise BallotOrdered
    if facts.state is S.RISK_ASSESSED and facts.risk not in procedure.direct_levels:
        raise MeetingOrdered


def level_of(risk: RiskLevel | None) -> RiskLevel:
    """Return the level by which periods are looked up: the lowest until it is assessed."""
    return risk or RiskLevel.LOW
