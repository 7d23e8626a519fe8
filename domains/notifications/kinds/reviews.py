"""What is told of half-yearly reviews: to who is reviewed, who rates, who waits for an answer."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from domains.kernel.actor import Role
from domains.kernel.database import Row
from domains.membership.queries import addressees
from domains.notifications.audiences import people
from domains.notifications.audiences.matters import OF_AN_ORGANISATION
from domains.notifications.kinds.kind import EACH_TIME, Heard, NoticeKind, Text
from domains.notifications.telling import Addressee, Facts, Telling
from domains.notifications.values import Category, Locale, ReasonCode, VariableKind
from domains.pledges.events import reviews as events
from domains.pledges.queries import telling as reviews
from domains.pledges.values.reviews import Half, ReviewState

TEXT, DATETIME, INTEGER = VariableKind.TEXT, VariableKind.DATETIME, VariableKind.INTEGER
A_WEEK = timedelta(days=7)
_OF: Mapping[str, VariableKind] = {"year": INTEGER, "half": TEXT}
_HALVES: Mapping[Half, Mapping[str, str]] = {
    Half.H1: {"zh-Hans": "上半年", "en": "first half"},
    Half.H2: {"zh-Hans": "下半年", "en": "second half"},
}
_WAITS = frozenset({ReviewState.SCHEDULED, ReviewState.REPORTS_DUE})


async def _review(telling: Telling) -> Facts | None:
    """Say of which half."""
    row = await reviews.review_to_tell(telling.subject_id)
    return None if row is None else Facts(_half(row))


def _half(row: Row) -> dict[str, str | int | Mapping[str, str] | None]:
    return {"year": row["year"], "half": _HALVES[Half(row["half"])]}


async def _scheduled(telling: Telling) -> Facts | None:
    """Say until when work reports are due."""
    row = await reviews.review_to_tell(telling.subject_id)
    if row is None or row["state"] not in _WAITS:
        return None
    return Facts({**_half(row), "due_at": row["reports_due_at"].isoformat()})


async def _meeting(telling: Telling) -> Facts | None:
    """Say when those under review report in person."""
    row = await reviews.review_to_tell(telling.subject_id)
    if row is None or row["meets_at"] is None:
        return None
    meets_at = row["meets_at"]
    return Facts({**_half(row), "meets_at": meets_at.isoformat()}, until=meets_at)


async def _rating(telling: Telling) -> Facts | None:
    """Say until when ratings are taken."""
    row = await reviews.review_to_tell(telling.subject_id)
    if row is None or row["state"] != ReviewState.RATING:
        return None
    until = row["rating_closes_at"]
    return Facts({**_half(row), "closes_at": until.isoformat()}, until=until)


async def _voided(telling: Telling) -> Facts | None:
    """Say why the round does not stand."""
    row = await reviews.review_to_tell(telling.subject_id)
    return None if row is None else Facts({**_half(row), "reason": row["void_reason"] or "—"})


async def _rectification(telling: Telling) -> Facts | None:
    """Say what is to be put right by when."""
    row = await reviews.review_to_tell(telling.subject_id)
    order = await reviews.rectification_to_tell(telling.id("rectification_id"))
    if row is None or order is None:
        return None
    said = {"demand": order["demand"], "due_at": order["due_at"].isoformat()}
    return Facts({**_half(row), **said})


async def _judged(telling: Telling) -> Facts | None:
    """Say whether it was put right."""
    row = await reviews.review_to_tell(telling.subject_id)
    order = await reviews.rectification_to_tell(telling.id("rectification_id"))
    if row is None or order is None or order["verdict"] is None:
        return None
    return Facts({**_half(row), "verdict": order["verdict"]})


async def _appraised(telling: Telling) -> Facts | None:
    """Say of which year."""
    row = await reviews.appraisal_to_tell(telling.id("appraisal_id"))
    return None if row is None else Facts({"year": row["year"]})


async def _reviewed(telling: Telling, after: UUID | None, limit: int) -> list[Addressee]:
    """Address who is under review, all or one: a person, or who acts for a body."""
    one = telling.id_or_none("reviewee_id")
    found: set[UUID] = set()
    for row in await reviews.reviewees_of(telling.subject_id, one):
        if row["person_id"] is not None:
            found.add(row["person_id"])
        else:
            acting = await addressees.members_after(
                row["organisation_id"], OF_AN_ORGANISATION, None, 100
            )
            found.update(each["person_id"] for each in acting)
    kept = sorted(each for each in found if after is None or each > after)
    return [Addressee(each, ReasonCode.CONCERNED) for each in kept[:limit]]


async def _raters(telling: Telling, after: UUID | None, limit: int) -> list[Addressee]:
    """Address who may rate."""
    found = await reviews.raters_after(telling.subject_id, after, limit)
    return [Addressee(each, ReasonCode.PARTICIPANT) for each in found]


async def _remarked(telling: Telling, after: UUID | None, limit: int) -> list[Addressee]:
    """Address who remarked on it."""
    found = await reviews.remarked_after(telling.id("reviewee_id"), after, limit)
    return [Addressee(each, ReasonCode.PARTICIPANT) for each in found]


async def _appraisees(telling: Telling) -> list[UUID | None]:
    row = await reviews.appraisal_to_tell(telling.id("appraisal_id"))
    return [] if row is None else [row["person_id"]]


_street = people.holders(Role.STREET_REVIEWER)

KINDS = (
    NoticeKind(
        code="REVIEW_REPORT_DUE",
        category=Category.DUTIES,
        subject_kind="review",
        hears=(Heard(events.ReviewScheduled, "review_id"),),
        audience=_reviewed,
        resolve=_scheduled,
        variables={"year": INTEGER, "half": TEXT, "due_at": DATETIME},
        seconds=False,
        says={
            Locale.ZH_HANS: Text(
                "述职材料待提交", "{year} 年{half}民主评议开始,请于 {due_at} 前提交述职材料。"
            ),
            Locale.EN: Text(
                "Your work report is due",
                "The review of {year}, {half}: hand your report in by {due_at}.",
            ),
        },
    ),
    NoticeKind(
        code="REVIEW_REPORT_LATE",
        category=Category.DUTIES,
        subject_kind="review",
        hears=(Heard(events.ReviewReportsDue, "review_id"),),
        audience=people.together(_reviewed, _street),
        resolve=_scheduled,
        variables={"year": INTEGER, "half": TEXT, "due_at": DATETIME},
        stale_after=A_WEEK,
        seconds=False,
        says={
            Locale.ZH_HANS: Text(
                "述职材料逾期", "{year} 年{half}民主评议的述职材料应于 {due_at} 前提交,仍有未交。"
            ),
            Locale.EN: Text(
                "Work reports are late",
                "The review of {year}, {half}: reports were due by {due_at}, and some are missing.",
            ),
        },
    ),
    NoticeKind(
        code="REVIEW_MEETING",
        category=Category.PLEDGES,
        subject_kind="review",
        hears=(Heard(events.ReviewMeetingSet, "review_id", slot=EACH_TIME),),
        audience=people.together(_reviewed, _raters),
        resolve=_meeting,
        variables={"year": INTEGER, "half": TEXT, "meets_at": DATETIME},
        says={
            Locale.ZH_HANS: Text("述职评议会", "{year} 年{half}述职评议会将于 {meets_at} 举行。"),
            Locale.EN: Text(
                "They report in person",
                "The review of {year}, {half}: the meeting is on {meets_at}.",
            ),
        },
    ),
    NoticeKind(
        code="REVIEW_RATING_OPEN",
        category=Category.PLEDGES,
        subject_kind="review",
        hears=(Heard(events.ReviewRatingOpened, "review_id"),),
        withdrawn_by=(
            Heard(events.ReviewTallied, "review_id"),
            Heard(events.ReviewVoided, "review_id"),
        ),
        audience=_raters,
        resolve=_rating,
        variables={"year": INTEGER, "half": TEXT, "closes_at": DATETIME},
        says={
            Locale.ZH_HANS: Text(
                "请参加民主评议", "{year} 年{half}民主评议开始评分,{closes_at} 截止,评分保密。"
            ),
            Locale.EN: Text(
                "Please rate",
                "The review of {year}, {half}: ratings are taken until {closes_at}, in secret.",
            ),
        },
    ),
    NoticeKind(
        code="REVIEW_VOID",
        category=Category.PLEDGES,
        subject_kind="review",
        hears=(Heard(events.ReviewVoided, "review_id"),),
        audience=people.together(_reviewed, _raters),
        resolve=_voided,
        variables={"year": INTEGER, "half": TEXT, "reason": TEXT},
        stale_after=A_WEEK,
        says={
            Locale.ZH_HANS: Text("民主评议无效", "{year} 年{half}民主评议参评人数不足:{reason}"),
            Locale.EN: Text("The review does not stand", "The review of {year}, {half}: {reason}"),
        },
    ),
    NoticeKind(
        code="REVIEW_PUBLISHED",
        category=Category.PLEDGES,
        subject_kind="review",
        hears=(Heard(events.ReviewPublished, "review_id"),),
        audience=people.together(_reviewed, _raters),
        resolve=_review,
        variables=_OF,
        is_digestible=True,
        stale_after=A_WEEK,
        says={
            Locale.ZH_HANS: Text("民主评议结果公布", "{year} 年{half}民主评议结果已公布。"),
            Locale.EN: Text(
                "The result is out", "The review of {year}, {half} has been published."
            ),
        },
    ),
    NoticeKind(
        code="REVIEW_FAILURES",
        category=Category.DUTIES,
        subject_kind="review",
        hears=(Heard(events.ReviewFailuresFlagged, "review_id", slot="reviewee_id"),),
        audience=_street,
        resolve=_review,
        variables=_OF,
        stale_after=A_WEEK,
        seconds=False,
        says={
            Locale.ZH_HANS: Text(
                "连续评议不合格", "{year} 年{half}民主评议中有对象连续不合格,请研究处理。"
            ),
            Locale.EN: Text(
                "Failed again and again",
                "In the review of {year}, {half} somebody has failed as often as the rules name.",
            ),
        },
    ),
    NoticeKind(
        code="REVIEW_REMARKS_ANSWERED",
        category=Category.PLEDGES,
        subject_kind="review",
        hears=(Heard(events.ReviewRemarksAnswered, "review_id", slot="topic_id"),),
        audience=_remarked,
        resolve=_review,
        variables=_OF,
        is_legal=True,
        seconds=False,
        says={
            Locale.ZH_HANS: Text(
                "评议意见已答复", "{year} 年{half}民主评议中你提出意见的对象已作出答复。"
            ),
            Locale.EN: Text(
                "Remarks were answered",
                "In the review of {year}, {half} somebody on whom you remarked has answered.",
            ),
        },
    ),
    NoticeKind(
        code="REVIEW_REMARKS_LATE",
        category=Category.DUTIES,
        subject_kind="review",
        hears=(Heard(events.ReviewRemarksAnswerLate, "review_id", slot="topic_id"),),
        audience=people.together(_reviewed, _street),
        resolve=_review,
        variables=_OF,
        stale_after=A_WEEK,
        seconds=False,
        says={
            Locale.ZH_HANS: Text("评议意见答复逾期", "{year} 年{half}民主评议的意见未按期答复。"),
            Locale.EN: Text(
                "Remarks are not answered",
                "In the review of {year}, {half} remarks were not answered in time.",
            ),
        },
    ),
    NoticeKind(
        code="RECTIFICATION_ORDERED",
        category=Category.PLEDGES,
        subject_kind="review",
        hears=(Heard(events.RectificationOrdered, "review_id", slot="rectification_id"),),
        audience=_reviewed,
        resolve=_rectification,
        variables={"year": INTEGER, "half": TEXT, "demand": TEXT, "due_at": DATETIME},
        is_legal=True,
        seconds=False,
        says={
            Locale.ZH_HANS: Text(
                "请整改", "{year} 年{half}民主评议要求整改:{demand},期限 {due_at}。"
            ),
            Locale.EN: Text(
                "To be put right", "After the review of {year}, {half}: {demand}; by {due_at}."
            ),
        },
    ),
    NoticeKind(
        code="RECTIFICATION_REPORTED",
        category=Category.DUTIES,
        subject_kind="review",
        hears=(Heard(events.RectificationReported, "review_id", slot="rectification_id"),),
        audience=_street,
        resolve=_rectification,
        variables={"year": INTEGER, "half": TEXT, "demand": TEXT, "due_at": DATETIME},
        stale_after=A_WEEK,
        seconds=False,
        says={
            Locale.ZH_HANS: Text(
                "整改待核查", "{year} 年{half}民主评议有一项整改报告完成,请核查:{demand}"
            ),
            Locale.EN: Text(
                "Said to be put right", "After the review of {year}, {half}, to be judged: {demand}"
            ),
        },
    ),
    NoticeKind(
        code="RECTIFICATION_LATE",
        category=Category.DUTIES,
        subject_kind="review",
        hears=(Heard(events.RectificationLate, "review_id", slot="rectification_id"),),
        audience=people.together(_reviewed, _street),
        resolve=_rectification,
        variables={"year": INTEGER, "half": TEXT, "demand": TEXT, "due_at": DATETIME},
        stale_after=A_WEEK,
        seconds=False,
        says={
            Locale.ZH_HANS: Text(
                "整改逾期", "{year} 年{half}民主评议的整改应于 {due_at} 前完成:{demand}"
            ),
            Locale.EN: Text(
                "Not put right in time",
                "After the review of {year}, {half}, due by {due_at}: {demand}",
            ),
        },
    ),
    NoticeKind(
        code="RECTIFICATION_JUDGED",
        category=Category.PLEDGES,
        subject_kind="review",
        hears=(Heard(events.RectificationJudged, "review_id", slot=EACH_TIME),),
        audience=_reviewed,
        resolve=_judged,
        variables={"year": INTEGER, "half": TEXT, "verdict": TEXT},
        is_legal=True,
        seconds=False,
        says={
            Locale.ZH_HANS: Text("整改核查结果", "{year} 年{half}民主评议的整改核查:{verdict}"),
            Locale.EN: Text("What was found", "After the review of {year}, {half}: {verdict}"),
        },
    ),
    NoticeKind(
        code="APPRAISAL_RECORDED",
        category=Category.PLEDGES,
        subject_kind="review",
        hears=(Heard(events.AppraisalRecorded, "review_id", slot="appraisal_id"),),
        audience=people.few(_appraisees),
        resolve=_appraised,
        variables={"year": INTEGER},
        is_legal=True,
        seconds=False,
        says={
            Locale.ZH_HANS: Text("年度考核结果", "{year} 年度考核结果已记录,你可以提出申述。"),
            Locale.EN: Text(
                "Your appraisal", "Your appraisal of {year} is recorded; you may reply."
            ),
        },
    ),
    NoticeKind(
        code="APPRAISAL_REPLIED",
        category=Category.DUTIES,
        subject_kind="review",
        hears=(Heard(events.AppraisalReplied, "review_id", slot="appraisal_id"),),
        audience=_street,
        resolve=_appraised,
        variables={"year": INTEGER},
        stale_after=A_WEEK,
        seconds=False,
        says={
            Locale.ZH_HANS: Text("考核有申述", "有人对 {year} 年度考核提出申述。"),
            Locale.EN: Text(
                "A reply to an appraisal", "Somebody replied to their appraisal of {year}."
            ),
        },
    ),
)

# Events of which nobody is told by a notice, and why.
UNTOLD: Mapping[type, str] = {
    events.WorkReportFiled: "it is public at once, and who waits for it sees it",
    events.ReviewTallied: "the result is told when it is published",
    events.ReviewReReviewed: "the second review is told as a review of its own",
    events.ReviewLinked: "the appraisal is told to who is appraised",
}
