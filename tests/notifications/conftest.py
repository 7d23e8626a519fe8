"""What tests of notices share: settings for one test, and providers that answer locally."""

from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from domains.kernel import settings
from domains.notifications.channels import wechat as wechat_channel
from tests.meetings.conftest import Hall, hall
from tests.notifications.providers import mail_server
from tests.notifications.providers.mail_server import Mailbox
from tests.notifications.providers.push_service import PushService
from tests.notifications.providers.wechat_messages import WeChatMessages
from tests.providers import tencent as tencent_server
from tests.providers import wechat as wechat_server
from tests.providers.serving import serving
from tests.providers.tencent import Tencent

__all__ = ["Hall", "hall"]

VAPID_KEY = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"


@pytest.fixture
def configured() -> Iterator[Callable[..., None]]:
    """Set settings by their environment names for one test: `configured(GONGYI_…="…")`."""
    with pytest.MonkeyPatch.context() as environment:

        def configure(**values: str) -> None:
            for name, value in values.items():
                environment.setenv(name, value)
            settings.current.cache_clear()

        yield configure
    settings.current.cache_clear()


@pytest.fixture
async def tencent(configured: Callable[..., None]) -> AsyncIterator[Tencent]:
    """A local Tencent Cloud SMS, by which notices go."""
    server = Tencent()
    async with serving(server.app) as address:
        configured(
            GONGYI_SMS_NOTICES="true",
            GONGYI_TENCENT_SMS_URL=address,
            GONGYI_TENCENT_SECRET_ID=tencent_server.SECRET_ID,
            GONGYI_TENCENT_SECRET_KEY=tencent_server.SECRET_KEY,
            GONGYI_TENCENT_SMS_APP_ID=tencent_server.APP_ID,
            GONGYI_TENCENT_SMS_SIGN_NAME=tencent_server.SIGN_NAME,
            GONGYI_PROVIDER_TIMEOUT_S="3",
        )
        yield server


@pytest.fixture
async def wechat(configured: Callable[..., None]) -> AsyncIterator[WeChatMessages]:
    """A local WeChat, by which notices go."""
    server = WeChatMessages()
    async with serving(server.app) as address:
        configured(
            GONGYI_WECHAT_NOTICES="true",
            GONGYI_WECHAT_URL=address,
            GONGYI_WECHAT_APP_ID=wechat_server.APP_ID,
            GONGYI_WECHAT_APP_SECRET=wechat_server.APP_SECRET,
            GONGYI_PROVIDER_TIMEOUT_S="3",
        )
        yield server
    wechat_channel.forget_tokens()


@pytest.fixture
async def mailbox(configured: Callable[..., None]) -> AsyncIterator[Mailbox]:
    """A local mail server, to which notices are handed."""
    async with mail_server.receiving() as server:
        configured(
            GONGYI_SMTP_HOST="127.0.0.1",
            GONGYI_SMTP_PORT=str(server.port),
            GONGYI_SMTP_SECURITY="none",
            GONGYI_MAIL_FROM="notice@gongyi.example",
            GONGYI_PROVIDER_TIMEOUT_S="3",
        )
        yield server


@pytest.fixture
async def push(configured: Callable[..., None]) -> AsyncIterator[PushService]:
    """A local push service with browsers."""
    server = PushService()
    async with serving(server.app) as address:
        server.address = address
        configured(
            GONGYI_VAPID_PRIVATE_KEY=VAPID_KEY,
            GONGYI_VAPID_CONTACT="mailto:office@gongyi.example",
            GONGYI_WEB_PUSH_SERVICES="127.0.0.1",
            GONGYI_PROVIDER_TIMEOUT_S="3",
        )
        yield server
