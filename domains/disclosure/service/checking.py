"""Looking public texts through for personal data, and refusing by naming what was found.

A body's own contacts are nobody's personal data: they are declared (`setPublisherContacts`), and
what it publishes may say them.
"""

from collections.abc import Collection, Mapping

from domains.disclosure.errors import PersonalDataInText
from domains.disclosure.rules import personal

Contacts = Collection[str]
NONE: Contacts = ()


def require_impersonal(**texts: str) -> None:
    """Refuse where one of the named texts holds personal data; the path names which."""
    require_all_impersonal({("input", name): text for name, text in texts.items()})


def require_all_impersonal(
    texts: Mapping[tuple[str, ...], str], *, contacts: Contacts = NONE
) -> None:
    """Refuse where a text at one of the paths holds personal data, but for these contacts."""
    for path, text in texts.items():
        found = personal.find_but(text, contacts)
        if found:
            raise PersonalDataInText(
                path=path,
                reason_zh=personal.named(found, chinese=True),
                reason_en=personal.named(found, chinese=False),
            )
