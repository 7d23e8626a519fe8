"""The timetable is whole: of everything that happens somebody is told, or it says why nobody is."""

import gc
import importlib
import pkgutil
import sys
from collections.abc import Iterator
from dataclasses import fields

import pytest

import domains
from domains.disclosure import events as disclosure
from domains.kernel.events import Event, name_of
from domains.meetings.events import discussion, issues, minutes
from domains.membership import events as membership
from domains.notifications import events as notifications
from domains.notifications.kinds import registry
from domains.notifications.kinds.kind import EACH_TIME, Heard
from domains.notifications.values import Locale, Urgency
from domains.pledges.events import pledges, reviews
from domains.voting import events as voting
from schema import node, root


def _subclasses(of: type[Event]) -> Iterator[type[Event]]:
    for each in of.__subclasses__():
        yield each
        yield from _subclasses(each)


def every_event() -> list[type[Event]]:
    """Every event of every domain; not what others are made from."""
    for module in pkgutil.walk_packages(domains.__path__, "domains."):
        if module.name.endswith(".events") or ".events." in module.name:
            importlib.import_module(module.name)
    gc.collect()
    # A slotted dataclass is made anew from the class that its text declares.
    found = {
        each
        for each in _subclasses(Event)
        if each.__module__.startswith("domains.")
        and getattr(sys.modules[each.__module__], each.__name__, None) is each
    }
    bases = {base for each in found for base in each.__mro__[1:]}
    return sorted(found - bases, key=name_of)


EVENTS = every_event()
HEARD = {heard.event for kind in registry.ALL for heard in kind.hears}
WITHDRAWING = {heard.event for kind in registry.ALL for heard in kind.withdrawn_by}


@pytest.mark.parametrize("event", EVENTS, ids=name_of)
def test_of_every_event_somebody_is_told_or_it_says_why_nobody_is(event):
    told = event in HEARD or event in WITHDRAWING

    assert told or registry.UNTOLD.get(event)


def test_nothing_is_both_told_and_said_to_be_untold():
    assert sorted(map(name_of, HEARD & set(registry.UNTOLD))) == []


@pytest.mark.parametrize("kind", registry.ALL, ids=lambda kind: kind.code)
def test_a_kind_finds_in_its_events_what_it_looks_for(kind):
    for heard in (*kind.hears, *kind.withdrawn_by):
        assert _named(heard) <= {each.name for each in fields(heard.event)}, heard.event


def _named(heard: Heard) -> set[str]:
    slot = (heard.slot,) if isinstance(heard.slot, str) else heard.slot or ()
    names = {heard.subject, *slot} - {EACH_TIME}
    is_withdrawing = any(heard in kind.withdrawn_by for kind in registry.ALL)
    if heard.area is not None and not is_withdrawing:
        names.add(heard.area)
    return names


@pytest.mark.parametrize("kind", registry.ALL, ids=lambda kind: kind.code)
def test_what_a_kind_is_about_can_be_opened_from_its_notice(kind):
    assert root.schema is not None
    assert kind.subject_kind in node.kinds()


@pytest.mark.parametrize("kind", registry.ALL, ids=lambda kind: kind.code)
def test_a_kinds_line_fits_a_message_in_both_languages(kind):
    assert {len(kind.says[each].subject) <= 60 for each in Locale} == {True}
    assert {bool(kind.says[each].body) for each in Locale} == {True}


# Everything that a resident can hand in, and the events by which its outcome becomes known.
OUTCOMES: dict[str, tuple[type[Event], ...]] = {
    "a claim to live somewhere": (membership.ResidencyVerified, membership.ResidencyRefused),
    "a record that is contested": (membership.TagContestSettled,),
    "an objection to a roll": (voting.RollObjectionDecided,),
    "a challenge to a result": (voting.PollChallengeDecided, voting.PollChallengeClosed),
    "a petition for a recall": (voting.RecallSupported, voting.RecallConvened),
    "a nomination": (voting.CandidateVetted,),
    "a question or an objection to what is public": (
        disclosure.QuestionAnswered,
        disclosure.QuestionEscalated,
        disclosure.QuestionExtended,
        disclosure.QuestionDecided,
        disclosure.QuestionDecisionOverdue,
        disclosure.QuestionCorrected,
    ),
    "a demand to make something public": (
        disclosure.DemandReached,
        disclosure.DemandLapsed,
        disclosure.ObligationMet,
        disclosure.ObligationMissed,
        disclosure.ObligationWaived,
    ),
    "a topic of a gathering": (
        disclosure.TopicAnswered,
        disclosure.GatheringMoved,
        disclosure.GatheringCancelled,
    ),
    "an issue": (issues.IssueMoved,),
    "an objection to minutes": (minutes.MinutesObjectionDecided,),
    "a comment": (discussion.CommentWritten, discussion.TextHidden),
    "an appeal against the hiding of a text": (discussion.HidingDecided,),
    "a proposal of a promise": (
        pledges.PledgeScreened,
        pledges.PledgeWithdrawn,
        pledges.PledgeCommitted,
    ),
    "an objection to a promise": (pledges.PledgeObjectionAnswered,),
    "remarks of a review": (reviews.ReviewRemarksAnswered,),
    "a campaign": (notifications.CampaignReturned,),
}


@pytest.mark.parametrize("handed_in", OUTCOMES)
def test_whoever_hands_something_in_is_told_of_every_outcome(handed_in):
    assert [name_of(each) for each in OUTCOMES[handed_in] if each not in HEARD] == []


# What goes to many, and often: whoever wishes has it gathered in a summary instead.
OFTEN = (
    "DISCLOSURE_PUBLISHED",
    "GATHERING_NEAR",
    "GATHERING_PLANNED",
    "ISSUE_RAISED",
    "COMMENT_REPLIED",
    "PLEDGE_PROGRESSED",
    "POLL_RESULT",
    "RESIDENCY_CLAIMED",
    "TOPIC_REGISTERED",
)


@pytest.mark.parametrize("code", OFTEN)
def test_what_comes_often_may_be_gathered_and_need_not_be_read_at_once(code):
    kind = registry.BY_CODE[code]

    assert (kind.is_digestible, kind.is_legal, kind.urgency) == (True, False, Urgency.NORMAL)
