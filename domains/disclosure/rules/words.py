"""Chinese words for search: a text and a question are cut in the same way. Pure."""

import unicodedata

import rjieba

MOST_ASKED = 12


def cut(text: str) -> list[str]:
    """Return the words of a text, each once, long words with the words they hold."""
    normal = unicodedata.normalize("NFKC", text).lower()
    found = (word.strip() for word in rjieba.cut_for_search(normal))
    return sorted({word for word in found if any(letter.isalnum() for letter in word)})


def question(text: str) -> str | None:
    """Return a tsquery that wants every word of what is asked; None where it holds no word."""
    asked = cut(text)[:MOST_ASKED]
    return " & ".join(_quoted(word) for word in asked) if asked else None


def _quoted(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"
