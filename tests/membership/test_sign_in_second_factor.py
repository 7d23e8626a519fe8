import asyncio
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pyotp

from domains.kernel import clock, database
from domains.kernel.actor import ANONYMOUS, Actor, Grant, Role
from domains.membership.models import Area, Person
from domains.membership.queries import sessions
from schema import node
from tests import factories
from tests.membership.doors import SIGN_IN_FIELDS, ask, known, other_than, sign_in

_REFUSED = "... on UserError { code message path } ... on Throttled { retryAfterS }"
ENROL = """
mutation { enrolSecondFactor { __typename ... on SecondFactorEnrolled { secret otpauthUri }
    ... on UserError { code } } }
"""
CONFIRM = f"""
mutation ($code: String!) {{ confirmSecondFactor(input: {{code: $code}}) {{
    __typename ... on SecondFactorConfirmed {{ recoveryCodes session {{ token sessionId }} }}
    {_REFUSED} }} }}
"""
VERIFY = f"""
mutation ($code: String!) {{ verifySecondFactor(input: {{code: $code}}) {{ {SIGN_IN_FIELDS} }} }}
"""
RESET = """
mutation ($id: ID!) { resetSecondFactor(input: {personId: $id}) {
    __typename ... on SecondFactorReset { closedSessions } ... on UserError { code } } }
"""
STATUS = "{ mySecondFactor { isSetUp isRequired isShown } }"


async def _password(secret: str, *, steps: int = 0) -> str:
    """What the authenticator shows now, or so many steps from now."""
    return pyotp.TOTP(secret).at(int((await clock.now()).timestamp()) + 30 * steps)


async def _an_administrator(capsys) -> tuple[Actor, Grant]:
    """A platform administrator who signed in by phone, and the grant that is withheld."""
    actor = await known((await sign_in(capsys))["token"])
    city = await factories.a_city()
    person = await Person.get(id=actor.person_id)
    await factories.a_role_grant(person, Role.PLATFORM_ADMINISTRATOR, area=city)
    return actor, Grant(Role.PLATFORM_ADMINISTRATOR, area_path=city.path)


async def _enrolled(actor: Actor) -> tuple[str, Any]:
    """Set the second factor up; returns the secret and the payload."""
    secret = (await ask(ENROL, actor))["secret"]
    done = await ask(CONFIRM, actor, code=await _password(secret))
    assert done["__typename"] == "SecondFactorConfirmed", done
    return secret, done


async def _another_session(capsys, moved_clock) -> Actor:
    """The same person in a new session, which has shown no factor, a step or more later."""
    await moved_clock.advance(timedelta(minutes=2))
    return await known((await sign_in(capsys))["token"])


async def test_setting_it_up_opens_the_withheld_role_under_another_token(db, capsys):
    actor, grant = await _an_administrator(capsys)
    before = await ask(STATUS, actor)

    _, done = await _enrolled(actor)

    after = await known(done["session"]["token"])
    assert before == {"isSetUp": False, "isRequired": True, "isShown": False}
    assert await ask(STATUS, after) == {"isSetUp": True, "isRequired": True, "isShown": True}
    assert (after.session_id, after.grants) == (actor.session_id, {grant})
    assert len(set(done["recoveryCodes"])) == 8


async def test_the_token_from_before_the_second_factor_is_void(db, capsys):
    signed_in = await sign_in(capsys)

    await _enrolled(await known(signed_in["token"]))

    old = await sessions.actor_of_token(signed_in["token"], locale="en", address=None)
    assert old is None


async def test_the_secret_is_told_as_a_uri_once_and_kept_sealed(db, capsys):
    actor, _ = await _an_administrator(capsys)

    told = await ask(ENROL, actor)

    uri = urlsplit(told["otpauthUri"])
    asked = parse_qs(uri.query)
    assert (uri.scheme, uri.netloc) == ("otpauth", "totp")
    assert (asked["secret"], asked["issuer"]) == ([told["secret"]], ["共议·公益"])
    assert "138" not in unquote(uri.path)
    sealed = await database.fetch_value("SELECT secret_sealed FROM membership_second_factor")
    assert told["secret"].encode() not in sealed


async def test_it_is_shown_again_in_each_session_for_some_hours(db, capsys, moved_clock):
    actor, grant = await _an_administrator(capsys)
    secret, _ = await _enrolled(actor)
    actor = await _another_session(capsys, moved_clock)

    shown = await ask(VERIFY, actor, code=await _password(secret))

    fresh = await known(shown["token"])
    await moved_clock.advance(timedelta(hours=12, minutes=1))
    stale = await known(shown["token"])
    assert (actor.grants, fresh.grants, stale.grants) == (frozenset(), {grant}, frozenset())


async def test_a_password_serves_once(db, capsys, moved_clock):
    actor, _ = await _an_administrator(capsys)
    secret, _ = await _enrolled(actor)
    actor = await _another_session(capsys, moved_clock)
    password = await _password(secret)
    await ask(VERIFY, actor, code=password)

    again = await ask(VERIFY, actor, code=password)
    older = await ask(VERIFY, actor, code=await _password(secret, steps=-1))

    assert [each["code"] for each in (again, older)] == ["SECOND_FACTOR_WRONG"] * 2


async def test_one_password_at_once_serves_once(db, capsys, moved_clock):
    actor, _ = await _an_administrator(capsys)
    secret, _ = await _enrolled(actor)
    actor = await _another_session(capsys, moved_clock)
    password = await _password(secret)

    answers = await asyncio.gather(*(ask(VERIFY, actor, code=password) for _ in range(4)))

    assert sorted(each["__typename"] for each in answers) == ["Refused"] * 3 + ["SignedIn"]


async def test_clocks_may_be_one_step_apart_and_no_more(db, capsys, moved_clock):
    actor, _ = await _an_administrator(capsys)
    secret, _ = await _enrolled(actor)
    actor = await _another_session(capsys, moved_clock)
    far = [await _password(secret, steps=steps) for steps in (-3, 3)]

    answers = [await ask(VERIFY, actor, code=each) for each in far]
    near = await ask(VERIFY, actor, code=await _password(secret, steps=1))

    assert [each["code"] for each in answers] == ["SECOND_FACTOR_WRONG"] * 2
    assert near["__typename"] == "SignedIn"


async def test_five_failures_lock_it_for_a_quarter_of_an_hour(db, capsys, moved_clock):
    actor, _ = await _an_administrator(capsys)
    secret, _ = await _enrolled(actor)
    actor = await _another_session(capsys, moved_clock)
    wrong = other_than(await _password(secret))
    failures = [(await ask(VERIFY, actor, code=wrong))["code"] for _ in range(5)]

    locked = await ask(VERIFY, actor, code=await _password(secret))
    await moved_clock.advance(timedelta(minutes=15, seconds=1))
    unlocked = await ask(VERIFY, actor, code=await _password(secret))

    assert failures == ["SECOND_FACTOR_WRONG"] * 5
    assert (locked["__typename"], locked["code"]) == ("Throttled", "TOO_MANY_ATTEMPTS")
    assert 890 <= locked["retryAfterS"] <= 900
    assert unlocked["__typename"] == "SignedIn"


async def test_failures_at_once_are_all_counted(db, capsys, moved_clock):
    actor, _ = await _an_administrator(capsys)
    secret, _ = await _enrolled(actor)
    wrong = other_than(await _password(secret))

    answers = await asyncio.gather(*(ask(VERIFY, actor, code=wrong) for _ in range(8)))

    codes = sorted(each["code"] for each in answers)
    assert codes == ["SECOND_FACTOR_WRONG"] * 5 + ["TOO_MANY_ATTEMPTS"] * 3


async def test_a_recovery_code_opens_the_door_once_however_it_is_typed(db, capsys, moved_clock):
    actor, _ = await _an_administrator(capsys)
    _, done = await _enrolled(actor)
    actor = await _another_session(capsys, moved_clock)
    code = done["recoveryCodes"][3]

    first = await ask(VERIFY, actor, code=f" {code.upper().replace('-', ' ')} ")
    second = await ask(VERIFY, actor, code=code)

    assert (first["__typename"], second["code"]) == ("SignedIn", "SECOND_FACTOR_WRONG")


async def test_nonsense_is_wrong_and_never_a_fault(db, capsys, moved_clock):
    actor, _ = await _an_administrator(capsys)
    await _enrolled(actor)

    answers = [
        await ask(VERIFY, actor, code=each) for each in ("", "一二三四五六", "\u0000", "0" * 999)
    ]

    assert {each["code"] for each in answers} == {"SECOND_FACTOR_WRONG"}
    assert answers[0]["message"] == "动态验证码不正确或已使用。"


async def test_a_stolen_session_cannot_put_another_factor_in_place(db, capsys, moved_clock):
    actor, _ = await _an_administrator(capsys)
    secret, _ = await _enrolled(actor)
    thief = await _another_session(capsys, moved_clock)

    answer = await ask(ENROL, thief)

    assert answer["code"] == "SECOND_FACTOR_PRESENT"
    shown = await ask(VERIFY, thief, code=await _password(secret))
    assert shown["__typename"] == "SignedIn"


async def test_a_new_authenticator_takes_over_when_it_is_confirmed(db, capsys, moved_clock):
    actor, grant = await _an_administrator(capsys)
    old, done = await _enrolled(actor)
    elsewhere = await _another_session(capsys, moved_clock)
    shown = await ask(VERIFY, elsewhere, code=await _password(old))
    actor = await known(done["session"]["token"])

    new = (await ask(ENROL, actor))["secret"]
    wrong = await ask(CONFIRM, actor, code=other_than(await _password(new)))
    still_old = (await known(shown["token"])).grants
    replaced = await ask(CONFIRM, actor, code=await _password(new))

    assert (wrong["code"], still_old) == ("SECOND_FACTOR_WRONG", {grant})
    assert replaced["__typename"] == "SecondFactorConfirmed"
    assert (await known(shown["token"])).grants == frozenset()
    await moved_clock.advance(timedelta(minutes=1))
    refused = await ask(VERIFY, actor, code=await _password(old))
    assert refused["code"] == "SECOND_FACTOR_WRONG"


async def test_an_unconfirmed_secret_is_worth_nothing(db, capsys):
    actor, _ = await _an_administrator(capsys)
    secret = (await ask(ENROL, actor))["secret"]

    answer = await ask(VERIFY, actor, code=await _password(secret))

    assert answer["code"] == "SECOND_FACTOR_MISSING"
    assert (await ask(STATUS, actor))["isSetUp"] is False


async def test_without_any_factor_there_is_nothing_to_show_or_confirm(db, capsys):
    actor, _ = await _an_administrator(capsys)

    answers = [await ask(each, actor, code="000000") for each in (VERIFY, CONFIRM)]

    assert [each["code"] for each in answers] == ["SECOND_FACTOR_MISSING"] * 2


async def test_an_administrator_above_removes_a_lost_factor_and_closes_the_sessions(db, capsys):
    actor, grant = await _an_administrator(capsys)
    _, done = await _enrolled(actor)
    above = await factories.a_platform_administrator(
        await Area.get(path=grant.area_path), name="何平"
    )
    person = node.encode("person", actor.person_id)

    answer = await ask(RESET, above, id=person)

    token = done["session"]["token"]
    assert answer == {"__typename": "SecondFactorReset", "closedSessions": 1}
    assert await sessions.actor_of_token(token, locale="en", address=None) is None
    assert await database.fetch_value("SELECT count(*) FROM membership_second_factor") == 0
    told = "SELECT command FROM kernel_audit ORDER BY sequence"
    commands = [row["command"] for row in await database.fetch(told)]
    assert commands == ["confirmSecondFactor", "resetSecondFactor"]


async def test_nobody_else_removes_a_factor_nor_learns_of_it(db, capsys):
    actor, grant = await _an_administrator(capsys)
    _, done = await _enrolled(actor)
    own = await known(done["session"]["token"])
    city = await Area.get(path=grant.area_path)
    foreign = await factories.a_platform_administrator(name="外地")
    below = await factories.a_street_reviewer(
        await factories.a_street(await factories.a_district(city))
    )
    resident = await factories.a_person("李四")
    person = node.encode("person", actor.person_id)

    answers = [await ask(RESET, each, id=person) for each in (foreign, below, own, ANONYMOUS)]
    powerless = await ask(RESET, own, id=node.encode("person", resident.id))
    malformed = await ask(RESET, own, id="person_x")

    assert [each["code"] for each in answers] == [
        "NOT_FOUND",
        "NOT_FOUND",
        "FORBIDDEN",
        "NOT_FOUND",
    ]
    assert (powerless["code"], malformed["code"]) == ("NOT_FOUND", "NOT_FOUND")
    assert await database.fetch_value("SELECT count(*) FROM membership_second_factor") == 1


async def test_who_is_not_signed_in_has_no_second_factor(db):
    answers = [
        await ask(ENROL),
        await ask(CONFIRM, code="000000"),
        await ask(VERIFY, code="000000"),
    ]

    assert [each["code"] for each in answers] == ["SIGN_IN_REQUIRED"] * 3
    assert await ask(STATUS, ANONYMOUS) is None
