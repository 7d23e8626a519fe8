import asyncio
import base64
from datetime import timedelta

import pytest
from starlette.responses import PlainTextResponse

from domains.kernel import database
from domains.membership.service import identities
from tests.membership.doors import (
    PHONE,
    SIGN_IN_FIELDS,
    ask,
    known,
    other_than,
    request_code,
    sign_in,
)
from tests.providers.wechat import APP_ID, SESSION_KEY

OPENID = "oGZUI0egBJY1zhBYw2KhdUfwVJJE"
OTHER_PHONE = "13900139000"

SIGN_IN = f"""
mutation ($code: String!) {{ signInWithWeChat(input: {{code: $code, device: "微信"}}) {{
    ... on WeChatBindingRequired {{ bindingToken validForS }} {SIGN_IN_FIELDS} }} }}
"""
BIND = f"""
mutation ($token: String!, $phone: String!, $code: String!) {{
  bindWeChat(input: {{bindingToken: $token, phone: $phone, code: $code}}) {{ {SIGN_IN_FIELDS} }}
}}
"""


async def _stored() -> tuple[int, int, int]:
    """How many sessions, outside identities and people there are."""
    sql = "SELECT count(*) FROM membership_"
    return (
        await database.fetch_value(f"{sql}session"),
        await database.fetch_value(f"{sql}external_identity"),
        await database.fetch_value(f"{sql}person"),
    )


async def _binding_token(wechat, openid: str = OPENID) -> str:
    answer = await ask(SIGN_IN, code=wechat.login(openid))
    assert answer["__typename"] == "WeChatBindingRequired"
    token: str = answer["bindingToken"]
    return token


async def test_an_account_is_linked_by_phone_once_and_then_opens_the_door(db, wechat, capsys):
    token = await _binding_token(wechat)
    code = await request_code(capsys)

    bound = await ask(BIND, token=token, phone=PHONE, code=code)
    later = await ask(SIGN_IN, code=wechat.login(OPENID))

    assert (bound["__typename"], later["__typename"]) == ("SignedIn", "SignedIn")
    assert bound["personId"] == later["personId"]
    assert await _stored() == (2, 1, 1)


async def test_an_account_not_linked_yet_opens_nothing(db, wechat):
    answer = await ask(SIGN_IN, code=wechat.login(OPENID))

    assert (answer["__typename"], answer["validForS"]) == ("WeChatBindingRequired", 600)
    assert await _stored() == (0, 0, 0)


async def test_neither_openid_nor_session_key_is_kept_or_told(db, wechat, capsys, caplog):
    caplog.set_level("DEBUG")
    token = await _binding_token(wechat)
    code = await request_code(capsys)
    answer = await ask(BIND, token=token, phone=PHONE, code=code)

    kept = await database.fetch("SELECT provider, subject_index FROM membership_external_identity")

    assert [dict(each) for each in kept] == [
        {
            "provider": f"wechat:{APP_ID}",
            "subject_index": identities.subject_index(f"wechat:{APP_ID}", OPENID),
        }
    ]
    told = f"{answer} {caplog.text} {base64.urlsafe_b64decode(token + '==')!r}"
    assert [secret in told for secret in (OPENID, SESSION_KEY)] == [False, False]
    assert "the-secret-of-the-mini-program" not in caplog.text


@pytest.mark.parametrize(
    ("errcode", "code", "requests"),
    [
        (40029, "OUTSIDE_CODE_REFUSED", 1),
        (40163, "OUTSIDE_CODE_REFUSED", 1),
        (45011, "TOO_MANY_ATTEMPTS", 1),
        (40226, "OUTSIDE_ACCOUNT_BLOCKED", 1),
        (40125, "PROVIDER_UNAVAILABLE", 1),
        (-1, "PROVIDER_UNAVAILABLE", 3),
    ],
)
async def test_what_wechat_answers_is_told_in_our_words(db, wechat, errcode, code, requests):
    wechat.answers = [errcode] * 9

    answer = await ask(SIGN_IN, code="anything")

    assert (answer["code"], wechat.requests) == (code, requests)
    assert await _stored() == (0, 0, 0)


async def test_a_busy_wechat_is_asked_again(db, wechat):
    wechat.answers = [-1, -1]

    answer = await ask(SIGN_IN, code=wechat.login(OPENID))

    assert (answer["__typename"], wechat.requests) == ("WeChatBindingRequired", 3)


async def test_a_login_code_serves_once_even_at_once(db, wechat):
    code = wechat.login(OPENID)

    answers = await asyncio.gather(*(ask(SIGN_IN, code=code) for _ in range(4)))

    kinds = sorted(each["__typename"] for each in answers)
    assert kinds == ["Refused"] * 3 + ["WeChatBindingRequired"]


@pytest.mark.parametrize(
    "nonsense",
    [
        PlainTextResponse("<html>"),
        PlainTextResponse("{}"),
        PlainTextResponse("[]"),
        PlainTextResponse('{"openid": 7}'),
        PlainTextResponse("", status_code=502),
    ],
)
async def test_an_answer_that_is_none_is_a_failure(db, wechat, nonsense):
    wechat.answers = [nonsense]

    answer = await ask(SIGN_IN, code="anything")

    assert answer["code"] == "PROVIDER_UNAVAILABLE"


async def test_without_a_mini_program_the_way_is_off(db):
    answer = await ask(SIGN_IN, code="anything")

    assert (answer["code"], answer["message"]) == ("SIGN_IN_METHOD_OFF", "本平台未开通此登录方式。")


async def test_a_wrong_one_time_code_links_nothing(db, wechat, capsys):
    token = await _binding_token(wechat)
    code = await request_code(capsys)

    answer = await ask(BIND, token=token, phone=PHONE, code=other_than(code))

    assert answer["code"] == "CODE_WRONG"
    assert await _stored() == (0, 0, 0)
    assert await database.fetch_value("SELECT attempts FROM membership_sign_in_code") == 1


async def test_forged_and_foreign_binding_tokens_link_nothing(db, wechat, capsys):
    token = await _binding_token(wechat)
    code = await request_code(capsys)
    raw = base64.urlsafe_b64decode(token + "==")
    altered = base64.urlsafe_b64encode(bytes([raw[0] ^ 1]) + raw[1:]).decode().rstrip("=")

    answers = [
        await ask(BIND, token=each, phone=PHONE, code=code)
        for each in ("", "钥匙", "AAAA", altered, token[:-2], token * 2)
    ]

    assert {each["code"] for each in answers} == {"BINDING_EXPIRED"}
    assert await _stored() == (0, 0, 0)


async def test_a_binding_token_is_good_for_ten_minutes(db, wechat, capsys, moved_clock):
    token = await _binding_token(wechat)
    await moved_clock.advance(timedelta(minutes=10, seconds=1))
    code = await request_code(capsys)

    answer = await ask(BIND, token=token, phone=PHONE, code=code)

    assert answer["code"] == "BINDING_EXPIRED"
    assert await _stored() == (0, 0, 0)


async def test_an_account_is_linked_to_one_person(db, wechat, capsys):
    token = await _binding_token(wechat)
    code = await request_code(capsys)
    await ask(BIND, token=token, phone=PHONE, code=code)
    code = await request_code(capsys, OTHER_PHONE)

    answer = await ask(BIND, token=token, phone=OTHER_PHONE, code=code)

    assert answer["code"] == "IDENTITY_LINKED_ELSEWHERE"
    assert (await _stored())[:2] == (1, 1)


async def test_two_people_who_link_one_account_at_once_leave_it_to_one(db, wechat, capsys):
    token = await _binding_token(wechat)
    codes = {phone: await request_code(capsys, phone) for phone in (PHONE, OTHER_PHONE)}

    answers = await asyncio.gather(
        *(ask(BIND, token=token, phone=phone, code=code) for phone, code in codes.items())
    )

    assert sorted(each["__typename"] for each in answers) == ["Refused", "SignedIn"]
    assert (await _stored())[:2] == (1, 1)


async def test_the_session_that_the_caller_came_with_closes(db, wechat, capsys, moved_clock):
    token = await _binding_token(wechat)
    code = await request_code(capsys)
    await ask(BIND, token=token, phone=PHONE, code=code)
    await moved_clock.advance(timedelta(minutes=2))
    actor = await known((await sign_in(capsys))["token"])

    await ask(SIGN_IN, actor, code=wechat.login(OPENID))

    closed = await database.fetch_value(
        "SELECT revoked_at IS NOT NULL FROM membership_session WHERE id = $1", actor.session_id
    )
    assert closed is True
