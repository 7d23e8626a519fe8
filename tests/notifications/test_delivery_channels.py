"""The engine with each channel's own client, against local servers that answer as providers do."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
from starlette.responses import PlainTextResponse

from domains.kernel import database
from domains.notifications.channels.base import Subscription
from domains.notifications.kinds.kind import Text
from domains.notifications.queries import addresses
from domains.notifications.values import Channel
from jobs import deliveries as jobs
from tests.notifications.deliveries import a_phone, deliveries, people, states
from tests.notifications.providers.mail_server import Mailbox
from tests.notifications.providers.push_service import Browser, PushService, plain
from tests.notifications.providers.wechat_messages import WeChatMessages
from tests.providers.tencent import Tencent

OPENIDS = ("oGZUI0egBJY1zhBYw2KhdUfwVJJE", "oGZUI0egBJY1zhBYw2KhdUfwVJJF")
TEXT = {"text": Text("表决结果:{title}", "「{title}」的结果已经公布。")}
TEMPLATE = {
    "text": Text("{title}"),
    "provider_code": "1110 thing1 number2",
    "variables": ("title", "number"),
}

_ADDRESS = """
INSERT INTO notifications_address
    (id, person_id, channel, state, address_sealed, address_index, created_at, changed_at)
VALUES ($1, $2, $3, 'active', $4, $5, kernel_now(), kernel_now())
"""
_CONSENT = """
INSERT INTO notifications_consent (person_id, template_code, left_count, changed_at)
VALUES ($1, '1110', $2, kernel_now())
"""


async def _address(person: UUID, channel: Channel, opened: str | Subscription) -> None:
    address_id = database.new_id()
    text = opened.endpoint if isinstance(opened, Subscription) else opened
    await database.execute(
        _ADDRESS,
        address_id,
        person,
        channel,
        addresses.sealed(address_id, opened),
        addresses.index_of(channel, text),
    )


async def _browser(push: PushService, person: UUID) -> Browser:
    browser = push.subscribe()
    endpoint = f"{push.address}{browser.path}"
    subscription = Subscription(endpoint, browser.p256dh, plain(browser.auth))
    await _address(person, Channel.WEB_PUSH, subscription)
    return browser


async def _left() -> list[int]:
    rows = await database.fetch(
        "SELECT left_count FROM notifications_consent ORDER BY person_id, template_code"
    )
    return [row["left_count"] for row in rows]


async def _due() -> None:
    await database.execute(
        "UPDATE notifications_delivery SET next_attempt_at = kernel_now() WHERE state = 'failed'"
    )


async def _reasons() -> list[str]:
    rows = await database.fetch("SELECT reason FROM notifications_delivery ORDER BY person_id, seq")
    return [row["reason"] for row in rows]


@pytest.fixture
def providers(
    tencent: Tencent, wechat: WeChatMessages, push: PushService, mailbox: Mailbox
) -> tuple[Tencent, WeChatMessages, PushService, Mailbox]:
    """Every provider, each in its own server."""
    return tencent, wechat, push, mailbox


async def test_every_browser_of_a_person_is_told_and_one_that_has_gone_is_given_up(db, push):
    (person,) = await people(1)
    first, gone = await _browser(push, person), await _browser(push, person)
    push.browsers.pop(gone.path)
    await deliveries([person], channel=Channel.WEB_PUSH, **TEXT)

    await jobs.hand_over()

    assert [each["title"] for each in first.read] == ["表决结果:加装电梯"]
    assert await states() == {"sent": 1}
    rows = await database.fetch("SELECT state, reason FROM notifications_address ORDER BY state")
    assert [tuple(row) for row in rows] == [("active", None), ("blocked", "HTTP 410")]
    told = "SELECT count(*) FROM kernel_outbox WHERE name = 'notifications.AddressBlocked'"
    assert await database.fetch_value(told) == 1


async def test_who_has_no_browser_left_bounces_and_is_then_reached_no_more(db, push):
    (person,) = await people(1)
    await _browser(push, person)
    push.browsers.clear()
    for _ in range(2):
        await deliveries([person], channel=Channel.WEB_PUSH, **TEXT)

    await jobs.hand_over()

    assert await states() == {"bounced": 1, "suppressed": 1}
    assert await _reasons() == ["HTTP 410", "no address"]
    assert await addresses.reachable_by(Channel.WEB_PUSH, [person]) == set()


async def test_a_consent_is_spent_once_however_often_its_message_is_tried(db, wechat):
    (person,) = await people(1)
    await _address(person, Channel.WECHAT, OPENIDS[0])
    await database.execute(_CONSENT, person, 2)
    wechat.consents[OPENIDS[0], "1110"] = 2
    wechat.send_answers = [PlainTextResponse("down", status_code=502)]
    await deliveries([person], channel=Channel.WECHAT, **TEMPLATE)

    await jobs.hand_over()
    tried = (await states(), await _left())
    await _due()
    await jobs.hand_over()

    assert (tried, await states(), await _left()) == (({"failed": 1}, [1]), {"sent": 1}, [1])
    assert wechat.sent[0]["data"] == {
        "thing1": {"value": "加装电梯"},
        "number2": {"value": "6"},
    }


async def test_without_consent_nothing_is_sent(db, wechat):
    told = await people(2)
    for person, openid in zip(told, OPENIDS, strict=True):
        await _address(person, Channel.WECHAT, openid)
    await database.execute(_CONSENT, told[0], 0)
    await deliveries(told, channel=Channel.WECHAT, **TEMPLATE)

    await jobs.hand_over()

    assert (wechat.sends, await _reasons()) == (0, ["no consent", "no consent"])


async def test_who_took_consent_back_is_asked_no_more_and_our_count_follows(db, wechat):
    (person,) = await people(1)
    await _address(person, Channel.WECHAT, OPENIDS[0])
    await database.execute(_CONSENT, person, 3)
    for _ in range(2):
        await deliveries([person], channel=Channel.WECHAT, **TEMPLATE)

    await jobs.hand_over()

    assert (wechat.sends, await _left(), await states()) == (1, [0], {"suppressed": 2})
    assert await _reasons() == ["43101", "no consent"]


async def test_what_wechat_refuses_gives_its_consent_back(db, wechat):
    (person,) = await people(1)
    await _address(person, Channel.WECHAT, OPENIDS[0])
    await database.execute(_CONSENT, person, 1)
    wechat.send_answers = [47003]
    await deliveries([person], channel=Channel.WECHAT, **TEMPLATE)

    await jobs.hand_over()

    assert (await states(), await _left()) == ({"dead": 1}, [1])


async def test_a_text_message_and_a_letter_go_out_beside_one_another(db, tencent, mailbox):
    (person,) = await people(1)
    await a_phone(person, "13800138000")
    await _address(person, Channel.EMAIL, "lin.fang@example.org")
    short = {"text": Text("{title}"), "provider_code": "1110", "variables": ("title",)}
    await deliveries([person], channel=Channel.SMS, **short)
    await deliveries([person], channel=Channel.EMAIL, **TEXT)

    sent = await jobs.hand_over()

    assert (sent, await states()) == (2, {"sent": 2})
    assert [each["TemplateParamSet"] for each in tencent.sent] == [["加装电梯"]]
    assert mailbox.taken[0][2]["Subject"] == "表决结果:加装电梯"


async def test_a_provider_that_is_down_holds_no_other_channel_up(db, tencent, mailbox, configured):
    configured(GONGYI_TENCENT_SMS_URL="http://127.0.0.1:9")
    (person,) = await people(1)
    await a_phone(person, "13800138000")
    await _address(person, Channel.EMAIL, "lin.fang@example.org")
    short = {"text": Text("{title}"), "provider_code": "1110", "variables": ("title",)}
    await deliveries([person], channel=Channel.SMS, **short)
    await deliveries([person], channel=Channel.EMAIL, **TEXT)

    await jobs.hand_over()

    assert await states() == {"failed": 1, "sent": 1}
    assert len(mailbox.taken) == 1


@pytest.mark.parametrize("channel", [Channel.SMS, Channel.WECHAT, Channel.WEB_PUSH, Channel.EMAIL])
async def test_logs_hold_no_number_address_name_or_text(db, providers, caplog, capsys, channel):
    tencent, wechat, push, mailbox = providers
    caplog.set_level("DEBUG")
    told = await people(3)
    await database.execute("UPDATE membership_person SET name = '林芳芳'")
    private = await _everywhere(told, push)
    tencent.answers = ["FailedOperation.ContainSensitiveWord", "!InternalError", "!AuthFailure.X"]
    wechat.send_answers = [47003, PlainTextResponse("down", status_code=500)]
    push.answers = [PlainTextResponse("no", status_code=403)]
    mailbox.replies = {"RCPT": ["550 5.1.1 <lin.fang0@example.org>: 林芳芳 no such user"]}
    form = TEMPLATE if channel in {Channel.SMS, Channel.WECHAT} else TEXT
    await deliveries(told, channel=channel, **form)

    await jobs.hand_over()

    printed = capsys.readouterr()
    # The local mail server tells what it hears; ours does not.
    ours = [each for each in caplog.records if not each.name.startswith("mail.")]
    said = "".join(f"{each.getMessage()} {each.exc_text or ''}" for each in ours)
    said += printed.out + printed.err
    assert [each for each in private if each in said] == []


async def _everywhere(told: Sequence[UUID], push: PushService) -> list[Any]:
    """Give everybody every address; returns what must not be told of them."""
    private = ["林芳芳", "加装电梯", "TEST_SECRET"]
    for place, person in enumerate(told):
        number, letter = f"1380013800{place}", f"lin.fang{place}@example.org"
        openid = f"oGZUI0egBJY1zhBYw2KhdUfwVJ{place:02}"
        await a_phone(person, number)
        await _address(person, Channel.EMAIL, letter)
        await _address(person, Channel.WECHAT, openid)
        await database.execute(_CONSENT, person, 3)
        browser = await _browser(push, person)
        private += [number, letter, openid, browser.path, browser.p256dh]
    return private
