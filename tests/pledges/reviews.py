"""Reviews for tests: a town with enough people to rate, under rules of their own size."""

import json
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from domains.kernel import clock, database, rulesets
from domains.kernel.actor import Actor, Role
from domains.kernel.rules import LegalEffect
from domains.membership.models import Area
from domains.pledges.service import rating, review_count, reviews
from domains.pledges.service.presets import _REVIEW, PLEDGE_REVIEW
from domains.pledges.values.reviews import ReviewAnswer
from domains.voting import service as voting
from tests import factories
from tests.pledges.factories import Town, a_committed_pledge, a_town

SATISFIED, BASICALLY, UNSATISFIED, UNKNOWN = (
    ReviewAnswer.SATISFIED,
    ReviewAnswer.BASICALLY_SATISFIED,
    ReviewAnswer.UNSATISFIED,
    ReviewAnswer.UNKNOWN,
)
ITEMS = 5
STREET, PEERS, RESIDENTS = "street", "peers", "residents"


def the_groups(*weights: int) -> list[dict[str, object]]:
    """The groups of the preset, with other weights, needing five each."""
    given = weights or (30, 10, 60)
    return [
        group | {"weight": weight, "least": 5}
        for group, weight in zip(_REVIEW["groups"], given, strict=True)
    ]


async def rules_of(town: Town, **changes) -> None:
    """Give the town's community review rules of its own: those of the preset, smaller."""
    content = _REVIEW | {"groups": the_groups(), "leastRaters": 20} | changes
    await rulesets.put(
        code=PLEDGE_REVIEW,
        version=1,
        title_zh="本社区民主评议",
        title_en="Our review",
        legal_basis="居民公约",
        legal_effect=LegalEffect.ADVISORY,
        effective_from=date(2021, 1, 1),
        content=content,
        community_id=town.community.id,
    )


async def a_reviewed_town(moved_clock, *, residents: int = 30, **changes) -> Town:
    """A town in the first half's days of review, where something has been promised."""
    year = (await clock.today()).year
    await moved_clock.set(_noon(date(year + 1, 5, 8)))
    town = await a_town(residents=residents)
    await rules_of(town, **changes)
    for number in range(5):
        await factories.an_officer(Role.GRID_WORKER, town.community, name=f"网格员{number}")
    await a_committed_pledge(town, moved_clock)
    await moved_clock.set(_noon(date(town.year, 6, 22)))
    return town


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=clock.SHANGHAI)


async def a_scheduled_review(town: Town) -> UUID:
    """The review that the scheduler makes."""
    review_id = await reviews.schedule_due_review()
    assert review_id is not None
    return review_id


async def name_the_street(town: Town, review_id: UUID) -> list[Actor]:
    """Name five deputies as the street's reviewers."""
    street = await Area.get(id=town.community.parent_id)
    named = [
        await factories.an_officer(Role.STREET_REVIEWER, street, name=f"街道{number}")
        for number in range(5)
    ]
    ids = [each.person_id for each in named if each.person_id is not None]
    await reviews.name_raters(town.committee, review_id, STREET, ids)
    return named


async def an_open_rating(town: Town, moved_clock) -> UUID:
    """A review whose boxes are open."""
    review_id = await a_scheduled_review(town)
    await name_the_street(town, review_id)
    await moved_clock.advance(timedelta(days=20))
    await open_boxes(moved_clock, review_id)
    return review_id


async def open_boxes(moved_clock, review_id: UUID) -> None:
    """Go to the instant at which ratings are taken, and let the worker open the boxes."""
    opens_at = await database.fetch_value(
        "SELECT rating_opens_at FROM pledges_review WHERE id = $1", review_id
    )
    await moved_clock.set(opens_at + timedelta(seconds=1))
    await rating.open_due_rating()


async def reviewee_of(review_id: UUID, *, person_id=None, organisation_id=None) -> UUID:
    """Who is under review, by person or body."""
    found: UUID = await database.fetch_value(
        "SELECT id FROM pledges_reviewee WHERE review_id = $1"
        " AND (person_id = $2 OR organisation_id = $3)",
        review_id,
        person_id,
        organisation_id,
    )
    return found


async def raters_of(review_id: UUID, code: str) -> list[Actor]:
    """Those who rate in a group."""
    rows = await database.fetch(
        "SELECT r.person_id FROM pledges_rater r JOIN pledges_rater_group g ON g.id = r.group_id"
        " WHERE r.review_id = $1 AND g.code = $2 ORDER BY r.person_id",
        review_id,
        code,
    )
    return [Actor(person_id=row["person_id"]) for row in rows]


async def rate(actor: Actor, reviewee_id: UUID, said: ReviewAnswer, *, key=None) -> None:
    """Rate every item alike."""
    answers = dict.fromkeys(range(1, ITEMS + 1), said)
    poll_id, values = await rating.ballot_of(actor, reviewee_id, answers)
    await voting.cast_ballot(actor, poll_id, [], values=values, idempotency_key=key or uuid4())


async def rate_all(review_id: UUID, said: dict[str, ReviewAnswer], *, most: int = 1000) -> None:
    """Let each group rate everybody under review alike; who may not rate whom does not."""
    reviewees = await database.fetch(
        "SELECT id, person_id FROM pledges_reviewee WHERE review_id = $1", review_id
    )
    for code, answer in said.items():
        for actor in (await raters_of(review_id, code))[:most]:
            for row in reviewees:
                if row["person_id"] != actor.person_id:
                    await rate(actor, row["id"], answer)


async def close_and_count(review_id: UUID, moved_clock) -> None:
    """Let the time pass, the ballot box count its boxes, and the worker the review."""
    closes_at = await database.fetch_value(
        "SELECT rating_closes_at FROM pledges_review WHERE id = $1", review_id
    )
    await moved_clock.set(closes_at + timedelta(seconds=1))
    for each in (voting.close_due_poll, voting.tally_due_poll, review_count.tally_due_review):
        while await each() is not None:
            pass


async def the_review(review_id: UUID):
    """The review's row."""
    return await database.fetch_one("SELECT * FROM pledges_review WHERE id = $1", review_id)


async def rates_of(review_id: UUID, reviewee_id: UUID) -> list[str | None]:
    """What the rating of somebody came to, by item."""
    result = json.loads((await the_review(review_id))["result"])
    found: list[str | None]
    (found,) = [
        each["rates"] for each in result["reviewees"] if each["reviewee"] == str(reviewee_id)
    ]
    return found
