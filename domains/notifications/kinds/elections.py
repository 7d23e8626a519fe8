"""What is told of candidates and of petitions for a recall: to who stands, nominated or signed."""

from collections.abc import Mapping
from uuid import UUID

from domains.kernel.database import Row
from domains.notifications.audiences import people
from domains.notifications.kinds.kind import EACH_TIME, Heard, NoticeKind, Text
from domains.notifications.telling import Facts, Telling
from domains.notifications.values import Category, Locale, ReasonCode, VariableKind
from domains.voting import events
from domains.voting.queries import telling as polls
from domains.voting.values import CandidateState, VettingGround

TEXT, PERSON = VariableKind.TEXT, VariableKind.PERSON

_GROUNDS: Mapping[VettingGround, Mapping[str, str]] = {
    VettingGround.NOT_ON_ROLL: {"zh-Hans": "不在选民名册", "en": "not on the roll"},
    VettingGround.UNDER_AGE: {"zh-Hans": "未满法定年龄", "en": "under age"},
    VettingGround.NO_POLITICAL_RIGHTS: {
        "zh-Hans": "无政治权利",
        "en": "without political rights",
    },
    VettingGround.TOO_FEW_NOMINATORS: {"zh-Hans": "提名人数不足", "en": "too few nominators"},
    VettingGround.OTHER: {"zh-Hans": "其他", "en": "another ground"},
}
_VETTED = {
    CandidateState.STANDING: {"zh-Hans": "已成为正式候选人", "en": "stands"},
    CandidateState.REFUSED: {"zh-Hans": "未通过资格审查", "en": "was refused"},
}


def _why(row: Row) -> Mapping[str, str]:
    """Return the grounds and the reason in each language; a dash where there are none."""
    grounds = [_GROUNDS[VettingGround(each)] for each in row["grounds"] or ()]
    said = [row["reason"]] if row["reason"] else []
    return {
        each.value: (", " if each is Locale.EN else "、").join(
            [*(ground[each.value] for ground in grounds), *said]
        )
        or "—"
        for each in Locale
    }


async def _nominated(telling: Telling) -> Facts | None:
    """Say for what, as long as it is not vetted."""
    row = await polls.candidate_to_tell(telling.id("candidate_id"))
    if row is None or row["state"] != CandidateState.NOMINATED:
        return None
    return Facts({"title": row["title"]})


async def _vetted(telling: Telling) -> Facts | None:
    """Say of whom, what vetting found, and why."""
    row = await polls.candidate_to_tell(telling.id("candidate_id"))
    if row is None or row["state"] not in _VETTED or row["person_id"] is None:
        return None
    return Facts(
        {
            "title": row["title"],
            "person": str(row["person_id"]),
            "decision": _VETTED[CandidateState(row["state"])],
            "reason": _why(row),
        }
    )


async def _recall(telling: Telling) -> Facts | None:
    """Say of whom."""
    row = await polls.recall_to_tell(telling.subject_id)
    return None if row is None else Facts({"person": str(row["person_id"])})


async def _candidates(telling: Telling) -> list[UUID | None]:
    row = await polls.candidate_to_tell(telling.id("candidate_id"))
    return [] if row is None else [row["person_id"]]


async def _nominators(telling: Telling) -> list[UUID | None]:
    return list(await polls.nominators_of(telling.id("candidate_id")))


async def _petitioners(telling: Telling) -> list[UUID | None]:
    row = await polls.recall_to_tell(telling.subject_id)
    return [] if row is None else [row["by_id"]]


_petitioner = people.few(_petitioners, ReasonCode.AUTHOR)

KINDS = (
    NoticeKind(
        code="CANDIDATE_NOMINATED",
        category=Category.POLLS,
        subject_kind="poll",
        hears=(Heard(events.CandidateNominated, "poll_id", slot="candidate_id"),),
        withdrawn_by=(Heard(events.PollCancelled, "poll_id"),),
        audience=people.few(_candidates),
        resolve=_nominated,
        variables={"title": TEXT},
        is_legal=True,
        says={
            Locale.ZH_HANS: Text("你被提名:{title}", "有选民在「{title}」中提名了你,你可以退出。"),
            Locale.EN: Text("You were nominated: {title}", "In “{title}”; you may withdraw."),
        },
    ),
    NoticeKind(
        code="CANDIDATE_VETTED",
        category=Category.POLLS,
        subject_kind="poll",
        hears=(Heard(events.CandidateVetted, "poll_id", slot="candidate_id"),),
        withdrawn_by=(Heard(events.PollCancelled, "poll_id"),),
        audience=people.together(
            people.few(_candidates), people.few(_nominators, ReasonCode.AUTHOR)
        ),
        resolve=_vetted,
        variables={"title": TEXT, "person": PERSON, "decision": TEXT, "reason": TEXT},
        is_legal=True,
        says={
            Locale.ZH_HANS: Text(
                "资格审查结果:{title}", "{person}在「{title}」中{decision}。说明:{reason}"
            ),
            Locale.EN: Text("Vetting: {title}", "“{title}”: {person} {decision}. {reason}"),
        },
    ),
    NoticeKind(
        code="RECALL_REACHED",
        category=Category.POLLS,
        subject_kind="recall",
        hears=(Heard(events.RecallSupported, "recall_id"),),
        audience=_petitioner,
        resolve=_recall,
        variables={"person": PERSON},
        is_legal=True,
        says={
            Locale.ZH_HANS: Text(
                "罢免动议已达人数:{person}", "你提出的罢免动议已达法定联名人数,须投票表决。"
            ),
            Locale.EN: Text(
                "Enough have signed: {person}", "What you petitioned for has to be voted on."
            ),
        },
    ),
    NoticeKind(
        code="RECALL_CONVENED",
        category=Category.POLLS,
        subject_kind="recall",
        hears=(Heard(events.RecallConvened, "recall_id", slot=EACH_TIME),),
        audience=_petitioner,
        resolve=_recall,
        variables={"person": PERSON},
        is_legal=True,
        says={
            Locale.ZH_HANS: Text(
                "罢免投票已安排:{person}", "你提出的罢免动议将投票表决,结果会公布。"
            ),
            Locale.EN: Text(
                "There will be a vote: {person}", "On what you petitioned for a vote is drafted."
            ),
        },
    ),
)

# Events of which nobody is told by a notice, and why.
UNTOLD: Mapping[type, str] = {
    events.RollChanged: "whoever objected is told what came of it; the roll itself is read",
    events.ProxiesPublished: "who gave a proxy knows; that it is on the roll is read there",
    events.CandidatesChanged: "live only: nominations and vetting are told as such",
    events.TellersChanged: "who counts is asked beforehand; their names are public",
    events.PollCertified: "the count was told; certifying changes nothing of it",
    events.PollPublicised: "the result was told; until when it may be challenged stands there",
    events.PollFinished: "nothing changes when the display is over",
}
