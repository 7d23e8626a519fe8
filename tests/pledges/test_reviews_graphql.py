"""Reviews through the contract."""

from datetime import timedelta
from uuid import uuid4

import pytest

from domains.kernel import clock
from domains.kernel.actor import ANONYMOUS
from domains.pledges.service import reviews
from schema import node
from tests.pledges.factories import a_committed_pledge, a_town, terms
from tests.pledges.reviews import (
    PEERS,
    RESIDENTS,
    SATISFIED,
    STREET,
    UNSATISFIED,
    a_reviewed_town,
    a_scheduled_review,
    an_open_rating,
    close_and_count,
    open_boxes,
    rate_all,
    raters_of,
    reviewee_of,
)
from tests.voting.asking import ask, done, person, refused

REVIEW = """
  id year half state repeatsId reportsDueAt ratingOpensAt voidReason community { name }
  turnout { name counted needed holds }
  items { position label isOverall }
  groups { code weight least source isResidents raters }
  reviewees {
    id kind name duty organisation { name } person { name }
    workReport { text isLate version }
    rating {
      issued returned void valid
      items { item answers { satisfied unsatisfied } satisfaction { numerator denominator } }
      groups { code valid satisfaction { decimal } }
    }
    myRating { pollId hasRated }
  }
"""
ONE = f"query ($id: ID!) {{ review(id: $id) {{ {REVIEW} }} }}"
LIST = f"query ($first: Int) {{ reviews(first: $first) {{ nodes {{ {REVIEW} }} }} }}"
OF_REVIEW = "... on ReviewPayload { review { id state ratingOpensAt } }"
OF_REVIEWEE = "... on RevieweePayload { reviewee { id name workReport { text version } } }"
OF_RATING = "... on RatingCast { receipt replayed }"
PAYLOADS = {
    "addReviewee": OF_REVIEWEE,
    "removeReviewee": OF_REVIEW,
    "setReviewMeeting": OF_REVIEW,
    "nameReviewRaters": OF_REVIEW,
    "repeatReview": OF_REVIEW,
    "fileWorkReport": OF_REVIEWEE,
    "rateReviewee": OF_RATING,
}


def document(name: str) -> str:
    kind = f"{name[0].upper()}{name[1:]}Input"
    return (
        f"mutation ($input: {kind}!) {{ {name}(input: $input) {{ {PAYLOADS[name]}"
        " ... on UserError { code path } } }"
    )


async def does(actor, name, **given):
    return await done(actor, document(name), input=given)


async def is_refused(actor, name, **given):
    return await refused(actor, document(name), input=given)


def rating_of(reviewee_id, said="SATISFIED", items=5):
    return {
        "revieweeId": node.encode("reviewee", reviewee_id),
        "answers": [{"item": item, "satisfaction": said} for item in range(1, items + 1)],
        "idempotencyKey": str(uuid4()),
    }


async def test_a_review_goes_from_reports_to_a_counted_result(moved_clock):
    town = await a_reviewed_town(moved_clock)
    review_id = await a_scheduled_review(town)
    of = {"reviewId": node.encode("review", review_id)}
    own = await reviewee_of(review_id, person_id=town.committee.person_id)
    await does(
        town.committee,
        "fileWorkReport",
        revieweeId=node.encode("reviewee", own),
        text="上半年践诺情况报告。",
    )
    named = [person(each) for each in town.residents[:5]]
    await does(town.second, "nameReviewRaters", **of, groupCode=STREET, personIds=named)
    await open_boxes(moved_clock, review_id)
    cast = await does(town.residents[9], "rateReviewee", **rating_of(own, "UNSATISFIED"))
    mine = (await ask(town.residents[9], ONE, id=of["reviewId"]))["review"]
    repeated = await is_refused(town.residents[9], "rateReviewee", **rating_of(own))
    others = await raters_of(review_id, RESIDENTS)
    for resident in others:
        if resident.person_id != town.residents[9].person_id:
            await does(resident, "rateReviewee", **rating_of(own))
    assert (cast["replayed"], repeated) == (False, "ALREADY_VOTED")
    assert [each["myRating"]["hasRated"] for each in mine["reviewees"]].count(True) == 1
    assert all(each["rating"] is None for each in mine["reviewees"])

    await close_and_count(review_id, moved_clock)

    found = (await ask(ANONYMOUS, ONE, id=of["reviewId"]))["review"]
    assert found["state"] == "VOID"
    assert [each["name"] for each in found["turnout"] if not each["holds"]][:1] == ["raters"]
    assert all(each["myRating"] is None for each in found["reviewees"])


async def test_a_counted_review_tells_exact_rates_and_groups_from_five_up(moved_clock):
    town = await a_reviewed_town(moved_clock)
    review_id = await an_open_rating(town, moved_clock)
    await rate_all(review_id, {STREET: SATISFIED, PEERS: UNSATISFIED, RESIDENTS: SATISFIED})
    await close_and_count(review_id, moved_clock)

    found = (await ask(ANONYMOUS, ONE, id=node.encode("review", review_id)))["review"]

    body = next(each for each in found["reviewees"] if each["kind"] == "BODY")["rating"]
    assert found["state"] == "TALLIED"
    assert [each["satisfaction"] for each in body["items"]] == [
        {"numerator": "9", "denominator": "10"}
    ] * 5
    assert body["items"][0]["answers"] == {"satisfied": 35, "unsatisfied": 7}
    assert [(each["code"], each["satisfaction"]["decimal"]) for each in body["groups"]] == [
        (STREET, "1"),
        (PEERS, "0"),
        (RESIDENTS, "1"),
    ]
    assert [each["raters"] for each in found["groups"]] == [5, 7, 30]


async def test_ones_own_rating_and_half_a_rating_are_refused(moved_clock):
    town = await a_reviewed_town(moved_clock)
    review_id = await an_open_rating(town, moved_clock)
    own = await reviewee_of(review_id, person_id=town.committee.person_id)
    resident = town.residents[0]
    twice = rating_of(own)
    twice["answers"][1] = twice["answers"][0]

    assert [
        await is_refused(town.committee, "rateReviewee", **rating_of(own)),
        await is_refused(resident, "rateReviewee", **rating_of(own, items=4)),
        await is_refused(resident, "rateReviewee", **twice),
        await is_refused(town.keeper, "rateReviewee", **rating_of(own)),
        await is_refused(ANONYMOUS, "rateReviewee", **rating_of(own)),
    ] == [
        "OWN_RATING",
        "RATING_INCOMPLETE",
        "RATING_INCOMPLETE",
        "NOT_AMONG_RATERS",
        "SIGN_IN_REQUIRED",
    ]


@pytest.mark.parametrize("name", PAYLOADS)
async def test_another_communitys_review_is_not_touched(moved_clock, name):
    town, elsewhere = await a_reviewed_town(moved_clock), await a_town()
    review_id = await a_scheduled_review(town)
    own = await reviewee_of(review_id, person_id=town.committee.person_id)
    of, of_reviewee = (
        {"reviewId": node.encode("review", review_id)},
        {"revieweeId": node.encode("reviewee", own)},
    )
    given = {
        "addReviewee": of | {"personId": person(town.residents[0])},
        "removeReviewee": of_reviewee | {"reason": "不相干"},
        "setReviewMeeting": of | {"meetsAt": (await clock.now() + timedelta(days=30)).isoformat()},
        "nameReviewRaters": of | {"groupCode": STREET, "personIds": []},
        "fileWorkReport": of_reviewee | {"text": "不相干的报告。"},
        "repeatReview": of,
        "rateReviewee": rating_of(own),
    }[name]

    code = await is_refused(elsewhere.committee, name, **given)

    assert code == ("NOT_AMONG_RATERS" if name == "rateReviewee" else "FORBIDDEN")
    wrong = {key: "nonsense" for key in given if key in {"reviewId", "revieweeId"}}
    assert await is_refused(town.committee, name, **given | wrong) == "NOT_FOUND"


async def test_a_void_round_is_held_again_once_of_the_same_people(moved_clock):
    town = await a_reviewed_town(moved_clock)
    review_id = await a_scheduled_review(town)
    of = {"reviewId": node.encode("review", review_id)}
    standing = await is_refused(town.committee, "repeatReview", **of)
    await open_boxes(moved_clock, review_id)

    again = await does(town.committee, "repeatReview", **of)
    twice = await is_refused(town.committee, "repeatReview", **of)

    repeated = (await ask(ANONYMOUS, ONE, id=again["review"]["id"]))["review"]
    void = (await ask(ANONYMOUS, ONE, id=of["reviewId"]))["review"]
    assert (standing, twice) == ("REVIEW_STATE_UNFIT", "REVIEW_REPEATED")
    assert (repeated["repeatsId"], repeated["state"]) == (void["id"], "REPORTS_DUE")
    assert [each["name"] for each in repeated["reviewees"]] == [
        each["name"] for each in void["reviewees"]
    ]


async def test_reviews_cost_the_same_statements_for_one_and_three(moved_clock, statements):
    await a_reviewed_town(moved_clock)
    for _ in range(2):
        beside = await a_town()
        await a_committed_pledge(beside, moved_clock, await terms(beside, days=200))
    while await reviews.schedule_due_review() is not None:
        pass

    counted = []
    for first in (1, 3):
        statements.clear()
        found = await ask(beside.residents[0], LIST, first=first)
        counted.append((len(found["reviews"]["nodes"]), len(statements)))

    assert [each for each, _ in counted] == [1, 3]
    assert counted[0][1] == counted[1][1]
