import asyncio
from dataclasses import replace
from datetime import timedelta

from domains.kernel import clock, crypto, database
from domains.kernel.actor import ANONYMOUS, Grant, Role
from domains.membership.queries import roles, sessions
from schema import node
from schema.context import Context
from schema.root import schema
from tests import factories
from tests.membership.doors import ask, known, row, sign_in

MINE = """
{ mySessions { nodes { id device isCurrent method createdAt lastSeenAt expiresAt } } }
"""
REVOKE = """
mutation ($id: ID!) { revokeSession(input: {sessionId: $id}) {
    __typename ... on SessionClosed { sessionId } ... on UserError { code path } } }
"""
REVOKE_OTHERS = """
mutation { revokeOtherSessions {
    __typename ... on OtherSessionsClosed { count } ... on UserError { code } } }
"""
SIGN_OUT = "mutation { signOut { __typename ... on UserError { code } } }"

OTHER_PHONE = "13900139000"


async def _actor_or_none(token: str):
    return await sessions.actor_of_token(token, locale="en", address="192.0.2.7")


async def _session(person, *, second_factor_minutes_ago: int | None = None) -> str:
    token, now = crypto.token(), await clock.now()
    shown = (
        None
        if second_factor_minutes_ago is None
        else now - timedelta(minutes=second_factor_minutes_ago)
    )
    await database.execute(
        "INSERT INTO membership_session (id, person_id, token_hash, method, second_factor_at,"
        " created_at, last_seen_at, expires_at) VALUES ($1, $2, $3, 'oidc', $4, $5, $5, $6)",
        database.new_id(),
        person.id,
        crypto.token_hash(token),
        shown,
        now,
        now + timedelta(days=1),
    )
    return token


async def test_a_token_is_long_and_kept_only_as_its_hash(db, capsys):
    token = (await sign_in(capsys))["token"]

    stored = await database.fetch_value("SELECT token_hash FROM membership_session")
    assert len(token) >= 43
    assert stored == crypto.token_hash(token)


async def test_an_actor_comes_with_its_grants_in_one_statement(db, statements):
    community = await factories.a_community()
    resident = await factories.a_resident(community)
    token = await _session(resident_person := await _person_of(resident))
    await factories.a_role_grant(resident_person, Role.BUILDING_CAPTAIN, area=community)
    statements.clear()

    actor = await _actor_or_none(token)

    assert len(statements) == 1
    assert actor is not None
    assert (actor.person_id, actor.locale, actor.address) == (
        resident.person_id,
        "en",
        "192.0.2.7",
    )
    assert actor.grants == {
        Grant(Role.RESIDENT, area_path=community.path),
        Grant(Role.BUILDING_CAPTAIN, area_path=community.path),
    }
    assert actor.grants == await roles.grants_of(resident_person.id)


async def _person_of(actor):
    from domains.membership.models import Person

    return await Person.get(id=actor.person_id)


async def test_the_grants_of_administrators_wait_for_a_second_factor(db):
    street = await factories.a_street()
    administrator = await factories.a_platform_administrator()
    person = await _person_of(administrator)
    await factories.a_role_grant(person, Role.STREET_REVIEWER, area=street)
    await factories.a_role_grant(person, Role.SUPERVISOR, area=street)
    bare, confirmed = await _session(person), await _session(person, second_factor_minutes_ago=5)
    stale = await _session(person, second_factor_minutes_ago=12 * 60 + 1)

    actors = [await known(token) for token in (bare, confirmed, stale)]

    supervisor = Grant(Role.SUPERVISOR, area_path=street.path)
    assert [actor.second_factor for actor in actors] == [False, True, False]
    assert actors[0].grants == actors[2].grants == {supervisor}
    assert actors[1].grants == await roles.grants_of(person.id)


async def test_many_sessions_are_read_as_actors_in_one_statement(db, statements, moved_clock):
    people = [await factories.a_person(), await factories.a_person()]
    tokens = [await _session(each) for each in people]
    actors = [await known(token) for token in tokens]
    closed = await known(await _session(people[0]))
    await ask(SIGN_OUT, closed)
    ids = [each.session_id for each in (*actors, closed) if each.session_id]
    await sessions.actors_of_sessions(ids)
    statements.clear()

    found = await sessions.actors_of_sessions(ids)

    assert len(statements) == 1
    assert found == {actor.session_id: actor for actor in actors}


async def test_foreign_and_empty_tokens_open_nothing(db):
    assert [await _actor_or_none(each) for each in ("", "x" * 43, "钥匙")] == [None] * 3


async def test_a_visit_is_noted_once_a_minute_and_prolongs_the_session(db, moved_clock):
    token = await _session(await factories.a_person())
    read = "SELECT last_seen_at, expires_at FROM membership_session"
    opened = await row(read)

    await known(token)
    unnoted = await row(read)
    await moved_clock.advance(timedelta(minutes=2))
    await asyncio.gather(*(known(token) for _ in range(5)))
    noted = await row(read)

    assert dict(unnoted) == dict(opened)
    assert noted["last_seen_at"] - opened["last_seen_at"] >= timedelta(minutes=2)
    assert (noted["expires_at"] - noted["last_seen_at"]).days == 30


async def test_a_session_closes_unused_and_at_the_latest_after_half_a_year(db, capsys, moved_clock):
    unused = (await sign_in(capsys))["token"]
    used = (await sign_in(capsys, OTHER_PHONE))["token"]
    alive = []
    for _ in range(9):
        await moved_clock.advance(timedelta(days=20, minutes=1))
        alive.append(await _actor_or_none(used) is not None)

    assert alive == [True] * 8 + [False]
    assert await _actor_or_none(unused) is None


async def test_signing_in_again_closes_the_session_that_the_caller_came_with(
    db, capsys, moved_clock
):
    before = (await sign_in(capsys))["token"]
    await moved_clock.advance(timedelta(minutes=2))

    after = (await sign_in(capsys, actor=await known(before)))["token"]

    assert await _actor_or_none(before) is None
    assert await _actor_or_none(after) is not None


async def test_owners_see_their_open_sessions_and_never_a_token(db, capsys, moved_clock):
    first = await sign_in(capsys)
    await sign_in(capsys, OTHER_PHONE)
    await moved_clock.advance(timedelta(minutes=2))
    second = await sign_in(capsys)

    listed = (await ask(MINE, await known(second["token"])))["nodes"]

    assert [(each["id"], each["isCurrent"]) for each in listed] == [
        (second["sessionId"], True),
        (first["sessionId"], False),
    ]
    assert {each["device"] for each in listed} == {"小米"}
    assert {each["method"] for each in listed} == {"ONE_TIME_CODE"}


async def test_the_list_of_sessions_is_paged_and_costs_one_statement(db, statements):
    person = await factories.a_person()
    tokens = [await _session(person) for _ in range(3)]
    actor = await known(tokens[0])
    paged = """query ($after: String) { mySessions(first: 2, after: $after) {
        nodes { id } pageInfo { hasNextPage endCursor } } }"""
    statements.clear()

    first = await ask(paged, actor)
    counted = len(statements)
    second = await ask(paged, actor, after=first["pageInfo"]["endCursor"])

    assert counted == 1
    assert [len(first["nodes"]), len(second["nodes"])] == [2, 1]
    assert [each["pageInfo"]["hasNextPage"] for each in (first, second)] == [True, False]


async def test_nobody_sees_sessions_without_signing_in_or_of_another(db, capsys):
    mine = await sign_in(capsys)
    stranger = await known((await sign_in(capsys, OTHER_PHONE))["token"])
    refetch = "query ($id: ID!) { node(id: $id) { id } }"

    assert (await ask(MINE))["nodes"] == []
    assert await ask(refetch, stranger, id=mine["sessionId"]) is None
    assert await ask(refetch, await known(mine["token"]), id=mine["sessionId"]) == {
        "id": mine["sessionId"]
    }


async def test_an_owner_closes_one_session_and_a_stranger_cannot(db, capsys):
    mine, theirs = await sign_in(capsys), await sign_in(capsys, OTHER_PHONE)
    stranger = await known(theirs["token"])

    refused = await ask(REVOKE, stranger, id=mine["sessionId"])
    still = await _actor_or_none(mine["token"])
    closed = await ask(REVOKE, await known(mine["token"]), id=mine["sessionId"])

    assert refused == {
        "__typename": "Refused",
        "code": "NOT_FOUND",
        "path": ["input", "sessionId"],
    }
    assert still is not None
    assert closed == {"__typename": "SessionClosed", "sessionId": mine["sessionId"]}
    assert await _actor_or_none(mine["token"]) is None


async def test_malformed_and_foreign_ids_of_sessions_are_not_found(db, capsys):
    actor = await known((await sign_in(capsys))["token"])
    assert actor.person_id is not None
    ids = ["", "session_", "x", node.encode("person", actor.person_id), "session_" + "A" * 22]

    answers = [await ask(REVOKE, actor, id=each) for each in ids]

    assert {each["code"] for each in answers} == {"NOT_FOUND"}
    assert await database.fetch_value("SELECT count(revoked_at) FROM membership_session") == 0


async def test_a_lost_telephone_is_shut_out(db, capsys, moved_clock):
    lost = await sign_in(capsys)
    await moved_clock.advance(timedelta(minutes=2))
    here = await sign_in(capsys)
    bystander = await sign_in(capsys, OTHER_PHONE)

    answer = await ask(REVOKE_OTHERS, await known(here["token"]))

    assert answer == {"__typename": "OtherSessionsClosed", "count": 1}
    assert await _actor_or_none(lost["token"]) is None
    assert await _actor_or_none(here["token"]) is not None
    assert await _actor_or_none(bystander["token"]) is not None


async def test_a_closed_session_is_told_to_live_connections_once(db, capsys):
    actor = await known((await sign_in(capsys))["token"])

    await ask(SIGN_OUT, actor)
    again = await ask(SIGN_OUT, actor)

    told = await database.fetch_value(
        "SELECT count(*) FROM kernel_outbox WHERE name = 'membership.SessionRevoked'"
        " AND payload->>'session_id' = $1",
        str(actor.session_id),
    )
    assert (told, again) == (1, {"__typename": "SignedOut"})


async def test_what_follows_signing_out_in_one_document_is_asked_by_nobody(db, capsys):
    actor = await known((await sign_in(capsys))["token"])
    document = """mutation {
        signOut { __typename }
        updateMyName(input: {name: "林芳"}) { ... on UserError { code } } }"""

    result = await schema.execute(document, context_value=Context(actor))

    assert result.data == {
        "signOut": {"__typename": "SignedOut"},
        "updateMyName": {"code": "SIGN_IN_REQUIRED"},
    }


async def test_who_is_not_signed_in_closes_nothing(db, capsys):
    mine = await sign_in(capsys)
    nobody = replace(ANONYMOUS, locale="en")

    answers = [
        await ask(SIGN_OUT, nobody),
        await ask(REVOKE_OTHERS, nobody),
        await ask(REVOKE, nobody, id=mine["sessionId"]),
    ]

    assert {each["code"] for each in answers} == {"SIGN_IN_REQUIRED"}
    assert await _actor_or_none(mine["token"]) is not None
