"""How we call outside providers: short waits, no address in any log, retries only where safe.

Where somebody waits for one answer httpx asks. Where thousands of messages are posted a minute
aiohttp posts them, which takes a fifth of the processor time.
"""

import json
import logging
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import aiohttp
import httpx
import stamina
from yarl import URL

from domains.kernel import settings

# These loggers write whole addresses, and WeChat wants its secret in one.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)


class ProviderFault(Exception):
    """A provider did not answer as it should; says what, never about whom."""


class NotSent(ProviderFault):
    """The request never left: asking again cannot ask twice."""


class NoAnswer(ProviderFault):
    """The request may have arrived; nobody said so."""


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


@dataclass(frozen=True, slots=True)
class Answer:
    """What a provider answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Return the body as JSON; raises ValueError where it is none."""
        return json.loads(self.body)


_LONGEST_ANSWER = 1_000_000


class Poster:
    """Posts requests over connections that are kept; redirects are not followed."""

    def __init__(self, *, at_once: int) -> None:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=at_once, ssl=_trust()),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=settings.current().provider_timeout_s),
        )

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Post a body; raises NotSent or NoAnswer, which name neither address nor content."""
        try:
            async with self._session.post(
                URL(url, encoded=True), data=body, headers=headers, allow_redirects=False
            ) as answer:
                taken = await answer.content.read(_LONGEST_ANSWER)
                while not answer.content.at_eof() and len(taken) < _LONGEST_ANSWER:
                    taken += await answer.content.read(_LONGEST_ANSWER - len(taken))
                return Answer(answer.status, answer.headers, taken)
        except (aiohttp.ClientConnectionError, aiohttp.InvalidURL) as fault:
            kind = NotSent if isinstance(fault, _NEVER_LEFT) else NoAnswer
            raise kind(type(fault).__name__) from None
        except (aiohttp.ClientError, TimeoutError) as fault:
            raise NoAnswer(type(fault).__name__) from None

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()


_NEVER_LEFT = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.InvalidURL,
)
