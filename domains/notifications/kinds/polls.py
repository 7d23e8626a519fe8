"""What is told of polls, from the roll to the result; not of those of a meeting or a review."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from domains.kernel.actor import Role
from domains.kernel.database import Row
from domains.notifications.audiences import people
from domains.notifications.audiences import polls as audiences
from domains.notifications.kinds.kind import Heard, NoticeKind, Text
from domains.notifications.telling import Facts, Telling, Value
from domains.notifications.values import Category, Locale, ReasonCode, VariableKind
from domains.voting import events
from domains.voting.queries import telling as polls
from domains.voting.values import ObjectionState, Outcome, PollState

TEXT, DATETIME = VariableKind.TEXT, VariableKind.DATETIME
STAFF = (Role.COMMITTEE_MEMBER,)
# What still matters a week later, and not after.
A_WEEK = timedelta(days=7)

_OUTCOMES: Mapping[Outcome, Mapping[str, str]] = {
    Outcome.PASSED: {"zh-Hans": "通过", "en": "passed"},
    Outcome.REJECTED: {"zh-Hans": "未通过", "en": "rejected"},
    Outcome.CHOSEN: {"zh-Hans": "已选定方案", "en": "decided"},
    Outcome.UNDECIDED: {"zh-Hans": "未形成决定", "en": "undecided"},
    Outcome.ELECTED: {"zh-Hans": "已选出", "en": "elected"},
    Outcome.PARTLY_ELECTED: {"zh-Hans": "部分选出", "en": "partly elected"},
    Outcome.NOT_ELECTED: {"zh-Hans": "未选出", "en": "nobody elected"},
    Outcome.INQUORATE: {"zh-Hans": "参加人数不足", "en": "too few took part"},
}
_UPHELD: Mapping[bool, Mapping[str, str]] = {
    True: {"zh-Hans": "成立", "en": "upheld"},
    False: {"zh-Hans": "不成立", "en": "dismissed"},
}
_ENDED = (Heard(events.PollCancelled, "poll_id"), Heard(events.PollClosed, "poll_id"))


async def _public(telling: Telling) -> Row | None:
    """Read a poll that is told of: not one of a meeting or a review, which are told."""
    poll = await polls.poll_to_tell(telling.subject_id)
    return None if poll is None or poll["is_told_elsewhere"] else poll


async def _roll(telling: Telling) -> Facts | None:
    """Say until when the roll may be objected to, as long as it may."""
    poll = await _public(telling)
    if poll is None or poll["state"] != PollState.ROLL_PUBLISHED:
        return None
    until = poll["objections_until"]
    return Facts({"title": poll["title"], "objections_until": until.isoformat()}, until=until)


async def _open(telling: Telling) -> Facts | None:
    """Say what is asked and until when, as long as ballots are taken."""
    poll = await _public(telling)
    if poll is None or poll["state"] not in {PollState.ROLL_FROZEN, PollState.OPEN}:
        return None
    closes_at = poll["closes_at"]
    return Facts({"title": poll["title"], "closes_at": closes_at.isoformat()}, until=closes_at)


async def _result(telling: Telling) -> Facts | None:
    """Say what the count decided."""
    poll = await _public(telling)
    if poll is None or poll["outcome"] is None:
        return None
    values: dict[str, Value] = {
        "title": poll["title"],
        "outcome": _OUTCOMES[Outcome(poll["outcome"])],
    }
    return Facts(values)


async def _named(telling: Telling) -> Facts | None:
    """Say which poll."""
    poll = await _public(telling)
    return None if poll is None else Facts({"title": poll["title"]})


async def _cancelled(telling: Telling) -> Facts | None:
    """Say why there is no result."""
    poll = await _public(telling)
    if poll is None:
        return None
    reason = poll["annul_reason"] or poll["cancel_reason"] or "—"
    return Facts({"title": poll["title"], "reason": reason})


async def _objection(telling: Telling) -> Facts | None:
    """Say what became of an objection to a roll."""
    row = await polls.objection_to_tell(telling.id("objection_id"))
    if row is None or row["state"] == ObjectionState.OPEN:
        return None
    decision = _UPHELD[row["state"] == ObjectionState.UPHELD]
    return Facts({"title": row["title"], "decision": decision, "reason": row["reason"]})


async def _overdue_objection(telling: Telling) -> Facts | None:
    """Say which objection waits, as long as it does."""
    row = await polls.objection_to_tell(telling.id("objection_id"))
    if row is None or row["state"] != ObjectionState.OPEN:
        return None
    return Facts({"title": row["title"], "due_at": row["due_at"].isoformat()})


async def _challenge(telling: Telling) -> Facts | None:
    """Say what became of a challenge to a result."""
    row = await polls.challenge_to_tell(telling.id("challenge_id"))
    if row is None or row["state"] == "open":
        return None
    decision = _UPHELD[row["state"] == "upheld"]
    return Facts({"title": row["title"], "decision": decision, "reason": row["reason"] or "—"})


async def _recall(telling: Telling) -> Facts | None:
    """Say of whom, and until when the vote has to be held."""
    row = await polls.recall_to_tell(telling.subject_id)
    if row is None or row["vote_until"] is None:
        return None
    until = row["vote_until"].isoformat()
    return Facts({"person": str(row["person_id"]), "vote_until": until})


async def _recalled(telling: Telling) -> Facts | None:
    row = await polls.recall_to_tell(telling.subject_id)
    return None if row is None else Facts({"person": str(row["person_id"])})


async def _objectors(telling: Telling) -> list[UUID | None]:
    row = await polls.objection_to_tell(telling.id("objection_id"))
    return [] if row is None else [row["by_id"]]


async def _challengers(telling: Telling) -> list[UUID | None]:
    row = await polls.challenge_to_tell(telling.id("challenge_id"))
    return [] if row is None else [row["by_id"]]


async def _authors(telling: Telling) -> list[UUID | None]:
    poll = await polls.poll_to_tell(telling.subject_id)
    return [] if poll is None else [poll["author_id"]]


async def _petitioned(telling: Telling) -> list[UUID | None]:
    row = await polls.recall_to_tell(telling.subject_id)
    return [] if row is None else [row["person_id"]]


_responsible = people.together(people.few(_authors, ReasonCode.RESPONSIBLE), people.holders(*STAFF))

KINDS = (
    NoticeKind(
        code="POLL_ROLL_PUBLISHED",
        category=Category.POLLS,
        subject_kind="poll",
        hears=(Heard(events.RollPublished, "poll_id"),),
        withdrawn_by=(Heard(events.PollCancelled, "poll_id"),),
        audience=audiences.on_roll,
        resolve=_roll,
        variables={"title": TEXT, "objections_until": DATETIME},
        is_legal=True,
        reaches_away=True,
        says={
            Locale.ZH_HANS: Text(
                "选民名册公布:{title}",
                "「{title}」的选民名册已公布,你在册。如有异议,请在 {objections_until} 前提出。",
            ),
            Locale.EN: Text(
                "Roll published: {title}",
                "You are on the roll for “{title}”. It may be objected to until"
                " {objections_until}.",
            ),
        },
    ),
    NoticeKind(
        code="POLL_ROLL_CLOSING",
        category=Category.POLLS,
        subject_kind="poll",
        hears=(Heard(events.RollClosingSoon, "poll_id"),),
        withdrawn_by=(
            Heard(events.PollCancelled, "poll_id"),
            Heard(events.PollPublished, "poll_id"),
        ),
        audience=people.residents(),
        resolve=_roll,
        variables={"title": TEXT, "objections_until": DATETIME},
        says={
            Locale.ZH_HANS: Text(
                "名册异议期即将结束:{title}",
                "「{title}」的选民名册可提异议至 {objections_until}。",
            ),
            Locale.EN: Text(
                "Objections end soon: {title}",
                "The roll for “{title}” may be objected to until {objections_until}.",
            ),
        },
    ),
    NoticeKind(
        code="POLL_OPENED",
        category=Category.POLLS,
        subject_kind="poll",
        hears=(Heard(events.PollOpened, "poll_id"),),
        withdrawn_by=_ENDED,
        audience=audiences.on_roll,
        concerns=audiences.still_to_vote,
        resolve=_open,
        variables={"title": TEXT, "closes_at": DATETIME},
        is_legal=True,
        reaches_away=True,
        says={
            Locale.ZH_HANS: Text(
                "投票开始:{title}", "「{title}」开始投票,{closes_at} 截止,请参加。"
            ),
            Locale.EN: Text(
                "Voting has begun: {title}",
                "Ballots on “{title}” are taken until {closes_at}.",
            ),
        },
    ),
    NoticeKind(
        code="POLL_CLOSING_SOON",
        category=Category.POLLS,
        subject_kind="poll",
        hears=(Heard(events.PollClosingSoon, "poll_id"),),
        withdrawn_by=_ENDED,
        audience=audiences.not_voted,
        concerns=audiences.still_to_vote,
        resolve=_open,
        variables={"title": TEXT, "closes_at": DATETIME},
        # Whether somebody has voted is their own affair: helpers hear that it opened.
        seconds=False,
        reaches_away=True,
        says={
            Locale.ZH_HANS: Text(
                "投票即将截止:{title}",
                "你尚未参加「{title}」的投票,{closes_at} 截止。",
            ),
            Locale.EN: Text(
                "Closing soon: {title}",
                "You have not voted on “{title}” yet; ballots are taken until {closes_at}.",
            ),
        },
    ),
    NoticeKind(
        code="POLL_EXTENDED",
        category=Category.POLLS,
        subject_kind="poll",
        hears=(Heard(events.PollExtended, "poll_id"),),
        withdrawn_by=_ENDED,
        audience=audiences.not_voted,
        concerns=audiences.still_to_vote,
        resolve=_open,
        variables={"title": TEXT, "closes_at": DATETIME},
        # Whether somebody has voted is their own affair: helpers hear that it opened.
        seconds=False,
        reaches_away=True,
        says={
            Locale.ZH_HANS: Text(
                "投票延期:{title}",
                "因参加人数不足,「{title}」延长投票至 {closes_at},你尚未参加。",
            ),
            Locale.EN: Text(
                "Voting goes on: {title}",
                "Too few took part in “{title}”; ballots are taken until {closes_at}, and yours is"
                " not among them yet.",
            ),
        },
    ),
    NoticeKind(
        code="POLL_RESULT",
        category=Category.POLLS,
        subject_kind="poll",
        hears=(Heard(events.PollTallied, "poll_id"),),
        withdrawn_by=(Heard(events.PollAnnulled, "poll_id"),),
        audience=audiences.on_roll,
        resolve=_result,
        variables={"title": TEXT, "outcome": TEXT},
        stale_after=A_WEEK,
        is_digestible=True,
        reaches_away=True,
        says={
            Locale.ZH_HANS: Text("投票结果:{title}", "「{title}」计票完成:{outcome}。"),
            Locale.EN: Text("Result: {title}", "“{title}” has been counted: {outcome}."),
        },
    ),
    NoticeKind(
        code="POLL_CANCELLED",
        category=Category.POLLS,
        subject_kind="poll",
        hears=(Heard(events.PollCancelled, "poll_id"),),
        audience=audiences.on_roll,
        resolve=_cancelled,
        variables={"title": TEXT, "reason": TEXT},
        stale_after=A_WEEK,
        reaches_away=True,
        says={
            Locale.ZH_HANS: Text("投票取消:{title}", "「{title}」已取消。原因:{reason}"),
            Locale.EN: Text("Cancelled: {title}", "“{title}” was cancelled: {reason}"),
        },
    ),
    NoticeKind(
        code="POLL_ANNULLED",
        category=Category.POLLS,
        subject_kind="poll",
        hears=(Heard(events.PollAnnulled, "poll_id"),),
        audience=audiences.on_roll,
        resolve=_cancelled,
        variables={"title": TEXT, "reason": TEXT},
        is_legal=True,
        reaches_away=True,
        says={
            Locale.ZH_HANS: Text("投票无效:{title}", "「{title}」的结果无效。原因:{reason}"),
            Locale.EN: Text("Result void: {title}", "The result of “{title}” is void: {reason}"),
        },
    ),
    NoticeKind(
        code="POLL_HELD_AGAIN",
        category=Category.POLLS,
        subject_kind="poll",
        hears=(Heard(events.PollHeldAgain, "poll_id"),),
        audience=audiences.on_roll,
        resolve=_named,
        variables={"title": TEXT},
        stale_after=A_WEEK,
        reaches_away=True,
        says={
            Locale.ZH_HANS: Text("将重新投票:{title}", "「{title}」将重新组织投票。"),
            Locale.EN: Text("To be voted on again: {title}", "“{title}” is put to the vote again."),
        },
    ),
    NoticeKind(
        code="POLL_RUNOFF",
        category=Category.POLLS,
        subject_kind="poll",
        hears=(Heard(events.RunoffCreated, "poll_id"),),
        audience=audiences.on_roll,
        resolve=_named,
        variables={"title": TEXT},
        stale_after=A_WEEK,
        reaches_away=True,
        says={
            Locale.ZH_HANS: Text("另行选举:{title}", "「{title}」名额未选满,将另行选举。"),
            Locale.EN: Text(
                "A further round: {title}", "Seats of “{title}” stayed open and are voted on again."
            ),
        },
    ),
    NoticeKind(
        code="ROLL_OBJECTION_FILED",
        category=Category.DUTIES,
        subject_kind="poll",
        hears=(Heard(events.RollObjectionFiled, "poll_id", slot="@event"),),
        audience=_responsible,
        resolve=_named,
        variables={"title": TEXT},
        stale_after=A_WEEK,
        seconds=False,
        says={
            Locale.ZH_HANS: Text("名册异议待处理:{title}", "有人对「{title}」的选民名册提出异议。"),
            Locale.EN: Text("Objection to decide: {title}", "Somebody objects to the roll."),
        },
    ),
    NoticeKind(
        code="ROLL_OBJECTION_DECIDED",
        category=Category.POLLS,
        subject_kind="poll",
        hears=(Heard(events.RollObjectionDecided, "poll_id", slot="objection_id"),),
        audience=people.few(_objectors, ReasonCode.AUTHOR),
        resolve=_objection,
        variables={"title": TEXT, "decision": TEXT, "reason": TEXT},
        is_legal=True,
        says={
            Locale.ZH_HANS: Text(
                "名册异议答复:{title}", "你对「{title}」选民名册的异议{decision}:{reason}"
            ),
            Locale.EN: Text(
                "Your objection: {title}", "Your objection to the roll is {decision}: {reason}"
            ),
        },
    ),
    NoticeKind(
        code="ROLL_OBJECTION_OVERDUE",
        category=Category.DUTIES,
        subject_kind="poll",
        hears=(Heard(events.RollObjectionOverdue, "poll_id", slot="objection_id"),),
        audience=_responsible,
        resolve=_overdue_objection,
        variables={"title": TEXT, "due_at": DATETIME},
        stale_after=A_WEEK,
        seconds=False,
        says={
            Locale.ZH_HANS: Text(
                "名册异议逾期:{title}", "「{title}」有一件名册异议应于 {due_at} 前答复,尚未答复。"
            ),
            Locale.EN: Text(
                "Objection overdue: {title}", "An objection was to be decided by {due_at}."
            ),
        },
    ),
    NoticeKind(
        code="POLL_CHALLENGED",
        category=Category.DUTIES,
        subject_kind="poll",
        hears=(Heard(events.PollChallenged, "poll_id", slot="@event"),),
        audience=_responsible,
        resolve=_named,
        variables={"title": TEXT},
        stale_after=A_WEEK,
        seconds=False,
        says={
            Locale.ZH_HANS: Text("投票结果被质疑:{title}", "有选民对「{title}」的结果提出异议。"),
            Locale.EN: Text("Result challenged: {title}", "A voter challenges the result."),
        },
    ),
    NoticeKind(
        code="POLL_CHALLENGE_DECIDED",
        category=Category.POLLS,
        subject_kind="poll",
        hears=(
            Heard(events.PollChallengeDecided, "poll_id", slot="challenge_id"),
            Heard(events.PollChallengeClosed, "poll_id", slot="challenge_id"),
        ),
        audience=people.few(_challengers, ReasonCode.AUTHOR),
        resolve=_challenge,
        variables={"title": TEXT, "decision": TEXT, "reason": TEXT},
        is_legal=True,
        reaches_away=True,
        says={
            Locale.ZH_HANS: Text(
                "结果异议答复:{title}", "你对「{title}」结果的异议{decision}:{reason}"
            ),
            Locale.EN: Text(
                "Your challenge: {title}", "Your challenge of the result is {decision}: {reason}"
            ),
        },
    ),
    NoticeKind(
        code="RECALL_BEGUN",
        category=Category.POLLS,
        subject_kind="recall",
        hears=(Heard(events.RecallBegun, "recall_id"),),
        audience=people.few(_petitioned),
        resolve=_recalled,
        variables={"person": VariableKind.PERSON},
        is_legal=True,
        seconds=False,
        says={
            Locale.ZH_HANS: Text("罢免动议:{person}", "有选民提出罢免你的动议,你可以提出申辩。"),
            Locale.EN: Text(
                "A petition for a recall: {person}", "You may answer it in your own words."
            ),
        },
    ),
    NoticeKind(
        code="RECALL_SUPPORTED",
        category=Category.DUTIES,
        subject_kind="recall",
        hears=(Heard(events.RecallSupported, "recall_id"),),
        audience=people.holders(Role.COMMITTEE_MEMBER, Role.STREET_REVIEWER),
        resolve=_recall,
        variables={"person": VariableKind.PERSON, "vote_until": DATETIME},
        is_legal=True,
        seconds=False,
        says={
            Locale.ZH_HANS: Text(
                "须组织罢免投票:{person}", "罢免动议已达法定联名人数,须在 {vote_until} 前投票表决。"
            ),
            Locale.EN: Text(
                "A recall has to be voted on: {person}",
                "Enough have signed; the vote has to be held by {vote_until}.",
            ),
        },
    ),
)
