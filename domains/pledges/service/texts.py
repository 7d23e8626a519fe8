"""Public texts: within bounds, and without anybody's numbers."""

from domains.kernel.errors import InvalidInput
from domains.voting.errors import NumbersInText
from domains.voting.rules.entries import holds_personal_numbers


def public(text: str, *, longest: int, path: tuple[str, ...], shortest: int = 2) -> str:
    """Return a public text, trimmed.

    Raises InvalidInput where it is too short or too long, NumbersInText where it holds a
    telephone or identity number.
    """
    trimmed = text.strip()
    if not shortest <= len(trimmed) <= longest or "\x00" in trimmed:
        raise InvalidInput(
            path=path,
            zh=f"内容须为 {shortest} 至 {longest} 字。",
            en=f"This has {shortest} to {longest} characters.",
        )
    if holds_personal_numbers(trimmed):
        raise NumbersInText(path=path)
    return trimmed
