from email.utils import formatdate
from time import time

import pytest
from starlette.responses import RedirectResponse, Response

from domains.kernel import settings
from domains.notifications.channels import opening, web_push
from domains.notifications.channels.base import Subscription, retry_after
from domains.notifications.values import Channel
from tests.notifications.providers.messages import TEXT, a_message, sent_by, to_browser, verdicts
from tests.notifications.providers.push_service import message_of, plain


async def test_only_the_browser_reads_what_was_sent(push):
    browser = push.subscribe()
    message = a_message(to_browser(push, browser), link="/polls/1")

    (outcome,) = await sent_by(Channel.WEB_PUSH, message)

    assert (outcome.verdict.value, push.refused) == ("accepted", [])
    assert outcome.provider_id == message_of(f"{push.address}/message/1")
    assert browser.read == [
        {"id": str(message.id), "title": "表决即将结束", "body": TEXT, "link": "/polls/1"}
    ]


async def test_how_long_how_urgent_and_what_it_replaces_are_told_to_the_service(push):
    browser = push.subscribe()
    message = a_message(to_browser(push, browser), is_urgent=True, valid_for_s=600)

    await sent_by(Channel.WEB_PUSH, message, message)

    told = [(each["ttl"], each["urgency"]) for each in push.requests]
    assert told == [("600", "high"), ("600", "high")]
    assert push.requests[0]["topic"] == push.requests[1]["topic"]


@pytest.mark.parametrize(
    ("status", "headers", "verdict", "seconds"),
    [
        (200, {}, "accepted", None),
        (202, {}, "accepted", None),
        (404, {}, "gone", None),
        (410, {}, "gone", None),
        (413, {}, "refused", None),
        (400, {}, "refused", None),
        (403, {}, "refused", None),
        (429, {"Retry-After": "120"}, "later", 120),
        (429, {"Retry-After": "soon"}, "later", None),
        (500, {}, "later", None),
        (503, {"Retry-After": "7"}, "later", 7),
    ],
)
async def test_each_documented_answer_has_its_meaning(push, status, headers, verdict, seconds):
    push.answers = [Response(status_code=status, headers=headers)]
    message = a_message(to_browser(push, push.subscribe()))

    (outcome,) = await sent_by(Channel.WEB_PUSH, message)

    assert (outcome.verdict.value, outcome.retry_after_s) == (verdict, seconds)


async def test_a_redirect_is_not_followed(push):
    push.answers = [RedirectResponse("http://127.0.0.1:1/elsewhere")]

    assert await verdicts(Channel.WEB_PUSH, a_message(to_browser(push, push.subscribe()))) == [
        "refused"
    ]
    assert len(push.requests) == 1


async def test_a_subscription_that_ended_is_gone(push):
    browser = push.subscribe()
    push.browsers.clear()

    assert await verdicts(Channel.WEB_PUSH, a_message(to_browser(push, browser))) == ["gone"]


async def test_a_long_text_is_cut_to_what_a_service_takes(push):
    browser = push.subscribe()
    message = a_message(to_browser(push, browser), body="长" * 3_000)

    (outcome,) = await sent_by(Channel.WEB_PUSH, message)

    assert (outcome.verdict.value, push.refused) == ("accepted", [])
    body = browser.read[0]["body"]
    assert (body[:3], body[-1:], len(body) > 500) == ("长长长", "…", True)


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://169.254.169.254/latest/meta-data",
        "https://push.example.org/x",
        "https://fcm.googleapis.com.evil.example/x",
        "ftp://fcm.googleapis.com/x",
        "https://user@fcm.googleapis.com/x",
        "https://[::1",
        "nonsense",
    ],
)
async def test_nothing_is_sent_elsewhere_than_to_push_services(push, configured, endpoint):
    configured(GONGYI_WEB_PUSH_SERVICES="fcm.googleapis.com")
    browser = push.subscribe()
    elsewhere = Subscription(endpoint, browser.p256dh, plain(browser.auth))

    assert await verdicts(Channel.WEB_PUSH, a_message(elsewhere)) == ["gone"]
    assert push.requests == []


def test_services_below_a_named_host_are_reached():
    chosen = settings.current()

    named = [
        web_push.may_reach(chosen, f"https://{host}/send/1")
        for host in ("fcm.googleapis.com", "web.push.apple.com", "wns2-by3p.notify.windows.com")
    ]

    assert named == [True] * 3


@pytest.mark.parametrize(
    ("p256dh", "auth"),
    [("", ""), ("AAAA", "AAAA"), ("钥匙", "AAAA"), (plain(b"\x04" * 64), plain(b"0" * 16))],
)
async def test_keys_that_are_none_reach_nobody(push, p256dh, auth):
    browser = push.subscribe()
    broken = Subscription(f"{push.address}{browser.path}", p256dh, auth)

    assert await verdicts(Channel.WEB_PUSH, a_message(broken)) == ["gone"]
    assert push.requests == []


async def test_a_service_out_of_reach_is_tried_later(push, configured):
    browser = push.subscribe()
    away = Subscription("http://127.0.0.1:9/push/x", browser.p256dh, plain(browser.auth))

    assert await verdicts(Channel.WEB_PUSH, a_message(away)) == ["later"]


def test_a_date_to_come_back_at_is_read_and_bounded():
    in_a_minute = retry_after(formatdate(time() + 60, usegmt=True))

    assert in_a_minute is not None
    assert 55 <= in_a_minute <= 60
    assert retry_after(formatdate(time() - 60, usegmt=True)) == 0
    assert retry_after("999999999999") == 86_400
    assert retry_after(None) is None


def test_keys_of_the_installation_are_checked(configured):
    configured(GONGYI_VAPID_PRIVATE_KEY="short", GONGYI_VAPID_CONTACT="nobody")

    assert opening.problems(settings.current()) == {
        Channel.WEB_PUSH: [
            "GONGYI_VAPID_PRIVATE_KEY is 32 bytes in base64url",
            "web push needs GONGYI_VAPID_CONTACT, mailto: or https:",
        ]
    }
