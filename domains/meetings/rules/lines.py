"""Short texts of one line: titles, names, reasons. Pure."""

from domains.meetings.rules import texts


def line(given: str, *, path: tuple[str, ...], longest: int, least: int = 1) -> str:
    """Return the plain text on one line; raises InvalidInput where nothing or too much is left."""
    text = " ".join(given.split()) if len(given) <= longest * 8 else given
    return texts.required(text, path=path, longest=longest, least=least)


def optional_line(given: str | None, *, path: tuple[str, ...], longest: int) -> str | None:
    """Return the plain text on one line, or None for none."""
    return line(given, path=path, longest=longest) if given and given.strip() else None


def reason(given: str, *, longest: int = 200) -> str:
    """Return a reason that everybody concerned can read."""
    return line(given, path=("input", "reason"), longest=longest)
