"""Chinese words for search: a text and a question are cut in the same way. Pure."""

import unicodedata

import rjieba

MOST_ASKED = 12
# What PostgreSQL takes of one text is bounded (a megabyte of words, 2 kB a word): long before
# that, what is found by is found by its beginning.
LONGEST_TEXT = 200_000
_LONGEST_WORD = 64
_MOST_BYTES = 600_000


def cut(text: str) -> list[str]:
    """Return the words of a text, each once, long words with the words they hold."""
    normal = unicodedata.normalize("NFKC", text[:LONGEST_TEXT]).lower().replace("\x00", " ")
    found: dict[str, None] = {}
    size = 0
    for piece in rjieba.cut_for_search(normal):
        word = piece.strip()[:_LONGEST_WORD]
        if word in found or not any(letter.isalnum() for letter in word):
            continue
        size += len(word.encode())
        if size > _MOST_BYTES:
            break
        found[word] = None
    return list(found)


def question(text: str) -> str | None:
    """Return a tsquery that wants every word of what is asked; None where it holds no word."""
    asked = cut(text)[:MOST_ASKED]
    return " & ".join(_quoted(word) for word in asked) if asked else None


def _quoted(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"
