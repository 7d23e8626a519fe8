"""Messages as a channel is given them."""

from contextlib import AsyncExitStack
from typing import Any

from domains.kernel import database, settings
from domains.notifications.channels import opening
from domains.notifications.channels.base import Message, Outcome, Subscription
from domains.notifications.values import Channel
from tests.notifications.providers.push_service import Browser, PushService, plain

PHONE = "13800138000"
OPENID = "oGZUI0egBJY1zhBYw2KhdUfwVJJE"
MAIL = "lin.fang@example.org"
TEXT = "六号楼加装电梯的表决今晚八点结束"


def a_message(address: str | Subscription, **given: Any) -> Message:
    """A rendered notice on its way."""
    usual: dict[str, Any] = {
        "id": database.new_id(),
        "address": address,
        "subject": "表决即将结束",
        "body": TEXT,
        "template_code": "1110",
        "variables": (("thing1", "加装电梯"), ("time2", "2026年11月22日 20:00")),
    }
    return Message(**(usual | given))


def to_browser(push: PushService, browser: Browser) -> Subscription:
    """The subscription that the browser gives away."""
    return Subscription(f"{push.address}{browser.path}", browser.p256dh, plain(browser.auth))


async def sent_by(channel: Channel, *messages: Message) -> list[Outcome]:
    """Open the channels of the settings, hand the messages over one by one, and close them."""
    async with AsyncExitStack() as stack:
        carriers = await stack.enter_async_context(opening.opened(settings.current()))
        return [await carriers[channel].send(each) for each in messages]


async def verdicts(channel: Channel, *messages: Message) -> list[str]:
    """What became of the messages, in a word each."""
    return [each.verdict.value for each in await sent_by(channel, *messages)]
