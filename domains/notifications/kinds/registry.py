"""Every kind of notice, by its code: one module a domain that notices speak of."""

from collections.abc import Mapping
from types import ModuleType

from domains.kernel.events import Event
from domains.notifications.kinds import (
    campaigns,
    digests,
    disclosure,
    elections,
    gatherings,
    matters,
    meetings,
    membership,
    operations,
    pledges,
    polls,
    projects,
    questions,
    resources,
    reviews,
    runs,
    services,
    shifts,
    timebank,
    volunteering,
)
from domains.notifications.kinds.book import BY_CODE
from domains.notifications.kinds.kind import NoticeKind
from domains.notifications.rules import wording
from domains.notifications.values import Locale

_MODULES: tuple[ModuleType, ...] = (
    campaigns,
    digests,
    disclosure,
    elections,
    gatherings,
    matters,
    meetings,
    membership,
    operations,
    pledges,
    polls,
    projects,
    questions,
    resources,
    reviews,
    runs,
    services,
    shifts,
    timebank,
    volunteering,
)
ALL: tuple[NoticeKind, ...] = tuple(kind for module in _MODULES for kind in module.KINDS)
# Events of which nobody is told by a notice, each with its reason.
UNTOLD: Mapping[type[Event], str] = {
    event: reason for module in _MODULES for event, reason in getattr(module, "UNTOLD", {}).items()
}
BY_CODE.update({each.code: each for each in ALL})

for _kind in ALL:
    assert _kind.personal <= set(_kind.variables), f"{_kind.code} names its variables"
    assert set(_kind.says) == set(Locale), f"{_kind.code} speaks every language"
    for _text in _kind.says.values():
        wording.require_known((_text.subject, _text.body), _kind.variables)
assert len(BY_CODE) == len(ALL), "two kinds share a code"

__all__ = ["ALL", "BY_CODE", "UNTOLD"]
