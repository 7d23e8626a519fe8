"""Chinese words for search: a text and a question are cut in the same way. Pure.

How a word is cut depends on what stands beside it: 广场舞队 is 广场 and 舞队, 广场舞 is 广场 and
舞. So that whatever stands in a text is found in it, each Han sign and each pair of neighbours
is known too, and a longer word is found by itself or by its pairs.
"""

import re
import unicodedata
from collections.abc import Iterator
from itertools import chain, pairwise

import rjieba

MOST_ASKED = 12
# What PostgreSQL takes of one text is bounded (a megabyte of words, 2 kB a word): long before
# that, what is found by is found by its beginning.
LONGEST_TEXT = 200_000
_LONGEST_WORD = 64
_MOST_BYTES = 600_000
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]+")


def cut(text: str) -> list[str]:
    """Return what a text is found by, each once: its words, its signs, and pairs of them."""
    normal = _normal(text)
    found: dict[str, None] = {}
    size = 0
    for word in chain(_words(normal), _signs(normal)):
        if word in found:
            continue
        size += len(word.encode())
        if size > _MOST_BYTES:
            break
        found[word] = None
    return list(found)


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text[:LONGEST_TEXT]).lower().replace("\x00", " ")


def _words(normal: str) -> Iterator[str]:
    for piece in rjieba.cut_for_search(normal):
        word = piece.strip()[:_LONGEST_WORD]
        if any(letter.isalnum() for letter in word):
            yield word


def _signs(normal: str) -> Iterator[str]:
    for run in _HAN.findall(normal):
        yield from run
        yield from _pairs(run)


def _pairs(run: str) -> Iterator[str]:
    return (first + second for first, second in pairwise(run))


def question(text: str) -> str | None:
    """Return a tsquery that wants every word of what is asked; None where it holds no word."""
    asked = list(dict.fromkeys(_words(_normal(text))))[:MOST_ASKED]
    return " & ".join(_wanted(word) for word in asked) if asked else None


def _wanted(word: str) -> str:
    if len(word) < 3 or not _HAN.fullmatch(word):
        return _quoted(word)
    return f"({_quoted(word)} | {' & '.join(_quoted(pair) for pair in _pairs(word))})"


def _quoted(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"
