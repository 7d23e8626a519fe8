import asyncio
from datetime import timedelta
from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey, RSAKey
from starlette.responses import JSONResponse, PlainTextResponse

from domains.kernel import database
from domains.kernel.actor import ANONYMOUS, Actor, Role
from domains.membership.models import Person
from schema import node
from tests import factories
from tests.membership.doors import ask, known, sign_in

BEGIN = """
mutation { beginOidcSignIn {
    __typename ... on OidcSignInBegun { authorizationUrl state expiresAt }
    ... on UserError { code } } }
"""
COMPLETE = """
mutation ($state: String!, $code: String!) {
  completeOidcSignIn(input: {state: $state, code: $code, device: "办公室"}) {
    __typename ... on SignedIn { token personId } ... on UserError { code path } } }
"""
SUBJECT = "248289761001"


async def _sign_in(oidc, subject: str = SUBJECT, *, actor: Actor = ANONYMOUS) -> Any:
    """Begin, be signed in at the provider, complete."""
    begun = await ask(BEGIN, actor)
    state, code = oidc.grant(begun["authorizationUrl"], subject)
    assert state == begun["state"]
    return await ask(COMPLETE, actor, state=state, code=code)


async def _linked(oidc, capsys) -> str:
    """Link the subject to a person who signed in by phone; returns the person's id."""
    actor = await known((await sign_in(capsys))["token"])
    answer = await _sign_in(oidc, actor=actor)
    assert answer["__typename"] == "SignedIn", answer
    person_id: str = answer["personId"]
    return person_id


async def _doors() -> tuple[int, int]:
    """How many open sessions by OIDC and outside identities there are."""
    return (
        await database.fetch_value("SELECT count(*) FROM membership_session WHERE method = 'oidc'"),
        await database.fetch_value("SELECT count(*) FROM membership_external_identity"),
    )


async def test_an_administrator_links_the_account_once_and_signs_in_by_it(db, oidc, capsys):
    person_id = await _linked(oidc, capsys)

    answer = await _sign_in(oidc)

    assert (answer["__typename"], answer["personId"]) == ("SignedIn", person_id)
    assert await _doors() == (2, 1)


async def test_an_account_nobody_linked_opens_nothing(db, oidc):
    answer = await _sign_in(oidc)

    assert (answer["code"], await _doors()) == ("IDENTITY_NOT_LINKED", (0, 0))
    assert await database.fetch_value("SELECT count(*) FROM membership_person") == 0


async def test_state_verifier_and_subject_are_not_kept_in_the_clear(db, oidc, capsys):
    await _linked(oidc, capsys)
    begun = await ask(BEGIN)

    rows = await database.fetch(
        "SELECT state_hash AS kept FROM membership_oidc_attempt"
        " UNION ALL SELECT verifier_sealed FROM membership_oidc_attempt"
        " UNION ALL SELECT subject_index FROM membership_external_identity"
    )
    kept = b"".join(bytes(each["kept"]) for each in rows)
    told = (begun["state"], SUBJECT, "verifier")
    assert [secret.encode() in kept for secret in told] == [False] * 3


async def test_a_state_serves_once_even_at_once(db, oidc, capsys):
    await _linked(oidc, capsys)
    begun = await ask(BEGIN)
    state, code = oidc.grant(begun["authorizationUrl"], SUBJECT)

    answers = await asyncio.gather(*(ask(COMPLETE, state=state, code=code) for _ in range(5)))

    assert sorted(each["__typename"] for each in answers) == ["Refused"] * 4 + ["SignedIn"]
    assert {each["code"] for each in answers if "code" in each} == {"OUTSIDE_CODE_REFUSED"}


async def test_a_used_state_is_refused_even_with_a_code_that_is_good(db, oidc, capsys):
    await _linked(oidc, capsys)
    begun = await ask(BEGIN)
    state, first = oidc.grant(begun["authorizationUrl"], SUBJECT)
    _, second = oidc.grant(begun["authorizationUrl"], SUBJECT)
    before = await _doors()

    answers = await asyncio.gather(
        ask(COMPLETE, state=state, code=first), ask(COMPLETE, state=state, code=second)
    )

    assert sorted(each["__typename"] for each in answers) == ["Refused", "SignedIn"]
    assert [each["path"] for each in answers if "path" in each] == [["input", "state"]]
    assert await _doors() == (before[0] + 1, before[1])


async def test_unknown_and_late_states_and_foreign_codes_are_refused(db, oidc, capsys, moved_clock):
    await _linked(oidc, capsys)
    before = await _doors()
    late = await ask(BEGIN)
    state, code = oidc.grant(late["authorizationUrl"], SUBJECT)
    await moved_clock.advance(timedelta(minutes=10, seconds=1))

    too_late = await ask(COMPLETE, state=state, code=code)
    unknown = await ask(COMPLETE, state="x", code=code)
    foreign = await ask(COMPLETE, state=(await ask(BEGIN))["state"], code="code-of-nobody")

    answers = [too_late, unknown, foreign]
    assert [each["code"] for each in answers] == ["OUTSIDE_CODE_REFUSED"] * 3
    assert [each["path"][1] for each in answers] == ["state", "state", "code"]
    assert await _doors() == before


async def test_a_code_obtained_for_another_attempt_is_refused(db, oidc, capsys):
    await _linked(oidc, capsys)
    theirs, mine = await ask(BEGIN), await ask(BEGIN)
    _, code = oidc.grant(theirs["authorizationUrl"], SUBJECT)

    answer = await ask(COMPLETE, state=mine["state"], code=code)

    assert answer["code"] == "OUTSIDE_CODE_REFUSED"


async def test_nobody_is_led_to_link_anothers_account(db, oidc, capsys):
    mallory = await known((await sign_in(capsys))["token"])
    victim = await known((await sign_in(capsys, "13900139000"))["token"])
    begun = await ask(BEGIN, mallory)
    state, code = oidc.grant(begun["authorizationUrl"], "mallory")

    answers = [await ask(COMPLETE, each, state=state, code=code) for each in (victim, mallory)]

    assert [each["code"] for each in answers] == ["OUTSIDE_CODE_REFUSED"] * 2
    assert await _doors() == (0, 0)


async def test_an_account_is_linked_to_one_person(db, oidc, capsys):
    await _linked(oidc, capsys)
    other = await known((await sign_in(capsys, "13900139000"))["token"])

    answer = await _sign_in(oidc, actor=other)

    assert (answer["code"], await _doors()) == ("IDENTITY_LINKED_ELSEWHERE", (1, 1))


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://elsewhere.example"},
        {"aud": "another-client"},
        {"aud": []},
        {"aud": ["gongyi", "another-client"]},
        {"aud": ["gongyi", "another-client"], "azp": "another-client"},
        {"azp": "another-client"},
        {"exp": 1_700_000_000},
        {"exp": "tomorrow"},
        {"iat": 9_999_999_999},
        {"nbf": 9_999_999_999},
        {"nonce": "of another attempt"},
        {"nonce": 7},
        {"sub": ""},
        {"sub": "x" * 256},
    ],
)
async def test_a_token_that_is_not_for_us_now_opens_nothing(db, oidc, capsys, claims):
    await _linked(oidc, capsys)
    oidc.claims = claims

    answer = await _sign_in(oidc)

    assert (answer["code"], await _doors()) == ("OUTSIDE_CODE_REFUSED", (1, 1))


@pytest.mark.parametrize("name", ["iss", "aud", "exp", "iat", "nonce", "sub"])
async def test_a_token_that_lacks_a_claim_opens_nothing(db, oidc, capsys, name):
    await _linked(oidc, capsys)
    oidc.without = (name,)

    answer = await _sign_in(oidc)

    assert (answer["code"], await _doors()) == ("OUTSIDE_CODE_REFUSED", (1, 1))


async def test_a_token_for_several_that_names_us_as_its_party_is_good(db, oidc, capsys):
    await _linked(oidc, capsys)
    oidc.claims = {"aud": ["gongyi", "another-client"], "azp": "gongyi"}

    answer = await _sign_in(oidc)

    assert answer["__typename"] == "SignedIn"


async def test_a_token_signed_by_a_stranger_opens_nothing(db, oidc, capsys):
    await _linked(oidc, capsys)
    oidc.published, oidc.key = [oidc.key], RSAKey.generate_key(2048, {"kid": "one"})

    answer = await _sign_in(oidc)

    assert (answer["code"], await _doors()) == ("OUTSIDE_CODE_REFUSED", (1, 1))


async def test_a_symmetric_signature_opens_nothing_even_if_settings_list_it(
    db, oidc, capsys, configured
):
    oidc.key, oidc.algorithm = OctKey.generate_key(256, {"kid": "one"}), "HS256"
    actor = await known((await sign_in(capsys))["token"])

    configured(GONGYI_OIDC_ALGORITHMS="RS256 HS256")
    beside_others = await _sign_in(oidc, actor=actor)
    configured(GONGYI_OIDC_ALGORITHMS="HS256 none")
    alone = await _sign_in(oidc, actor=actor)

    assert beside_others["code"] == "OUTSIDE_CODE_REFUSED"
    assert alone["code"] == "PROVIDER_UNAVAILABLE"
    assert await _doors() == (0, 0)


async def test_another_algorithm_of_the_list_is_good_and_one_off_it_is_not(
    db, oidc, capsys, configured
):
    oidc.key, oidc.algorithm = ECKey.generate_key("P-256", {"kid": "one"}), "ES256"
    await _linked(oidc, capsys)
    configured(GONGYI_OIDC_ALGORITHMS="RS256")

    answer = await _sign_in(oidc)

    assert answer["code"] == "OUTSIDE_CODE_REFUSED"


async def test_discovery_and_keys_are_read_once_until_a_new_key_signs(db, oidc, capsys):
    await _linked(oidc, capsys)
    await _sign_in(oidc)
    before = list(oidc.requests)
    oidc.key = RSAKey.generate_key(2048, {"kid": "two"})

    answer = await _sign_in(oidc)

    assert before == ["discovery", "token", "keys", "token"]
    assert oidc.requests[len(before) :] == ["token", "keys"]
    assert answer["__typename"] == "SignedIn"


async def test_discovery_that_tells_of_another_issuer_is_not_believed(db, oidc):
    oidc.discovered_issuer = "https://elsewhere.example"

    answer = await ask(BEGIN)

    assert answer["code"] == "PROVIDER_UNAVAILABLE"
    assert await database.fetch_value("SELECT count(*) FROM membership_oidc_attempt") == 0


@pytest.mark.parametrize(
    "fault",
    [
        PlainTextResponse("down", status_code=503),
        JSONResponse({"error": "invalid_client"}, status_code=401),
        PlainTextResponse("<html>"),
        JSONResponse({"access_token": "x"}),
        JSONResponse([]),
    ],
)
async def test_a_provider_that_fails_is_told_as_unavailable(db, oidc, capsys, fault):
    await _linked(oidc, capsys)
    oidc.answers = [fault]

    answer = await _sign_in(oidc)

    assert (answer["code"], await _doors()) == ("PROVIDER_UNAVAILABLE", (1, 1))


async def test_a_provider_out_of_reach_is_told_as_unavailable(db, configured):
    configured(
        GONGYI_OIDC_ISSUER="http://127.0.0.1:9",
        GONGYI_OIDC_CLIENT_ID="gongyi",
        GONGYI_OIDC_REDIRECT_URL="https://gongyi.example/signed-in",
    )

    assert (await ask(BEGIN))["code"] == "PROVIDER_UNAVAILABLE"


async def test_without_a_provider_the_way_is_off(db):
    answers = [await ask(BEGIN), await ask(COMPLETE, state="x", code="y")]

    assert [each["code"] for each in answers] == ["SIGN_IN_METHOD_OFF"] * 2


async def test_an_administrator_by_oidc_has_no_powers_before_the_second_factor(db, oidc, capsys):
    person_id = await _linked(oidc, capsys)
    city, person = await factories.a_city(), await Person.get()
    await factories.a_role_grant(person, Role.PLATFORM_ADMINISTRATOR, area=city)

    actor = await known((await _sign_in(oidc))["token"])

    assert node.encode("person", person.id) == person_id
    assert (actor.grants, actor.second_factor) == (frozenset(), False)
