"""From a need that is posted to hours and points, in one line."""

from uuid import uuid4

from domains.kernel import clock, database
from domains.matching.service import confirming, rating
from domains.timebank.service import presets as time_bank
from domains.timebank.service import schemes
from tests.matching.factories import (
    a_town,
    order_of,
    place_row,
    served,
    state_of,
    steps_of,
    told_of,
)


async def with_a_scheme(town):
    await time_bank.sync_presets()
    draft = schemes.SchemeDraft(
        effective_from=await clock.today(),
        legal_basis="居民会议议定",
        preset="NANJING",
        changes={"classes": [{"code": "elder_care", "title": "为老", "minutesPerPoint": 60}]},
    )
    await schemes.adopt_scheme(town.committee, town.community.id, draft, idempotency_key=uuid4())


async def balance(person_id):
    return await database.fetch_value(
        "SELECT coalesce(sum(balance_minutes), 0)::int FROM timebank_account"
        " WHERE kind = 'person' AND owner_id = $1",
        person_id,
    )


async def test_a_need_becomes_a_confirmed_rated_and_credited_service(db, moved_clock):
    town = await a_town()
    await with_a_scheme(town)
    place_id = await served(town, moved_clock, minutes=90)
    order_id = await order_of(place_id)
    before = await balance(town.lin.person_id)

    await confirming.confirm_service(town.elder, place_id)
    place = await place_row(place_id)
    record = await database.fetch_one(
        "SELECT * FROM volunteering_record WHERE id = $1", place["record_id"]
    )
    await rating.rate_service(town.helper, place_id, stars=5)
    rated = await state_of(order_id)
    await rating.rate_service(town.lin, place_id, stars=4)

    assert (before, await balance(town.lin.person_id)) == (0, 90)
    assert (record["state"], record["given_minutes"]) == ("confirmed", 90)
    assert (place["state"], place["minutes"]) == ("confirmed", 90)
    assert rated == "rated"
    assert await steps_of(order_id) == [
        *("submitted", "verified", "open", "offered", "accepted", "checked_in", "completed"),
        *("confirmed", "rated", "closed"),
    ]
    assert [await told_of(name) for name in ("OfferMade", "ServiceConfirmed", "OrderClosed")] == [
        *(1, 1, 1)
    ]
