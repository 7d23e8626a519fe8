"""Where people are written to, through the schema: browsers, mailboxes, WeChat."""

import re
from datetime import timedelta
from typing import Any

import pytest

from domains.kernel import database
from domains.kernel.actor import ANONYMOUS, Actor
from domains.notifications.channels.base import Subscription
from domains.notifications.queries import addresses
from domains.notifications.values import Channel
from tests.factories import a_person
from tests.membership.doors import ask
from tests.notifications.providers.push_service import plain

_REFUSED = "... on UserError { code path }"
_ADDRESS = "... on NoticeAddressPayload { replayed address { id channel state masked reason } }"
SUBSCRIBE = f"""
mutation ($endpoint: String!, $p256dh: String!, $auth: String!) {{
  subscribeWebPush(input: {{endpoint: $endpoint, p256dh: $p256dh, auth: $auth}}) {{
    __typename {_ADDRESS} {_REFUSED} }} }}
"""
ACCEPT = f"""
mutation ($code: String!, $templates: [String!]!, $key: UUID!) {{
  acceptWechatTemplates(input: {{code: $code, templateIds: $templates, idempotencyKey: $key}}) {{
    __typename {_ADDRESS} {_REFUSED} }} }}
"""
REQUEST = f"""
mutation ($email: String!) {{ requestEmailCode(input: {{email: $email}}) {{
  __typename ... on EmailCodeRequested {{ validForS nextAfterS }} {_REFUSED} }} }}
"""
VERIFY = f"""
mutation ($code: String!) {{ verifyEmail(input: {{code: $code}}) {{
  __typename {_ADDRESS} {_REFUSED} }} }}
"""
REMOVE = f"""
mutation ($id: ID!) {{ removeNoticeAddress(input: {{addressId: $id}}) {{
  __typename ... on NoticeAddressRemoved {{ addressId }} {_REFUSED} }} }}
"""
MINE = "{ myNoticeAddresses { id channel state masked reason } }"
CONSENTS = "{ myWechatConsents { templateId left } }"
OPENID = "oGZUI0egBJY1zhBYw2KhdUfwVJJE"
MAIL = "lin.fang@Example.org"


async def _someone() -> Actor:
    return Actor(person_id=(await a_person()).id)


async def _opened(channel: Channel, owner: Actor) -> list[object]:
    assert owner.person_id is not None
    found = await addresses.addresses_of(channel, [owner.person_id])
    return [each.opened for each in found[owner.person_id]]


async def _stored() -> int:
    count: int = await database.fetch_value("SELECT count(*) FROM notifications_address")
    return count


def _subscription(push: Any) -> dict[str, str]:
    browser = push.subscribe()
    return {
        "endpoint": f"{push.address}{browser.path}",
        "p256dh": browser.p256dh,
        "auth": plain(browser.auth),
    }


async def _offer(template: str = "T1 thing1") -> None:
    await database.execute(
        "INSERT INTO notifications_template (id, kind, channel, locale, version, subject,"
        " provider_code, variables, created_at) VALUES (gen_random_uuid(), 'TEST', 'wechat',"
        " 'zh-Hans', 1, '提醒', $1, '[]', kernel_now())",
        template,
    )


async def _code_of(mailbox: Any) -> str:
    text = mailbox.taken[-1][2].get_content()
    found: list[str] = re.findall(r"\d{6}", text)
    return found[0]


async def test_a_browser_is_registered_once_and_seen_by_its_owner_masked(db, push):
    lin, other = await _someone(), await _someone()
    given = _subscription(push)

    first = await ask(SUBSCRIBE, lin, **given)
    again = await ask(SUBSCRIBE, lin, **given)

    assert first == again
    assert first["address"] | {"id": ""} == {
        "id": "",
        "channel": "WEB_PUSH",
        "state": "ACTIVE",
        "masked": "127.0.0.1",
        "reason": None,
    }
    assert await ask(MINE, lin) == [first["address"]]
    assert (await ask(MINE, other), await ask(MINE)) == ([], [])
    opened = await _opened(Channel.WEB_PUSH, lin)
    assert opened == [Subscription(**given)]


async def test_neither_address_nor_keys_lie_open_in_the_database(db, push):
    given = _subscription(push)
    await ask(SUBSCRIBE, await _someone(), **given)

    row = await database.fetch_value("SELECT a::text FROM notifications_address a")

    assert [each in row for each in given.values()] == [False] * 3


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"endpoint": "https://elsewhere.example/x"}, ["input", "endpoint"]),
        ({"endpoint": "nonsense"}, ["input", "endpoint"]),
        ({"endpoint": "http://127.0.0.1/" + "x" * 3_000}, ["input", "endpoint"]),
        ({"p256dh": "AAAA"}, ["input", "p256dh"]),
        ({"auth": "钥匙"}, ["input", "p256dh"]),
    ],
)
async def test_what_is_no_subscription_is_refused_and_kept_nowhere(db, push, change, path):
    answer = await ask(SUBSCRIBE, await _someone(), **(_subscription(push) | change))

    assert (answer["code"], answer["path"]) == ("ADDRESS_MALFORMED", path)
    assert await _stored() == 0


async def test_an_eleventh_browser_is_refused(db, push):
    lin = await _someone()
    for _ in range(10):
        await ask(SUBSCRIBE, lin, **_subscription(push))

    answer = await ask(SUBSCRIBE, lin, **_subscription(push))

    assert (answer["code"], await _stored()) == ("TOO_MANY_ADDRESSES", 10)


async def test_a_browser_that_changed_hands_is_its_new_owners_alone(db, push):
    lin, other = await _someone(), await _someone()
    given = _subscription(push)
    await ask(SUBSCRIBE, lin, **given)

    await ask(SUBSCRIBE, other, **given)

    assert (await ask(MINE, lin), len(await ask(MINE, other))) == ([], 1)


async def test_a_mailbox_is_proved_by_a_code_that_is_sent_there(db, mailbox):
    lin = await _someone()
    asked = await ask(REQUEST, lin, email=MAIL)
    waiting = await ask(MINE, lin)

    proved = await ask(VERIFY, lin, code=await _code_of(mailbox))

    assert asked == {"__typename": "EmailCodeRequested", "validForS": 300, "nextAfterS": 60}
    assert [each["state"] for each in waiting] == ["UNVERIFIED"]
    assert (proved["address"]["state"], proved["address"]["masked"]) == (
        "ACTIVE",
        "l***@example.org",
    )
    opened = await _opened(Channel.EMAIL, lin)
    assert opened == ["lin.fang@example.org"]


async def test_a_new_mailbox_replaces_the_one_before_only_when_it_is_proved(
    db, mailbox, moved_clock
):
    lin = await _someone()
    await ask(REQUEST, lin, email=MAIL)
    await ask(VERIFY, lin, code=await _code_of(mailbox))
    await ask(REQUEST, lin, email="new@example.org")
    before = [each["masked"] for each in await ask(MINE, lin) if each["state"] == "ACTIVE"]

    await ask(VERIFY, lin, code=await _code_of(mailbox))

    assert before == ["l***@example.org"]
    assert [each["masked"] for each in await ask(MINE, lin)] == ["n***@example.org"]


async def test_a_wrong_code_proves_nothing_and_counts(db, mailbox):
    lin = await _someone()
    await ask(REQUEST, lin, email=MAIL)
    code = await _code_of(mailbox)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"

    answers = [(await ask(VERIFY, lin, code=wrong))["code"] for _ in range(6)]
    late = await ask(VERIFY, lin, code=code)

    assert answers == ["CODE_WRONG"] * 5 + ["TOO_MANY_ATTEMPTS"]
    assert late["code"] == "TOO_MANY_ATTEMPTS"
    assert [each["state"] for each in await ask(MINE, lin)] == ["UNVERIFIED"]


async def test_a_code_is_over_after_minutes_and_others_codes_prove_nothing(
    db, mailbox, moved_clock
):
    lin, other = await _someone(), await _someone()
    await ask(REQUEST, lin, email=MAIL)
    code = await _code_of(mailbox)

    foreign = await ask(VERIFY, other, code=code)
    await moved_clock.advance(timedelta(minutes=6))
    late = await ask(VERIFY, lin, code=code)

    assert (foreign["code"], late["code"]) == ("CODE_EXPIRED", "CODE_EXPIRED")


async def test_codes_to_mailboxes_are_sent_with_pauses_and_five_a_day(db, mailbox, moved_clock):
    lin = await _someone()
    first = await ask(REQUEST, lin, email=MAIL)
    soon = await ask(REQUEST, lin, email="other@example.org")
    codes = []
    for _ in range(5):
        await moved_clock.advance(timedelta(minutes=2))
        codes.append((await ask(REQUEST, lin, email=MAIL)).get("code"))

    assert (first["__typename"], soon["code"]) == ("EmailCodeRequested", "TOO_MANY_ATTEMPTS")
    assert codes == [None, None, None, None, "TOO_MANY_ATTEMPTS"]
    assert len(mailbox.taken) == 5
    await moved_clock.advance(timedelta(days=1))
    assert (await ask(REQUEST, lin, email=MAIL))["__typename"] == "EmailCodeRequested"


@pytest.mark.parametrize("email", ["", "x", "a@b", "a b@c.example", "a@b.example\nBcc: c@d.e"])
async def test_what_is_no_mailbox_is_refused(db, mailbox, email):
    answer = await ask(REQUEST, await _someone(), email=email)

    assert (answer["code"], await _stored(), mailbox.taken) == ("ADDRESS_MALFORMED", 0, [])


async def test_a_mailbox_that_the_server_refuses_is_told(db, mailbox):
    mailbox.replies = {"RCPT": ["550 5.1.1 no such user"]}

    answer = await ask(REQUEST, await _someone(), email=MAIL)

    assert answer["code"] == "EMAIL_NOT_SENT"


async def test_an_account_is_linked_and_each_acceptance_gives_one_message(db, wechat):
    await _offer()
    lin = await _someone()
    keys = [str(database.new_id()) for _ in range(2)]

    first = await ask(ACCEPT, lin, code=wechat.login(OPENID), templates=["T1"], key=keys[0])
    replay = await ask(ACCEPT, lin, code="spent", templates=["T1"], key=keys[0])
    await ask(ACCEPT, lin, code=wechat.login(OPENID), templates=["T1"], key=keys[1])

    assert (first["replayed"], replay["replayed"]) == (False, True)
    assert first["address"]["id"] == replay["address"]["id"]
    assert await ask(CONSENTS, lin) == [{"templateId": "T1", "left": 2}]
    assert len(await ask(MINE, lin)) == 1


async def test_a_lasting_template_is_accepted_once_for_all(db, wechat, configured):
    configured(GONGYI_WECHAT_LASTING_TEMPLATES="T1")
    await _offer()
    lin = await _someone()

    await ask(ACCEPT, lin, code=wechat.login(OPENID), templates=["T1"], key=str(database.new_id()))

    assert await ask(CONSENTS, lin) == [{"templateId": "T1", "left": None}]


@pytest.mark.parametrize(
    ("code", "templates", "refusal"),
    [
        ("unknown", ["T1"], "OUTSIDE_CODE_REFUSED"),
        ("unknown", ["T2"], "TEMPLATE_NOT_OFFERED"),
        ("unknown", [], "INVALID_INPUT"),
        ("unknown", [f"T{n}" for n in range(30)], "INVALID_INPUT"),
    ],
)
async def test_what_was_not_accepted_is_not_counted(db, wechat, code, templates, refusal):
    await _offer()
    lin = await _someone()

    answer = await ask(ACCEPT, lin, code=code, templates=templates, key=str(database.new_id()))

    assert (answer["code"], await ask(CONSENTS, lin), await _stored()) == (refusal, [], 0)


async def test_an_address_is_removed_by_its_owner_alone(db, push):
    lin, other = await _someone(), await _someone()
    address = (await ask(SUBSCRIBE, lin, **_subscription(push)))["address"]["id"]

    foreign = await ask(REMOVE, other, id=address)
    kept = await _stored()
    own = await ask(REMOVE, lin, id=address)
    again = await ask(REMOVE, lin, id=address)

    assert (foreign["code"], kept) == ("NOT_FOUND", 1)
    assert (own["__typename"], again["code"], await _stored()) == (
        "NoticeAddressRemoved",
        "NOT_FOUND",
        0,
    )


async def test_nobody_registers_signed_out_or_on_a_channel_that_is_off(db, push, configured):
    given = _subscription(push)
    nobody = await ask(SUBSCRIBE, ANONYMOUS, **given)
    configured(GONGYI_VAPID_PRIVATE_KEY="")

    off = await ask(SUBSCRIBE, await _someone(), **given)

    assert (nobody["code"], off["code"], await _stored()) == ("SIGN_IN_REQUIRED", "CHANNEL_OFF", 0)


async def test_clients_learn_which_channels_are_on_and_the_key_to_subscribe_with(db, push):
    told = await ask("{ noticeChannels { channel isOn webPushKey wechatTemplateIds } }")

    found = {each["channel"]: each for each in told}
    assert [name for name, each in found.items() if each["isOn"]] == ["WEB_PUSH"]
    assert len(found["WEB_PUSH"]["webPushKey"]) == 87
    assert found["WECHAT"]["wechatTemplateIds"] == []
