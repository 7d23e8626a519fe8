"""Money is never asked of the public here: an appeal is a link to a designated platform. Pure.

慈善法 26 and 27: the public is appealed to online on platforms only that the ministry has
designated; whoever has no licence co-operates with who has.
"""

import re
from collections.abc import Collection, Sequence
from urllib.parse import urlsplit

from domains.matching.errors.projects import AppealInText, AppealNotDesignated

_ADDRESS = re.compile(r"https?:|www\.|[a-z0-9-]{2,}\.(?:com|cn|net|org|top|vip|shop|cc)\b", re.I)
_ACCOUNT = re.compile(r"(?<!\d)\d{12,}(?!\d)")


def designated(url: str, hosts: Collection[str]) -> str:
    """Return the address, which is https on a designated host and nothing that looks like it.

    Raises AppealNotDesignated.
    """
    path = ("input", "appealUrl")
    given = url.strip()
    try:
        parts = urlsplit(given)
        port = parts.port
    except ValueError:
        raise AppealNotDesignated(path=path) from None
    fits = (
        parts.scheme == "https"
        and parts.hostname in hosts
        and parts.netloc == parts.hostname
        and port is None
        and len(given) <= 500
        and given.isascii()
        and given.isprintable()
        and not set(given) & set('\\<>" ')
    )
    if not fits:
        raise AppealNotDesignated(path=path)
    return given


def require_no_appeal(text: str, words: Sequence[str], *, path: tuple[str, ...]) -> str:
    """Return a text that asks nobody for money; raises AppealInText."""
    squeezed = re.sub(r"[\s\-]", "", text)
    if (
        _ADDRESS.search(text)
        or _ACCOUNT.search(squeezed)
        or any(word in squeezed for word in words)
    ):
        raise AppealInText(path=path)
    return text
