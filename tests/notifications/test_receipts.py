"""What providers report afterwards, over HTTP: authenticated, once each, and blocks that follow."""

import hashlib
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import UUID

import httpx
import pytest
from starlette.applications import Starlette

from api import callbacks
from domains.kernel import database, settings
from domains.notifications.channels import bounces
from domains.notifications.channels.base import accepted
from domains.notifications.kinds.kind import Text
from domains.notifications.queries import addresses
from domains.notifications.values import Channel
from tests.notifications.deliveries import Provider, a_phone, deliveries, drain, people, states
from tests.notifications.providers.test_mail import DSN
from tests.notifications.test_delivery_channels import OPENIDS, _address, _left

SECRET = "a-secret-of-the-installation"
SHORT = {"text": Text("{title}"), "provider_code": "1110", "variables": ("title",)}


@pytest.fixture
async def edge(db: str, configured: Callable[..., None]) -> AsyncIterator[httpx.AsyncClient]:
    """The callbacks, as providers reach them."""
    configured(GONGYI_CALLBACK_SECRET=SECRET, GONGYI_WECHAT_PUSH_TOKEN="token-of-push")
    transport = httpx.ASGITransport(app=Starlette(routes=callbacks.routes))
    async with httpx.AsyncClient(transport=transport, base_url="http://gongyi.example") as client:
        yield client


def _report(sid: str, status: str = "SUCCESS", errmsg: str = "DELIVRD") -> dict[str, str]:
    return {
        "user_receive_time": "2030-10-17 08:03:04",
        "nationcode": "86",
        "mobile": "13800138000",
        "report_status": status,
        "errmsg": errmsg,
        "description": "用户短信送达成功",
        "sid": sid,
    }


async def _sent(person: UUID, sid: str) -> None:
    await deliveries([person], channel=Channel.SMS, **SHORT)
    await drain(Provider(lambda _message, _time: accepted(sid)), Channel.SMS)
    await database.execute(
        "UPDATE notifications_delivery SET sent_at = sent_at - interval '2 days'"
        " WHERE sent_at IS NOT NULL"
    )


def _signed(**given: str) -> dict[str, str]:
    parts = sorted(("token-of-push", "1414587457", "1541"))
    signature = hashlib.sha1("".join(parts).encode()).hexdigest()
    return {"timestamp": "1414587457", "nonce": "1541", "signature": signature} | given


async def test_a_report_of_a_text_message_counts_once(edge, tencent):
    (person,) = await people(1)
    await a_phone(person, "13800138000")
    await _sent(person, "5000:1")

    answers = [
        await edge.post(f"/callbacks/sms/{SECRET}", json=[_report("5000:1"), _report("unknown")])
        for _ in range(2)
    ]

    assert [each.json() for each in answers] == [{"result": 0, "errmsg": "OK"}] * 2
    assert await states() == {"received": 1}
    counted = "SELECT count FROM notifications_tally WHERE outcome = 'received'"
    assert await database.fetch_value(counted) == 1


@pytest.mark.parametrize("secret", ["wrong", "", f"{SECRET}x", "钥匙"])
async def test_without_the_secret_nothing_is_reported(edge, tencent, secret):
    (person,) = await people(1)
    await a_phone(person, "13800138000")
    await _sent(person, "5000:1")

    answer = await edge.post(f"/callbacks/sms/{secret}", json=[_report("5000:1")])

    assert (answer.status_code, await states()) == (404, {"sent": 1})


async def test_an_installation_without_a_secret_takes_no_reports(edge, configured):
    configured(GONGYI_CALLBACK_SECRET="", GONGYI_WECHAT_PUSH_TOKEN="")

    answers = [
        await edge.post("/callbacks/sms/", json=[]),
        await edge.post("/callbacks/mail/x", content=b""),
        await edge.post("/callbacks/wechat", params=_signed(), json={}),
    ]

    assert [each.status_code for each in answers] == [404] * 3


@pytest.mark.parametrize(
    "body",
    [b"", b"nonsense", b"{}", b"[1, null, {}]", b'[{"sid": 7}]', b"[" * 5_000, b"\xff\xfe"],
)
async def test_nonsense_is_taken_and_changes_nothing(edge, tencent, body):
    (person,) = await people(1)
    await a_phone(person, "13800138000")
    await _sent(person, "5000:1")

    answer = await edge.post(f"/callbacks/sms/{SECRET}", content=body)

    assert (answer.status_code, await states()) == (200, {"sent": 1})


async def test_what_is_too_long_is_refused(edge):
    answer = await edge.post(f"/callbacks/sms/{SECRET}", content=b"x" * 1_000_001)

    assert answer.status_code == 413


async def test_a_number_that_fails_five_times_in_a_row_is_blocked_and_one_success_begins_anew(
    edge, tencent
):
    (person,) = await people(1)
    await a_phone(person, "13800138000")
    reachable: list[bool] = []
    outcomes = ["FAIL"] * 4 + ["SUCCESS"] + ["FAIL"] * 5
    for place, status in enumerate(outcomes):
        await _sent(person, f"5000:{place}")
        report = _report(f"5000:{place}", status, "UNDELIV")
        await edge.post(f"/callbacks/sms/{SECRET}", json=[report])
        reachable.append(bool(await addresses.reachable_by(Channel.SMS, [person])))

    assert reachable == [True] * 9 + [False]
    assert await states() == {"bounced": 9, "received": 1}


async def test_a_failure_that_is_reported_again_and_otherwise_is_one_failure(edge, tencent):
    (person,) = await people(1)
    await a_phone(person, "13800138000")
    await _sent(person, "5000:1")
    failed, received = _report("5000:1", "FAIL", "UNDELIV"), _report("5000:1")

    for report in (*[failed] * 6, received):
        await edge.post(f"/callbacks/sms/{SECRET}", json=[report])

    failures = "SELECT failures, state FROM notifications_address WHERE channel = 'sms'"
    assert await states() == {"bounced": 1}
    assert [tuple(row.values()) for row in await database.fetch(failures)] == [(1, "active")]
    assert await addresses.reachable_by(Channel.SMS, [person]) == {person}


async def test_a_number_that_does_not_exist_is_blocked_at_once_and_a_new_one_is_not(edge, tencent):
    (person,) = await people(1)
    await a_phone(person, "13800138000")
    await _sent(person, "5000:1")

    await edge.post(f"/callbacks/sms/{SECRET}", json=[_report("5000:1", "FAIL", "MK:0001")])
    blocked = await addresses.reachable_by(Channel.SMS, [person])
    await a_phone(person, "13900139000")

    assert (blocked, await addresses.reachable_by(Channel.SMS, [person])) == (set(), {person})


async def test_a_letter_that_returns_blocks_a_mailbox_that_does_not_exist(edge, mailbox):
    (person,) = await people(1)
    await _address(person, Channel.EMAIL, "lin.fang@example.org")
    delivery = await _a_sent_letter(person)
    to = bounces.return_address(settings.current(), delivery)
    raw = DSN.format(to=to, envelope="x", action="failed", status="5.1.1").encode()

    answers = [await edge.post(f"/callbacks/mail/{SECRET}", content=raw) for _ in range(2)]

    assert [each.status_code for each in answers] == [204, 204]
    assert await states() == {"bounced": 1}
    assert await addresses.reachable_by(Channel.EMAIL, [person]) == set()
    told = "SELECT count(*) FROM kernel_outbox WHERE name = 'notifications.AddressBlocked'"
    assert await database.fetch_value(told) == 1


async def test_a_full_mailbox_is_no_reason_to_give_it_up_and_a_forged_bounce_is_none(edge, mailbox):
    (person,) = await people(1)
    await _address(person, Channel.EMAIL, "lin.fang@example.org")
    delivery = await _a_sent_letter(person)
    forged = f"notice+{delivery.hex}.{'0' * 16}@gongyi.example"
    to = bounces.return_address(settings.current(), delivery)
    full = DSN.format(to=to, envelope="x", action="failed", status="5.2.2").encode()
    false = DSN.format(to=forged, envelope="x", action="failed", status="5.1.1").encode()

    await edge.post(f"/callbacks/mail/{SECRET}", content=false)
    unchanged = await states()
    await edge.post(f"/callbacks/mail/{SECRET}", content=full)

    assert (unchanged, await states()) == ({"sent": 1}, {"bounced": 1})
    assert await addresses.reachable_by(Channel.EMAIL, [person]) == {person}


async def test_wechat_proves_the_address_and_reports_by_signature(edge, wechat):
    (person,) = await people(1)
    await _address(person, Channel.WECHAT, OPENIDS[0])
    await database.execute(
        "INSERT INTO notifications_consent (person_id, template_code, left_count, changed_at)"
        " VALUES ($1, '1110', 3, kernel_now())",
        person,
    )
    await deliveries([person], channel=Channel.WECHAT, **SHORT)
    await drain(Provider(lambda _message, _time: accepted("1864323726461255680")), Channel.WECHAT)

    proof = await edge.get("/callbacks/wechat", params=_signed(echostr="4375120948345356249"))
    forged = await edge.get("/callbacks/wechat", params=_signed(echostr="1", nonce="2"))
    await edge.post(
        "/callbacks/wechat",
        params=_signed(),
        json=_event(
            "subscribe_msg_sent_event",
            {
                "TemplateId": "1110",
                "MsgID": "1864323726461255680",
                "ErrorCode": "0",
                "ErrorStatus": "success",
            },
        ),
    )
    received = await states()
    await edge.post(
        "/callbacks/wechat",
        params=_signed(),
        json=_event(
            "subscribe_msg_change_event",
            {"TemplateId": "1110", "SubscribeStatusString": "reject"},
        ),
    )

    assert (proof.text, forged.status_code) == ("4375120948345356249", 404)
    assert (received, await _left()) == ({"received": 1}, [0])


@pytest.mark.parametrize("body", [b"", b"<xml/>", b"[]", b'{"Event": 7}', b'{"List": [1]}'])
async def test_nonsense_from_wechat_changes_nothing(edge, wechat, body):
    answer = await edge.post("/callbacks/wechat", params=_signed(), content=body)

    assert (answer.status_code, answer.text) == (200, "success")


def _event(name: str, entry: dict[str, str]) -> dict[str, Any]:
    return {
        "ToUserName": "gh_123456789abc",
        "FromUserName": OPENIDS[0],
        "CreateTime": "1620973045",
        "MsgType": "event",
        "Event": name,
        "List": [entry],
    }


async def _a_sent_letter(person: UUID) -> UUID:
    await deliveries([person], channel=Channel.EMAIL)
    provider = Provider(lambda message, _time: accepted(message.id.hex))
    await drain(provider, Channel.EMAIL)
    return provider.taken[0]
