"""How we call outside providers: short waits, no address in any log, retries only where safe."""

import logging
import ssl
from collections.abc import AsyncIterator, Callable
from functools import lru_cache

import httpx
import stamina

from domains.kernel import settings

# These loggers write whole addresses, and WeChat wants its secret in one.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)


class ProviderFault(Exception):
    """A provider did not answer as it should; says what, never about whom."""


@lru_cache(maxsize=1)
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()


def client(base_url: str = "", *, at_once: int = 10) -> httpx.AsyncClient:
    """Return a client for exchanges with a provider; redirects are not followed."""
    return httpx.AsyncClient(
        base_url=base_url,
        timeout=settings.current().provider_timeout_s,
        limits=httpx.Limits(max_connections=at_once, max_keepalive_connections=at_once),
        verify=_trust(),
        follow_redirects=False,
    )


def attempts(may_repeat: Callable[[Exception], bool]) -> AsyncIterator[stamina.Attempt]:
    """Yield up to three attempts within seconds: a resident is waiting."""
    return stamina.retry_context(
        on=may_repeat,
        attempts=3,
        timeout=7.0,
        wait_initial=0.1,
        wait_max=1.0,
        wait_jitter=0.1,
    ).__aiter__()


def was_not_sent(fault: Exception) -> bool:
    """Whether the request never left, so that asking again cannot ask twice."""
    return isinstance(fault, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
