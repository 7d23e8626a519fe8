"""Plain texts of several lines: questions, answers, records. Pure."""

import unicodedata

from domains.kernel.errors import InvalidInput

_KEPT = {"\n"}


def prose(given: str, *, path: tuple[str, ...], longest: int, least: int = 2) -> str:
    """Return a required text, trimmed, in normal form C; raises InvalidInput."""
    plain = given[: longest * 4 + 4].replace("\r\n", "\n")
    text = unicodedata.normalize("NFC", plain).strip()
    if not least <= len(text) <= longest:
        raise InvalidInput(
            path=path,
            zh=f"须为 {least} 至 {longest} 字。",
            en=f"This has {least} to {longest} characters.",
        )
    if any(unicodedata.category(each) in {"Cc", "Cs"} and each not in _KEPT for each in text):
        raise InvalidInput(
            path=path, zh="不能含有控制字符。", en="It must not hold control characters."
        )
    return text
