"""What may be shown of a personal value to those who may not see it whole."""


def name(text: str) -> str:
    """Return the surname's first character and one star: no length is told."""
    return f"{text[:1]}*"


def phone(text: str) -> str:
    """Return the first three and the last four digits."""
    return f"{text[:3]}****{text[-4:]}"


def identity_number(text: str) -> str:
    """Return the first and the last place."""
    return f"{text[:1]}{'*' * 16}{text[-1:]}"
