"""Which channels are on, why others are not, and opening those that are."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from domains.kernel.settings import Settings
from domains.notifications.channels import console, mail, sms, web_push, wechat
from domains.notifications.channels.base import Carrier
from domains.notifications.values import Channel


@dataclass(frozen=True, slots=True)
class _Way:
    """How settings turn a channel on, what they then still lack, and how it is opened."""

    is_wanted: Callable[[Settings], bool]
    problems: Callable[[Settings], list[str]]
    opened: Callable[[Settings], Carrier]


_WAYS: Mapping[Channel, _Way] = {
    Channel.CONSOLE: _Way(
        lambda chosen: chosen.notices_to_console,
        console.problems,
        lambda _chosen: console.ConsoleCarrier(),
    ),
    Channel.EMAIL: _Way(lambda chosen: bool(chosen.smtp_host), mail.problems, mail.MailCarrier),
    Channel.WEB_PUSH: _Way(
        lambda chosen: bool(chosen.vapid_private_key.get_secret_value()),
        web_push.problems,
        web_push.WebPushCarrier,
    ),
    Channel.WECHAT: _Way(
        lambda chosen: chosen.wechat_notices, wechat.problems, wechat.WeChatCarrier
    ),
    Channel.SMS: _Way(lambda chosen: chosen.sms_notices, sms.problems, sms.SmsCarrier),
}


def problems(chosen: Settings) -> dict[Channel, list[str]]:
    """Return, of each channel that settings turn on, what they still lack for it."""
    return {
        channel: way.problems(chosen) for channel, way in _WAYS.items() if way.is_wanted(chosen)
    }


def are_on(chosen: Settings) -> list[Channel]:
    """Return the channels by which notices go: turned on, and lacking nothing."""
    return [channel for channel, found in problems(chosen).items() if not found]


def rates(chosen: Settings) -> dict[Channel, int]:
    """Return how many notices a second each channel takes; raises ValueError for nonsense."""
    found: dict[Channel, int] = {}
    for pair in chosen.notice_rates.split():
        name, between, rate = pair.partition("=")
        if not between or not rate.isdecimal() or int(rate) < 1:
            raise ValueError(f"{pair!r} is not channel=notices a second")
        found[Channel(name)] = int(rate)
    return found


@asynccontextmanager
async def opened(
    chosen: Settings, *, only: Channel | None = None
) -> AsyncIterator[Mapping[Channel, Carrier]]:
    """Open the channels that are on, or one of them, and close them afterwards."""
    carriers = {
        channel: _WAYS[channel].opened(chosen)
        for channel in are_on(chosen)
        if only is None or channel is only
    }
    try:
        yield carriers
    finally:
        for carrier in carriers.values():
            await carrier.close()
