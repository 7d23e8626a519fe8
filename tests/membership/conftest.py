"""What tests of membership share."""

import secrets
from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from domains.kernel import settings
from tests.providers import oidc as oidc_server
from tests.providers import tencent as tencent_server
from tests.providers import wechat as wechat_server
from tests.providers.oidc import OidcServer
from tests.providers.serving import serving
from tests.providers.tencent import Tencent
from tests.providers.wechat import WeChat


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
    """A local Tencent Cloud SMS, named by the settings."""
    server = Tencent()
    async with serving(server.app) as address:
        configured(
            GONGYI_SMS_PROVIDER="tencent",
            GONGYI_TENCENT_SMS_URL=address,
            GONGYI_TENCENT_SECRET_ID=tencent_server.SECRET_ID,
            GONGYI_TENCENT_SECRET_KEY=tencent_server.SECRET_KEY,
            GONGYI_TENCENT_SMS_APP_ID=tencent_server.APP_ID,
            GONGYI_TENCENT_SMS_SIGN_NAME=tencent_server.SIGN_NAME,
            GONGYI_TENCENT_SMS_TEMPLATE_ID=tencent_server.TEMPLATE_ID,
            GONGYI_PROVIDER_TIMEOUT_S="3",
        )
        yield server


@pytest.fixture
async def wechat(configured: Callable[..., None]) -> AsyncIterator[WeChat]:
    """A local WeChat, named by the settings."""
    server = WeChat()
    async with serving(server.app) as address:
        configured(
            GONGYI_WECHAT_URL=address,
            GONGYI_WECHAT_APP_ID=wechat_server.APP_ID,
            GONGYI_WECHAT_APP_SECRET=wechat_server.APP_SECRET,
            GONGYI_PROVIDER_TIMEOUT_S="3",
        )
        yield server


@pytest.fixture
async def oidc(configured: Callable[..., None]) -> AsyncIterator[OidcServer]:
    """A local OIDC provider, named by the settings."""
    server = OidcServer()
    async with serving(server.app()) as address:
        # A realm of its own: what is cached of an issuer must not meet another test.
        server.issuer = f"{address}/{secrets.token_hex(4)}"
        configured(
            GONGYI_OIDC_ISSUER=server.issuer,
            GONGYI_OIDC_CLIENT_ID=oidc_server.CLIENT_ID,
            GONGYI_OIDC_CLIENT_SECRET=oidc_server.CLIENT_SECRET,
            GONGYI_OIDC_REDIRECT_URL=oidc_server.REDIRECT_URL,
            GONGYI_PROVIDER_TIMEOUT_S="3",
        )
        yield server
