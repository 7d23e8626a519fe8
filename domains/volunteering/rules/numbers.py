"""Volunteer numbers: made by counting, with a check digit; they say nothing of the person."""

PREFIX = "GY"
_DIGITS = 9


def written(number: int) -> str:
    """Return a volunteer number as it is shown: GY, nine digits, and a check digit (Luhn)."""
    digits = f"{number:0{_DIGITS}d}"
    return f"{PREFIX}{digits}{_check(digits)}"


def read(text: str) -> int | None:
    """Return the number that a text shows; None where it is not a volunteer number."""
    given = text.strip().upper()
    digits = given.removeprefix(PREFIX)
    if not given.startswith(PREFIX) or len(digits) != _DIGITS + 1:
        return None
    if not (digits.isascii() and digits.isdigit()):
        return None
    return int(digits[:-1]) if _check(digits[:-1]) == digits[-1] else None


def _check(digits: str) -> str:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 - place % 2)
        total += doubled // 10 + doubled % 10
    return str(-total % 10)
