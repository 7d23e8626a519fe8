"""Polls that another domain puts to a list of people, inside a command of its own.

Nothing here begins a transaction. The roll is the list, and it is frozen at once; the poll
opens, closes and is counted by the ballot box's own clock, as every other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from domains.kernel import clock, database, rulesets
from domains.kernel.actor import Actor
from domains.kernel.rules import Threshold, freeze
from domains.membership.queries import places
from domains.voting.service import publishing, rolls
from domains.voting.service.polls import PollDraft, told, write_poll
from domains.voting.values import ElectorateKind


@dataclass(frozen=True, slots=True)
class Commission:
    """A question for a list of people, on behalf of something in another domain."""

    draft: PollDraft
    voters: Sequence[UUID]
    subject: tuple[str, UUID]


async def commission(actor: Actor, area_id: UUID, asked: Commission) -> UUID:
    """Write a poll over a list of people and publish it; returns its id.

    Raises RollEmpty where nobody of the list is known, and what no rule set allows.
    """
    database.require_open_transaction()
    place = await places.place_of(area_id)
    assert place is not None, "who commissions a poll knows its area"
    poll = await write_poll(actor, place, asked.draft, subject=asked.subject)
    now = await clock.now()
    opening = max(poll.opens_at, now).astimezone(clock.SHANGHAI).date()
    rule_set = await rulesets.in_force(poll.rule_code, on=opening, community=place.community_id)
    if asked.draft.quorum is not None:
        share = Threshold(*asked.draft.quorum, inclusive=True).as_json()
        quorum = dict.fromkeys(rule_set.content["quorum"], share)
        rule_set = rulesets.with_content(rule_set, {"quorum": quorum})
    poll.roll_size = await rolls.build(
        poll.id,
        ElectorateKind.LIST,
        area_path=poll.area_path,
        on=opening,
        least_age=0,
        listed=asked.voters,
    )
    poll.frozen_rules = freeze(rule_set)
    await publishing.freeze_roll(poll, now)
    poll.version += 1
    await poll.save()
    details = {"state": poll.state.value, "roll": poll.roll_size}
    await told(actor, poll.id, place.community_id, "publishPoll", details)
    return poll.id
