"""Every kind of notice, by its code: one module a domain that notices speak of."""

from domains.notifications.kinds import (
    campaigns,
    digests,
    matters,
    meetings,
    pledges,
    polls,
    projects,
    reviews,
    services,
    timebank,
    volunteering,
)
from domains.notifications.kinds.book import BY_CODE
from domains.notifications.kinds.kind import NoticeKind
from domains.notifications.rules import wording
from domains.notifications.values import Locale

ALL: tuple[NoticeKind, ...] = (
    *campaigns.KINDS,
    *digests.KINDS,
    *matters.KINDS,
    *meetings.KINDS,
    *pledges.KINDS,
    *polls.KINDS,
    *projects.KINDS,
    *reviews.KINDS,
    *services.KINDS,
    *timebank.KINDS,
    *volunteering.KINDS,
)
BY_CODE.update({each.code: each for each in ALL})

for _kind in ALL:
    assert _kind.personal <= set(_kind.variables), f"{_kind.code} names its variables"
    assert set(_kind.says) == set(Locale), f"{_kind.code} speaks every language"
    for _text in _kind.says.values():
        wording.require_known((_text.subject, _text.body), _kind.variables)
assert len(BY_CODE) == len(ALL), "two kinds share a code"

__all__ = ["ALL", "BY_CODE"]
