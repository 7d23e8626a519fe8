"""How we call outside providers: short waits, no address in any log, retries only where safe."""

import logging
import ssl
from functools import lru_cache

import httpx

from domains.kernel import settings

# These loggers write whole addresses, and WeChat wants its secret in one.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)

ATTEMPTS = 3
LONGEST_S = 7.0
FIRST_WAIT_S = 0.1

# The request never left, so that asking again cannot ask twice.
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class ProviderFault(Exception):
    """A provider did not answer as it should; says what, never about whom."""


@lru_cache(maxsize=1)
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()


def client(base_url: str = "") -> httpx.AsyncClient:
    """Return a client for one exchange with a provider; redirects are not followed."""
    return httpx.AsyncClient(
        base_url=base_url,
        timeout=settings.current().provider_timeout_s,
        verify=_trust(),
        follow_redirects=False,
    )
