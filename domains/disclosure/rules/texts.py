"""Texts that residents read: a small part of HTML, sanitised when it is written. Pure.

Paragraphs, lists, tables, emphasis, quotations and links: whatever else comes in is taken out
(scripts with all that they hold), so that what is stored can be shown as it stands.
"""

import html
import re
import unicodedata
from urllib.parse import unquote

import nh3

from domains.kernel.errors import InvalidInput

LONGEST_TITLE = 120
LONGEST_BODY = 50_000

_TAGS = frozenset(
    {"p", "br", "hr", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "a"}
    | {"strong", "em", "u", "s", "sub", "sup"}
    | {"table", "thead", "tbody", "tr", "th", "td"}
)
_ATTRIBUTES = {"a": {"href", "title"}, "th": {"colspan", "rowspan"}, "td": {"colspan", "rowspan"}}
_SCHEMES = frozenset({"http", "https", "mailto", "tel"})
_ATTRIBUTE = re.compile(r'(?:href="(?:tel|mailto):|title=")([^"]*)"', re.IGNORECASE)
_BREAKS = re.compile(r"</(?:p|h[2-4]|li|tr|blockquote|table)>|<(?:br|hr)\s*/?>", re.IGNORECASE)
_CELLS = re.compile(r"</t[dh]>", re.IGNORECASE)
_TAG = re.compile(r'<(?:[^">]|"[^"]*")*>')
_BLANKS = re.compile(r"[^\S\n]+")
_LINES = re.compile(r"\n\s*\n+")


def sanitised(given: str) -> str:
    """Return the part of the text that may be shown, in normal form C; nothing of it can run."""
    text = unicodedata.normalize("NFC", given.replace("\x00", ""))
    return nh3.clean(
        text,
        tags=set(_TAGS),
        attributes=_ATTRIBUTES,
        url_schemes=set(_SCHEMES),
        strip_comments=True,
    ).strip()


def plain(body_html: str) -> str:
    """Return what a sanitised text says, without its tags: for search, feeds and checks."""
    # The tags are well-formed already, so they are parted as text: a parser would move what a
    # table may not hold, and words with it.
    text = _BREAKS.sub("\n", _CELLS.sub(" ", body_html))
    text = html.unescape(_TAG.sub("", text))
    text = _BLANKS.sub(" ", text)
    return _LINES.sub("\n", "\n".join(line.strip() for line in text.split("\n"))).strip()


def read_of(body_html: str, body_text: str) -> str:
    """Return all that a sanitised text tells: its words, and what its links and titles hold."""
    unseen = (unquote(html.unescape(each)) for each in _ATTRIBUTE.findall(body_html))
    return "\n".join((body_text, *unseen))


def paragraphs(text: str) -> str:
    """Return plain text as HTML: each line a paragraph, every sign as it is."""
    lines = (line.strip() for line in text.splitlines())
    return "".join(f"<p>{html.escape(line, quote=False)}</p>" for line in lines if line)


def code(given: str) -> str:
    """Return what somebody asks for by its code: no longer than codes are, and storable."""
    return given.replace("\x00", "")[:40]


def title(given: str, *, path: tuple[str, ...] = ("input", "title")) -> str:
    """Return a title in one line; raises InvalidInput where it is empty, long or has controls."""
    return line(given, path=path, longest=LONGEST_TITLE)


def line(given: str, *, path: tuple[str, ...], longest: int, least: int = 2) -> str:
    """Return a required text of one line, trimmed, in normal form C; raises InvalidInput."""
    text = unicodedata.normalize("NFC", given[: longest * 4 + 4]).strip()
    if not least <= len(text) <= longest:
        raise InvalidInput(
            path=path,
            zh=f"须为 {least} 至 {longest} 字。",
            en=f"This has {least} to {longest} characters.",
        )
    if any(unicodedata.category(each) in {"Cc", "Cs"} for each in text):
        raise InvalidInput(
            path=path, zh="不能含有控制字符。", en="It must not hold control characters."
        )
    return text


def body(given: str, *, path: tuple[str, ...] = ("input", "body")) -> tuple[str, str]:
    """Return a sanitised body and what it says; raises InvalidInput where it is endless."""
    if len(given) > LONGEST_BODY:
        raise InvalidInput(
            path=path,
            zh=f"正文最多 {LONGEST_BODY} 字。",
            en=f"A body has {LONGEST_BODY} characters at most.",
        )
    shown = sanitised(given)
    return shown, plain(shown)
