"""Who is told what another is told, and who is here no more."""

from datetime import timedelta
from uuid import uuid4

import pytest

from domains.kernel import clock, database
from domains.membership.queries import addressees
from domains.membership.service import sessions
from domains.membership.values import SignInMethod
from schema import node
from tests import factories
from tests.voting.asking import ask, done, person, refused

NAME = """
mutation ($input: NameHelperInput!) { nameHelper(input: $input) {
  ... on PersonHelperPayload { replayed helper { id kind consent } }
  ... on UserError { code path } } }
"""
NAME_FOR = """
mutation ($input: NameHelperForInput!) { nameHelperFor(input: $input) {
  ... on PersonHelperPayload { replayed helper { id kind consent note person { id } } }
  ... on UserError { code path } } }
"""
END = """
mutation ($input: EndHelperInput!) { endHelper(input: $input) {
  ... on PersonHelperPayload { helper { id endedAt } } ... on UserError { code path } } }
"""
DEPART = """
mutation ($input: RecordDeathInput!) { recordDeath(input: $input) {
  ... on PersonDeparturePayload { person { id } } ... on UserError { code path } } }
"""
UNDO = """
mutation ($input: UndoPersonDepartureInput!) { undoPersonDeparture(input: $input) {
  ... on PersonDeparturePayload { person { id } } ... on UserError { code path } } }
"""
CLOSE = "mutation { closeAccount { ... on AccountClosed { closed } ... on UserError { code } } }"
HELPERS = "query ($id: ID) { helpers(personId: $id) { id kind helper { id } person { id } } }"


@pytest.fixture
async def town(db):
    """An elder, a neighbour, a committee member of theirs and one of elsewhere."""
    community = await factories.a_community()
    return {
        "elder": await factories.a_resident(community, name="王秀英"),
        "neighbour": await factories.a_resident(community, name="李明"),
        "committee": await factories.a_committee_member(community),
        "elsewhere": await factories.a_committee_member(await factories.a_community()),
    }


def naming(town, **more):
    """What names the neighbour as the elder's helper on a paper."""
    return {
        "personId": person(town["elder"]),
        "helperId": person(town["neighbour"]),
        "kind": "HELPER",
        "consent": "WRITTEN",
        "note": "委托书 2026-11",
        "idempotencyKey": str(uuid4()),
        **more,
    }


async def bonds():
    """How many bonds there are that have not ended."""
    return await database.fetch_value(
        "SELECT count(*) FROM membership_person_helper WHERE ended_at IS NULL"
    )


async def test_an_elder_names_a_helper_once_and_either_ends_it(town):
    key = str(uuid4())
    given = {"helperId": person(town["neighbour"]), "idempotencyKey": key}

    first = await done(town["elder"], NAME, input=given)
    again = await done(town["elder"], NAME, input=given)
    twice = await refused(town["elder"], NAME, input={**given, "idempotencyKey": str(uuid4())})
    rows = await addressees.helpers_of([town["elder"].person_id])
    await done(town["neighbour"], END, input={"helperId": first["helper"]["id"]})

    assert (first["helper"]["consent"], first["replayed"], again["replayed"]) == (None, False, True)
    assert twice == "HELPER_NAMED"
    assert [row["helper_id"] for row in rows] == [town["neighbour"].person_id]
    assert await bonds() == 0


async def test_staff_enter_a_helper_on_a_paper_where_the_person_lives_and_nowhere_else(town):
    made = await done(town["committee"], NAME_FOR, input=naming(town))
    code = await refused(town["elsewhere"], NAME_FOR, input=naming(town))

    assert (made["helper"]["consent"], made["helper"]["note"]) == ("WRITTEN", "委托书 2026-11")
    assert (code, await bonds()) == ("NOT_FOUND", 1)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"note": "  "}, "INVALID_INPUT"),
        ({"kind": "GUARDIAN"}, "GUARDIAN_CONSENT_UNFIT"),
        ({"consent": "GUARDIAN"}, "GUARDIAN_CONSENT_UNFIT"),
        ({"endsOn": "2020-01-01"}, "DAY_IMPOSSIBLE"),
        ({"helperId": node.encode("person", uuid4())}, "NOT_FOUND"),
    ],
)
async def test_a_helper_without_grounds_is_refused_and_nothing_changes(town, more, code):
    assert await refused(town["committee"], NAME_FOR, input=naming(town, **more)) == code
    assert await bonds() == 0


async def test_nobody_helps_themselves(town):
    own = {"helperId": person(town["elder"]), "idempotencyKey": str(uuid4())}

    assert await refused(town["elder"], NAME, input=own) == "HELPER_IS_PERSON"
    assert await bonds() == 0


async def test_a_help_is_seen_and_ended_by_the_two_and_by_staff_there_alone(town):
    made = await done(town["committee"], NAME_FOR, input=naming(town))
    bond = made["helper"]["id"]
    elder = person(town["elder"])

    seen = [
        len((await ask(town[who], HELPERS, id=elder))["helpers"])
        for who in ("elder", "neighbour", "committee", "elsewhere")
    ]
    code = await refused(town["elsewhere"], END, input={"helperId": bond})
    await done(town["elder"], END, input={"helperId": bond})

    assert (seen, code) == ([1, 1, 1, 0], "NOT_FOUND")
    assert await refused(town["elder"], END, input={"helperId": bond}) == "HELPER_ENDED"


async def test_who_died_is_reached_no_more_until_it_is_taken_back(town):
    elder = town["elder"].person_id
    today = str(await clock.today())

    await done(town["committee"], DEPART, input={"personId": person(town["elder"]), "since": today})
    gone = await addressees.reached([elder], away_too=True)
    await done(town["committee"], UNDO, input={"personId": person(town["elder"])})

    assert gone == set()
    assert await addressees.reached([elder], away_too=False) == {elder}


async def test_a_departure_is_recorded_once_by_staff_there_of_somebody_else(town):
    elder, neighbour = person(town["elder"]), person(town["neighbour"])
    today = str(await clock.today())
    tomorrow = str(await clock.today() + timedelta(days=1))
    await done(town["committee"], DEPART, input={"personId": elder, "since": today})

    codes = [
        await refused(town[who], DEPART, input={"personId": whose, "since": since})
        for who, whose, since in (
            ("committee", elder, today),
            ("committee", neighbour, tomorrow),
            ("neighbour", elder, today),
            ("elsewhere", elder, today),
        )
    ]
    undone = await refused(town["committee"], UNDO, input={"personId": neighbour})

    assert codes == ["DEPARTURE_RECORDED", "DAY_IMPOSSIBLE", "NOT_FOUND", "NOT_FOUND"]
    assert undone == "DEPARTURE_MISSING"


async def test_a_closed_account_is_reached_no_more_and_opens_by_signing_in(town):
    neighbour = town["neighbour"]

    await done(neighbour, CLOSE)
    closed = await addressees.reached([neighbour.person_id], away_too=True)
    async with database.transaction():
        await sessions.open_session(
            neighbour, person_id=neighbour.person_id, method=SignInMethod.ONE_TIME_CODE, device=""
        )

    assert closed == set()
    assert await addressees.reached([neighbour.person_id], away_too=False) == {neighbour.person_id}


async def test_who_moved_away_is_reached_only_where_that_is_asked_for(town):
    elder = town["elder"].person_id
    yesterday = await clock.today() - timedelta(days=1)
    await database.execute(
        "UPDATE membership_residency SET state = 'ended', until = $2 WHERE person_id = $1",
        elder,
        yesterday,
    )

    assert await addressees.reached([elder], away_too=False) == set()
    assert await addressees.reached([elder], away_too=True) == {elder}
