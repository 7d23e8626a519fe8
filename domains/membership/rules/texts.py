"""Short texts that people enter: one line, within bounds."""

import unicodedata

from domains.kernel.errors import InvalidInput


def line(given: str, *, path: tuple[str, ...], longest: int) -> str:
    """Return a required one-line text, trimmed and in normal form C.

    Raises InvalidInput where it is empty, too long, or holds control characters.
    """
    text = unicodedata.normalize("NFC", given[: longest * 4 + 4]).strip()
    if not text:
        raise InvalidInput(path=path, zh="不能为空。", en="it must not be empty.")
    if len(text) > longest:
        raise InvalidInput(
            path=path, zh=f"最多 {longest} 个字。", en=f"{longest} characters at most."
        )
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in text):
        raise InvalidInput(
            path=path, zh="不能含有控制字符。", en="it must not hold control characters."
        )
    return text


def optional_line(given: str | None, *, path: tuple[str, ...], longest: int) -> str | None:
    """Return an optional one-line text; blank is none."""
    return line(given, path=path, longest=longest) if given and given.strip() else None
