"""Looking public texts through for personal data, and refusing by naming what was found."""

from collections.abc import Mapping

from domains.disclosure.errors import PersonalDataInText
from domains.disclosure.rules import personal


def require_impersonal(**texts: str) -> None:
    """Refuse where one of the named texts holds personal data; the path names which."""
    require_all_impersonal({("input", name): text for name, text in texts.items()})


def require_all_impersonal(texts: Mapping[tuple[str, ...], str]) -> None:
    """Refuse where a text at one of the paths holds personal data."""
    for path, text in texts.items():
        found = personal.find(text)
        if found:
            raise PersonalDataInText(
                path=path,
                reason_zh=personal.named(found, chinese=True),
                reason_en=personal.named(found, chinese=False),
            )
