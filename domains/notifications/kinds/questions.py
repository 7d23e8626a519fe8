"""What is told of questions, objections and demands: every outcome to who asked or demanded.

Who asked unnamed is told like everybody else, and nobody is told who asked.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from domains.disclosure import events, policy
from domains.disclosure.queries import telling as disclosures
from domains.disclosure.values.questions import DemandState, QuestionKind, QuestionState
from domains.kernel.actor import Role
from domains.kernel.database import Row
from domains.notifications.audiences import disclosure as audiences
from domains.notifications.audiences import people
from domains.notifications.kinds.disclosure import named
from domains.notifications.kinds.kind import EACH_TIME, QUIET, Heard, NoticeKind, Text
from domains.notifications.telling import Facts, Resolve, Telling
from domains.notifications.values import Category, Locale, VariableKind

TEXT, DATETIME = VariableKind.TEXT, VariableKind.DATETIME
A_WEEK, A_MONTH = timedelta(days=7), timedelta(days=30)
# An answer may be longer than a notice: its reader finds the rest where it was given.
MOST_TOLD = 200
_TITLE: Mapping[str, VariableKind] = {"title": TEXT}
_DUE: Mapping[str, VariableKind] = {"title": TEXT, "asked": TEXT, "due_at": DATETIME}
_ANSWER: Mapping[str, VariableKind] = {"title": TEXT, "decision": TEXT, "answer": TEXT}

_ASKED: Mapping[QuestionKind, Mapping[str, str]] = {
    QuestionKind.QUESTION: {"zh-Hans": "质询", "en": "A question"},
    QuestionKind.OBJECTION: {"zh-Hans": "异议", "en": "An objection"},
}
_UPHELD: Mapping[bool, Mapping[str, str]] = {
    True: {"zh-Hans": "成立,将予更正", "en": "you are right, and it will be put right"},
    False: {"zh-Hans": "不成立", "en": "it stands as it is"},
}
_UNANSWERED = frozenset({QuestionState.OPEN, QuestionState.ESCALATED})
_WITH_STREET = frozenset({QuestionState.ESCALATED, QuestionState.APPEALED})


def _due(row: Row, due_at: datetime) -> Facts:
    asked = _ASKED[QuestionKind(row["kind"])]
    return Facts({"title": named(row), "asked": asked, "due_at": due_at.isoformat()})


def _waiting(states: frozenset[QuestionState], column: str) -> Resolve:
    """Return what says until when a word is owed, as long as it is."""

    async def resolve(telling: Telling) -> Facts | None:
        row = await disclosures.question_to_tell(telling.subject_id)
        if row is None or row["state"] not in states:
            return None
        return _due(row, row[column])

    return resolve


async def _due_soon(telling: Telling) -> Facts | None:
    """Say it of the deadline that is near, and until it has passed."""
    row = await disclosures.question_to_tell(telling.subject_id)
    due_at = telling.instant("due_at")
    if row is None or row["state"] != QuestionState.OPEN or row["due_at"] != due_at:
        return None
    return Facts(_due(row, due_at).values, until=due_at)


async def _unanswered(telling: Telling, people: Sequence[UUID]) -> set[UUID]:
    row = await disclosures.question_to_tell(telling.subject_id)
    return set(people) if row is not None and row["state"] in _UNANSWERED else set()


async def _extended(telling: Telling) -> Facts | None:
    """Say until when, and why, the answer may take longer."""
    row = await disclosures.question_to_tell(telling.subject_id)
    if row is None or row["extension_reason"] is None:
        return None
    due_at = row["due_at"].isoformat()
    return Facts({"title": named(row), "due_at": due_at, "reason": row["extension_reason"]})


async def _answered(telling: Telling) -> Facts | None:
    """Say what was answered or decided, the beginning of it."""
    row = await disclosures.question_to_tell(telling.subject_id)
    if row is None or row["answer"] is None:
        return None
    answer: str = row["answer"]
    told = answer if len(answer) <= MOST_TOLD else f"{answer[:MOST_TOLD]}…"
    decision = _UPHELD[row["answer_upholds"]]
    return Facts({"title": named(row), "decision": decision, "answer": told})


async def _question(telling: Telling) -> Facts | None:
    """Say what was asked about."""
    row = await disclosures.question_to_tell(telling.subject_id)
    return None if row is None else Facts({"title": named(row)})


async def _demand(telling: Telling) -> Facts | None:
    """Say what is demanded, as long as support is collected."""
    row = await disclosures.demand_to_tell(telling.subject_id)
    if row is None or row["state"] != DemandState.COLLECTING:
        return None
    return Facts({"title": row["title"]}, until=row["closes_at"])


async def _owed(telling: Telling) -> Facts | None:
    """Say by when it is owed."""
    row = await disclosures.demand_to_tell(telling.subject_id)
    if row is None or row["due_at"] is None:
        return None
    return Facts({"title": row["title"], "due_at": row["due_at"].isoformat()})


async def _lapsed(telling: Telling) -> Facts | None:
    """Say what found too little support."""
    row = await disclosures.demand_to_tell(telling.subject_id)
    return None if row is None else Facts({"title": row["title"]})


_street = people.holders(*policy.WAIVERS)
_committee = people.holders(Role.COMMITTEE_MEMBER)
_behind = people.together(audiences.raiser, audiences.demanders)

KINDS = (
    NoticeKind(
        code="QUESTION_TO_ANSWER",
        category=Category.DUTIES,
        subject_kind="question",
        hears=(Heard(events.QuestionAsked, "question_id"),),
        withdrawn_by=(
            Heard(events.QuestionWithdrawn, "question_id"),
            Heard(events.QuestionAnswered, "question_id"),
        ),
        audience=audiences.answerers,
        concerns=_unanswered,
        resolve=_waiting(_UNANSWERED, "due_at"),
        variables=_DUE,
        seconds=False,
        says={
            Locale.ZH_HANS: Text(
                "待答复的{asked}:{title}", "有人就「{title}」提出{asked},请在 {due_at} 前答复。"
            ),
            Locale.EN: Text(
                "To be answered: {title}", "{asked} about “{title}”; answer by {due_at}."
            ),
        },
    ),
    NoticeKind(
        code="ANSWER_DUE_SOON",
        category=Category.DUTIES,
        subject_kind="question",
        hears=(Heard(events.AnswerDueSoon, "question_id", slot="due_at"),),
        withdrawn_by=(
            Heard(events.QuestionWithdrawn, "question_id"),
            Heard(events.QuestionAnswered, "question_id"),
        ),
        audience=audiences.answerers,
        concerns=_unanswered,
        resolve=_due_soon,
        variables=_DUE,
        seconds=False,
        says={
            Locale.ZH_HANS: Text(
                "答复即将到期:{title}", "对「{title}」的{asked}须在 {due_at} 前答复。"
            ),
            Locale.EN: Text(
                "An answer is due soon: {title}",
                "{asked} about “{title}” has to be answered by {due_at}.",
            ),
        },
    ),
    NoticeKind(
        code="ANSWER_LATE",
        category=Category.DUTIES,
        subject_kind="question",
        hears=(Heard(events.QuestionEscalated, "question_id", slot=EACH_TIME),),
        withdrawn_by=(Heard(events.QuestionAnswered, "question_id"),),
        audience=audiences.answerers,
        concerns=_unanswered,
        resolve=_waiting(frozenset({QuestionState.ESCALATED}), "due_at"),
        variables=_DUE,
        stale_after=A_WEEK,
        seconds=False,
        says={
            Locale.ZH_HANS: Text(
                "答复逾期:{title}",
                "对「{title}」的{asked}应于 {due_at} 前答复,已逾期并转交街道;仍请答复。",
            ),
            Locale.EN: Text(
                "An answer is late: {title}",
                "{asked} about “{title}” was to be answered by {due_at}. It is before the street"
                " now; you may still answer.",
            ),
        },
    ),
    NoticeKind(
        code="QUESTION_FOR_STREET",
        category=Category.DUTIES,
        subject_kind="question",
        hears=(
            Heard(events.QuestionEscalated, "question_id", slot=EACH_TIME),
            Heard(events.QuestionAppealed, "question_id", slot=EACH_TIME),
        ),
        withdrawn_by=(
            Heard(events.QuestionWithdrawn, "question_id"),
            Heard(events.QuestionDecided, "question_id"),
        ),
        audience=_street,
        resolve=_waiting(_WITH_STREET, "street_due_at"),
        variables=_DUE,
        stale_after=A_WEEK,
        seconds=False,
        says={
            Locale.ZH_HANS: Text(
                "待街道处理的{asked}:{title}", "对「{title}」的{asked}请在 {due_at} 前作出决定。"
            ),
            Locale.EN: Text(
                "To be decided: {title}", "{asked} about “{title}” is to be decided by {due_at}."
            ),
        },
    ),
    NoticeKind(
        code="QUESTION_ESCALATED",
        category=Category.DISCLOSURE,
        subject_kind="question",
        hears=(Heard(events.QuestionEscalated, "question_id", slot=EACH_TIME),),
        withdrawn_by=(Heard(events.QuestionAnswered, "question_id"),),
        audience=audiences.asker,
        resolve=_waiting(frozenset({QuestionState.ESCALATED}), "street_due_at"),
        variables=_DUE,
        is_legal=True,
        reaches_away=True,
        says={
            Locale.ZH_HANS: Text(
                "你的{asked}已转交街道:{title}",
                "对「{title}」的{asked}未按期得到答复,已转交街道,街道须在 {due_at} 前决定。",
            ),
            Locale.EN: Text(
                "Before the street now: {title}",
                "{asked} about “{title}”: not answered in time; the street decides by {due_at}.",
            ),
        },
    ),
    NoticeKind(
        code="QUESTION_EXTENDED",
        category=Category.DISCLOSURE,
        subject_kind="question",
        hears=(Heard(events.QuestionExtended, "question_id", slot=EACH_TIME),),
        audience=people.together(audiences.asker, audiences.answerers),
        resolve=_extended,
        variables={"title": TEXT, "due_at": DATETIME, "reason": TEXT},
        stale_after=A_WEEK,
        reaches_away=True,
        says={
            Locale.ZH_HANS: Text(
                "答复延期:{title}", "对「{title}」的答复延至 {due_at} 前。理由:{reason}"
            ),
            Locale.EN: Text(
                "An answer may take longer: {title}",
                "About “{title}” an answer is due by {due_at} now: {reason}",
            ),
        },
    ),
    NoticeKind(
        code="QUESTION_ANSWERED",
        category=Category.DISCLOSURE,
        subject_kind="question",
        hears=(Heard(events.QuestionAnswered, "question_id", slot=EACH_TIME),),
        audience=audiences.asker,
        resolve=_answered,
        variables=_ANSWER,
        is_legal=True,
        reaches_away=True,
        says={
            Locale.ZH_HANS: Text(
                "你的质询已答复:{title}", "对「{title}」的答复({decision}):{answer}"
            ),
            Locale.EN: Text(
                "You have an answer: {title}", "About “{title}” ({decision}): {answer}"
            ),
        },
    ),
    NoticeKind(
        code="QUESTION_DECIDED",
        category=Category.DISCLOSURE,
        subject_kind="question",
        hears=(Heard(events.QuestionDecided, "question_id", slot=EACH_TIME),),
        audience=people.together(audiences.asker, audiences.answerers),
        resolve=_answered,
        variables=_ANSWER,
        is_legal=True,
        reaches_away=True,
        says={
            Locale.ZH_HANS: Text(
                "街道已作决定:{title}", "对「{title}」的质询({decision}):{answer}"
            ),
            Locale.EN: Text(
                "The street has decided: {title}", "About “{title}” ({decision}): {answer}"
            ),
        },
    ),
    NoticeKind(
        code="QUESTION_DECISION_LATE",
        category=Category.DISCLOSURE,
        subject_kind="question",
        hears=(Heard(events.QuestionDecisionOverdue, "question_id", slot=EACH_TIME),),
        withdrawn_by=(Heard(events.QuestionDecided, "question_id"),),
        audience=people.together(audiences.asker, _street),
        resolve=_waiting(_WITH_STREET, "street_due_at"),
        variables=_DUE,
        stale_after=A_WEEK,
        reaches_away=True,
        says={
            Locale.ZH_HANS: Text(
                "街道逾期未决定:{title}", "对「{title}」的{asked}应于 {due_at} 前决定,已逾期。"
            ),
            Locale.EN: Text(
                "Not decided in time: {title}",
                "{asked} about “{title}” was to be decided by {due_at}.",
            ),
        },
    ),
    NoticeKind(
        code="QUESTION_CORRECTED",
        category=Category.DISCLOSURE,
        subject_kind="question",
        hears=(Heard(events.QuestionCorrected, "question_id"),),
        audience=audiences.asker,
        resolve=_question,
        variables=_TITLE,
        is_legal=True,
        reaches_away=True,
        says={
            Locale.ZH_HANS: Text("已更正:{title}", "因你提出的意见,「{title}」已公开更正。"),
            Locale.EN: Text(
                "Put right: {title}", "Because of what you said, “{title}” was corrected."
            ),
        },
    ),
    NoticeKind(
        code="DEMAND_RAISED",
        category=Category.DUTIES,
        subject_kind="demand",
        hears=(Heard(events.DemandRaised, "demand_id"),),
        audience=people.besides(_committee, audiences.raisers),
        resolve=_demand,
        variables=_TITLE,
        stale_after=A_WEEK,
        is_digestible=True,
        channels=QUIET,
        seconds=False,
        says={
            Locale.ZH_HANS: Text("居民要求公开:{title}", "居民正在为公开「{title}」征集支持。"),
            Locale.EN: Text(
                "A demand: {title}", "Residents collect support for making “{title}” public."
            ),
        },
    ),
    NoticeKind(
        code="DEMAND_REACHED",
        category=Category.DISCLOSURE,
        subject_kind="demand",
        hears=(Heard(events.DemandReached, "demand_id"),),
        audience=_behind,
        resolve=_owed,
        variables={"title": TEXT, "due_at": DATETIME},
        stale_after=A_MONTH,
        says={
            Locale.ZH_HANS: Text(
                "要求公开已达人数:{title}", "你支持的「{title}」须在 {due_at} 前公开。"
            ),
            Locale.EN: Text(
                "Enough stand behind it: {title}", "“{title}” has to be public by {due_at}."
            ),
        },
    ),
    NoticeKind(
        code="DEMAND_OWED",
        category=Category.DUTIES,
        subject_kind="demand",
        hears=(Heard(events.DemandReached, "demand_id"),),
        audience=people.holders(Role.COMMITTEE_MEMBER, Role.SOCIAL_WORKER),
        resolve=_owed,
        variables={"title": TEXT, "due_at": DATETIME},
        seconds=False,
        says={
            Locale.ZH_HANS: Text(
                "须应居民要求公开:{title}", "居民联名要求公开「{title}」,须在 {due_at} 前公开。"
            ),
            Locale.EN: Text(
                "Demanded and owed: {title}",
                "So many demand “{title}” that it has to be public by {due_at}.",
            ),
        },
    ),
    NoticeKind(
        code="DEMAND_LAPSED",
        category=Category.DISCLOSURE,
        subject_kind="demand",
        hears=(Heard(events.DemandLapsed, "demand_id"),),
        audience=_behind,
        resolve=_lapsed,
        variables=_TITLE,
        stale_after=A_MONTH,
        is_digestible=True,
        says={
            Locale.ZH_HANS: Text("要求公开未达人数:{title}", "「{title}」在期限内支持人数不足。"),
            Locale.EN: Text(
                "Too few stood behind it: {title}", "“{title}” found too little support in time."
            ),
        },
    ),
)

# Events of which nobody is told by a notice, and why.
UNTOLD: Mapping[type, str] = {
    events.AnswerRatedByAsker: "whether an answer satisfied stands where the answer is",
}
