"""The demo town's promises: one in each state that a day can show, and a review with its result.

All of it is done by the commands that people use; but a notice takes days and a rating too, and
the reader has none: notices are over at once, and the boxes close within seconds.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from uuid import UUID, uuid4

from domains.kernel import clock, database, rulesets
from domains.kernel.actor import SYSTEM, Actor, Role
from domains.kernel.database import transaction
from domains.kernel.errors import DomainError
from domains.kernel.rules import LegalEffect, Threshold
from domains.membership.queries import roles as role_queries
from domains.membership.service import roles
from domains.pledges import service
from domains.pledges.errors import OwnRating
from domains.pledges.service import (
    EvidenceDraft,
    MilestoneDraft,
    ReportDraft,
    Target,
    TermsDraft,
    publication,
    rating,
    remarks,
    review_count,
    reviews,
    work_reports,
)
from domains.pledges.service.held import hold, keep
from domains.pledges.service.presets import PLEDGE_REVIEW
from domains.pledges.values.pledges import EvidenceKind, PledgeAct, SourceKind
from domains.pledges.values.reviews import ReviewAnswer, ReviewState
from domains.voting import service as voting

Command = Callable[[], Awaitable[UUID | None]]

_BODY = "SELECT id FROM membership_organisation WHERE name = '夕阳红舞蹈队' AND area_id = $1"
# One adult of each household: what residents do here, these do.
_PEOPLE = """
SELECT DISTINCT ON (r.household_id) r.person_id FROM membership_residency r
JOIN membership_person p ON p.id = r.person_id
WHERE p.birth_date < '1995-01-01' AND p.id <> $1 ORDER BY r.household_id, r.id LIMIT 24
"""
_NOTICE_OVER = """
UPDATE pledges_pledge SET state = 'public_notice', noticed_at = kernel_now() - interval '8 days',
    notice_until = kernel_now() - interval '1 day' WHERE id = $1
"""
_RATE_NOW = """
UPDATE pledges_review SET reports_due_at = kernel_now(), rating_opens_at = kernel_now(),
    rating_closes_at = kernel_now() + $2 WHERE id = $1
"""
_STATE = "SELECT state FROM pledges_review WHERE id = $1"
_REPRESENTATIVES, _DRAWN = 6, 10
# Where a busy machine is too slow for the first, the void round is held again, and longer.
_RATING_LASTS = (timedelta(seconds=3), timedelta(seconds=15), timedelta(seconds=60))
TITLES = (
    *("为独居老人送餐", "北门坡道改造", "楼道声控灯更换", "儿童沙池换沙", "凉亭长椅翻新"),
    *("社区书屋周末开放", "中心花园补种月季", "旧衣回收亭", "健身步道防滑", "门岗饮水机"),
    "夜间广场值守",
)


async def plant(community: UUID, committee: Actor) -> None:
    """Promise, keep and break, and let the residents say what they make of it."""
    rows = await database.fetch(_PEOPLE, committee.person_id)
    people = [Actor(person_id=row["person_id"]) for row in rows]
    body = await database.fetch_value(_BODY, community)
    keeper = await _keeper(people[0], body)
    pledges = await _promises(community, committee, keeper, body)
    await _kept(committee, keeper, pledges, people[1:4])
    await _review(community, committee, keeper, body, people[4:])


async def _keeper(person: Actor, body: UUID) -> Actor:
    assert person.person_id is not None
    await roles.grant_role(
        SYSTEM,
        person_id=person.person_id,
        role=Role.ORGANISATION_ADMINISTRATOR,
        organisation_id=body,
    )
    return await _acting(person.person_id)


async def _acting(person_id: UUID) -> Actor:
    return Actor(person_id=person_id, grants=await role_queries.grants_of(person_id))


async def _promises(
    community: UUID, committee: Actor, keeper: Actor, body: UUID
) -> dict[str, UUID]:
    """Propose all; decline one, withdraw one, leave one on notice, commit the others."""
    today = await clock.today()
    programme_id, _ = await service.open_programme(
        *(committee, community),
        year=today.year,
        introduction="今年为居民办的实事。",
        idempotency_key=uuid4(),
    )
    assert keeper.person_id is not None
    made: dict[str, UUID] = {}
    for place, title in enumerate(TITLES):
        draft = _terms(title, community, body, keeper.person_id, today + timedelta(days=30 + place))
        made[title], _ = await service.propose_pledge(
            *(committee, programme_id, draft),
            source=(SourceKind.OWN, None),
            idempotency_key=uuid4(),
        )
    ids = list(made.values())
    for place, pledge_id in enumerate(ids[1:], start=1):
        said = "未列入今年预算" if place == 1 else "符合居民需求"
        await service.screen_pledge(SYSTEM, pledge_id, accepted=place != 1, reason=said)
    await service.withdraw_pledge(committee, ids[3], reason="与物业改造重复")
    await service.put_to_notice(SYSTEM, ids[4])
    for pledge_id in ids[5:]:
        await _notice_over(pledge_id)
    while await service.commit_due_pledge() is not None:
        pass
    return made


def _terms(title: str, place: UUID, body: UUID, person: UUID, deadline: date) -> TermsDraft:
    return TermsDraft(
        title=title,
        content=f"{title},按期完成,请居民验收。",
        organisation_id=body,
        person_id=person,
        place_area_id=place,
        place="米兰花园",
        beneficiaries="米兰社区居民",
        budget_fen=560_000,
        deadline=deadline,
        target=Target(10, "处", "按居民验收单计"),
        milestones=(MilestoneDraft("备料进场", deadline, 40), MilestoneDraft("完工", deadline, 60)),
    )


async def _notice_over(pledge_id: UUID) -> None:
    async with transaction():
        await database.execute(_NOTICE_OVER, pledge_id)
        pledge = await hold(SYSTEM, pledge_id, "putPledgeToNotice")
        await keep(SYSTEM, pledge, PledgeAct.NOTICED)


async def _kept(
    committee: Actor, keeper: Actor, pledges: dict[str, UUID], residents: list[Actor]
) -> None:
    """Leave one promised, begin one, deliver one, see two accepted and one of them closed."""
    _, begun, delivered, accepted, closed, given_up = list(pledges.values())[5:]
    for pledge_id in (begun, delivered, accepted, closed):
        keys = await _milestones(pledge_id)
        for key in keys[: 1 if pledge_id == begun else None]:
            await service.report_progress(
                keeper, pledge_id, await _claim(milestone_key=key), idempotency_key=uuid4()
            )
        if pledge_id != begun:
            await service.deliver_pledge(
                keeper, pledge_id, await _claim(achieved_number=10), idempotency_key=uuid4()
            )
    for pledge_id in (accepted, closed):
        for each in residents:
            assert each.person_id is not None
            await service.accept_pledge(await _acting(each.person_id), pledge_id, accepted=True)
    await service.close_pledge(committee, closed, summary="居民验收合格,已投入使用。")
    await service.default_pledge(committee, given_up, reason="值守人员未能落实")


async def _milestones(pledge_id: UUID) -> list[UUID]:
    rows = await database.fetch(
        "SELECT key FROM pledges_milestone WHERE pledge_id = $1 ORDER BY position", pledge_id
    )
    return [row["key"] for row in rows]


async def _claim(
    *, milestone_key: UUID | None = None, achieved_number: int | None = None
) -> ReportDraft:
    today = await clock.today()
    seen = EvidenceDraft(EvidenceKind.ATTENDANCE, today, "现场查看", head_count=12)
    return ReportDraft(
        text="现场已查看,照计划进行。",
        happened_on=today,
        evidence=(seen,),
        milestone_key=milestone_key,
        achieved_number=achieved_number,
    )


async def _review(
    community: UUID, committee: Actor, keeper: Actor, body: UUID, people: list[Actor]
) -> None:
    """Hold the first half's review of the committee's member and the body, and publish it."""
    await _rules(community)
    place = await database.fetch_value("SELECT path FROM membership_area WHERE id = $1", community)
    async with transaction():
        review, _ = await reviews.begin(community, place, (await clock.today()).year, "h1")
        await reviews.told(SYSTEM, review, "scheduleReview")
    own = await reviews.add_reviewee(
        SYSTEM, review.id, person_id=committee.person_id, organisation_id=None, duty="居委会委员"
    )
    its = await reviews.add_reviewee(
        SYSTEM, review.id, person_id=None, organisation_id=body, duty=""
    )
    await work_reports.file_work_report(committee, own, text="上半年承诺事项推进情况的述职报告。")
    await work_reports.file_work_report(keeper, its, text="本单位承诺事项践诺情况报告。")
    named = [each.person_id for each in people[:_REPRESENTATIVES] if each.person_id]
    review_id = await _held(review.id, named)
    rows = await database.fetch(
        "SELECT r.id, r.reviewee_id FROM pledges_remark r"
        " JOIN pledges_reviewee w ON w.id = r.reviewee_id WHERE w.review_id = $1",
        review_id,
    )
    for row in rows:
        await remarks.group(SYSTEM, row["reviewee_id"], topic="活动时间", remark_ids=[row["id"]])
    await publication.publish_review(SYSTEM, review_id)


async def _held(review_id: UUID, named: list[UUID]) -> UUID:
    """Have the review rated and counted, again where it was void; returns the one that stands."""
    for lasts in _RATING_LASTS:
        await reviews.name_raters(SYSTEM, review_id, "representatives", named)
        await database.execute(_RATE_NOW, review_id, lasts)
        await _done(review_id, ReviewState.REPORTS_DUE, rating.open_due_rating)
        await _rated(review_id)
        await _counted(review_id)
        if await database.fetch_value(_STATE, review_id) == ReviewState.TALLIED:
            return review_id
        review_id = await reviews.repeat_review(SYSTEM, review_id)
    raise RuntimeError("nobody was quick enough to rate")


async def _rules(community: UUID) -> None:
    """Let a small town's review be held by few."""
    general = await rulesets.in_force(PLEDGE_REVIEW, on=await clock.today(), community=None)
    groups = [
        {"code": "representatives", "title": "居民代表评议", "weight": 40, "source": "list"},
        {
            "code": "residents",
            "title": "居民评议",
            "weight": 60,
            "source": "drawn",
            "drawn": _DRAWN,
            "residents": True,
        },
    ]
    await rulesets.put(
        code=PLEDGE_REVIEW,
        version=1,
        community_id=community,
        title_zh="米兰社区民主评议",
        title_en="The review of Milan community",
        legal_basis="米兰社区居民公约(演示)",
        legal_effect=LegalEffect.ADVISORY,
        effective_from=date(2021, 1, 1),
        content={
            **general.content,
            "groups": [each | {"least": 5} for each in groups],
            "leastRaters": 10,
            "residentShare": Threshold(1, 2, inclusive=True).as_json(),
        },
    )


async def _rated(review_id: UUID) -> None:
    """Let who rates say it: most are content; and one remarks. Who is too slow has not rated."""
    with contextlib.suppress(DomainError):
        await _say_all(review_id)


async def _say_all(review_id: UUID) -> None:
    reviewees = [
        row["id"]
        for row in await database.fetch(
            "SELECT id FROM pledges_reviewee WHERE review_id = $1 ORDER BY position", review_id
        )
    ]
    rows = await database.fetch(
        "SELECT person_id FROM pledges_rater WHERE review_id = $1 ORDER BY person_id", review_id
    )
    ballots = []
    for place, row in enumerate(rows):
        actor = Actor(person_id=row["person_id"])
        said = (ReviewAnswer.SATISFIED, ReviewAnswer.BASICALLY_SATISFIED, ReviewAnswer.UNSATISFIED)
        answers = {item: said[(place + item) % 7 % 3] for item in range(1, 6)}
        for reviewee_id in reviewees:
            try:
                poll_id, values = await rating.ballot_of(actor, reviewee_id, answers)
            except OwnRating:
                continue  # the lot may fall on somebody who is reviewed
            ballots.append(
                voting.cast_ballot(actor, poll_id, [], values=values, idempotency_key=uuid4())
            )
    said_by = Actor(person_id=rows[0]["person_id"])
    told = await asyncio.gather(
        remarks.remark(said_by, reviewees[1], text="晚上的活动希望八点半前结束。"),
        *ballots,
        return_exceptions=True,
    )
    for each in told:
        if isinstance(each, BaseException):
            raise each


async def _counted(review_id: UUID) -> None:
    """Wait for the boxes to close, and have them and the review counted."""
    closes_at = await database.fetch_value(
        "SELECT rating_closes_at FROM pledges_review WHERE id = $1", review_id
    )
    wait = (closes_at - await clock.now()).total_seconds()
    await asyncio.sleep(max(0.0, wait) + 0.05)
    count = (voting.close_due_poll, voting.tally_due_poll, review_count.tally_due_review)
    await _done(review_id, ReviewState.RATING, *count)


async def _done(review_id: UUID, state: ReviewState, *commands: Command) -> None:
    """Do what is due until the review is past a state; a worker may have some of it in hand."""
    async with asyncio.timeout(60):
        while await database.fetch_value(_STATE, review_id) == state:
            for each in commands:
                while await each() is not None:
                    pass
            await asyncio.sleep(0.01)
