"""Texts that people write and everybody reads: plain, whole, and cut into words. Pure.

What is kept is plain text and no markup: tags are taken out (with all of a script), and
characters that were written as entities are characters again.
"""

import html
import re
import unicodedata

import nh3
import rjieba

from domains.kernel.errors import InvalidInput

_MOST_PASSES = 5
_BLANK_LINES = re.compile(r"\n{3,}")
_HAN = re.compile(r"[\u3400-\u9fff]")
_LONGEST_WORD = 60
_MOST_WORDS = 4_000


def plain(given: str) -> str:
    """Return the text without markup, in normal form C, without control characters."""
    text = _bare(given)
    for _ in range(_MOST_PASSES):
        # What stood between two characters may have kept a tag from being one.
        cleaned = _bare(html.unescape(nh3.clean(text, tags=set())))
        if cleaned == text:
            break
        text = cleaned
    else:
        # Entities within entities without end: no tag can begin any more.
        text = text.replace("<", "").replace("&", "")
    return _BLANK_LINES.sub("\n\n", text).strip()


def _bare(text: str) -> str:
    kept = (
        each
        for each in text.replace("\r\n", "\n")
        if each == "\n" or unicodedata.category(each) not in {"Cc", "Cs"}
    )
    return unicodedata.normalize("NFC", "".join(kept))


def required(given: str, *, path: tuple[str, ...], longest: int, least: int = 1) -> str:
    """Return the plain text; raises InvalidInput where nothing or too much is left of it."""
    text = plain(given[: longest * 4 + 100])
    if not least <= len(text) <= longest or len(given) > longest * 4 + 100:
        raise InvalidInput(
            path=path,
            zh=f"内容须为 {least} 至 {longest} 字。",
            en=f"this has {least} to {longest} characters.",
        )
    return text


def optional(given: str | None, *, path: tuple[str, ...], longest: int) -> str:
    """Return the plain text, or an empty one for none."""
    return required(given, path=path, longest=longest) if given and given.strip() else ""


def words(text: str) -> list[str]:
    """Return the words by which a text is found: cut by dictionary, and each character of it."""
    return sorted(_cut(text) | set(_HAN.findall(text)))[:_MOST_WORDS]


def asked_words(text: str) -> list[str]:
    """Return the words that a search asks for; all of them must be there."""
    return sorted(_cut(text))[:20]


def _cut(text: str) -> set[str]:
    found = (each.strip().lower()[:_LONGEST_WORD] for each in rjieba.cut_for_search(text))
    return {each for each in found if any(letter.isalnum() for letter in each)}


def words_query(asked: list[str]) -> str:
    """Write the words as a query of PostgreSQL's text search, each one quoted."""
    quoted = (each.replace("\\", "\\\\").replace("'", "''") for each in asked)
    return " & ".join(f"'{each}'" for each in quoted)
