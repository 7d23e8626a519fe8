"""Casting for somebody who is present and asked for help: the box gets the ballot, the records
get who helped and how the voter agreed, in one transaction.

The helper never reads the ballot back: nothing but the casting statement sees what it says.
A helper never takes the place of a ballot that the voter cast alone.
"""

from collections.abc import Sequence
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor, require
from domains.kernel.database import transaction
from domains.kernel.errors import NotFound
from domains.membership.service import assistance
from domains.membership.values import ConsentForm
from domains.voting import policy, queries
from domains.voting.errors import AlreadyVoted, HelperStands, NotOnRoll
from domains.voting.policy import VoterPlace
from domains.voting.service.casting import CastReceipt, Values, prepared, put_in, receipt_of
from domains.voting.values import CastOutcome, Channel

_VOTER_PATH = """
SELECT a.path FROM voting_roll_entry r
JOIN membership_household h ON h.id = r.household_id
JOIN membership_area a ON a.id = h.area_id
WHERE r.poll_id = $1 AND r.voter_id = $2
"""
_LISTED = """
SELECT EXISTS (SELECT FROM voting_roll_entry
               WHERE poll_id = $1 AND voter_id = $2 AND standing = 'admitted')
"""
_STANDS = """
SELECT EXISTS (SELECT FROM voting_candidate WHERE poll_id = $1 AND person_id = $2
               AND state NOT IN ('refused', 'withdrawn'))
"""
_BEFORE = """
SELECT t.channel FROM voting_roll_entry r
JOIN voting_participation t ON t.poll_number = r.poll_number AND t.voter_number = r.number
WHERE r.poll_id = $1 AND r.voter_id = $2 FOR UPDATE OF t
"""


async def cast_ballot_for(
    actor: Actor,
    poll_id: UUID,
    person_id: UUID,
    option_ids: Sequence[UUID],
    *,
    consent: ConsentForm,
    note: str = "",
    idempotency_key: UUID,
    values: Values = (),
    receipt: str | None = None,
) -> CastReceipt:
    """Cast the ballot of a voter who is present, with their consent kept beside the helper.

    Raises what casting raises, and HelperStands for a candidate, HelperIsPerson, Forbidden
    for who is no staff where the voter lives.
    """
    await require_helper(actor, poll_id, person_id, action="castBallotFor")
    ballot = await prepared(actor, poll_id, option_ids, values=values, receipt=receipt)
    async with transaction():
        # Whatever is refused below undoes all of it: no ballot without its consent.
        before = await database.fetch_value(_BEFORE, poll_id, person_id)
        if before is not None and before != Channel.ASSISTED:
            raise AlreadyVoted(path=("input", "personId"))
        row = await put_in(
            poll_id,
            person_id,
            ballot,
            key=idempotency_key,
            channel=Channel.ASSISTED,
            caster_id=actor.person_id,
        )
        if before is None and row["outcome"] == CastOutcome.RECAST:
            raise AlreadyVoted(path=("input", "personId"))
        cast = await receipt_of(actor, poll_id, ballot, row)
        if not cast.replayed:
            await assistance.assist(
                actor,
                person_id=person_id,
                command="castBallot",
                subject_id=poll_id,
                consent=consent,
                note=note,
            )
    return cast


async def require_helper(actor: Actor, poll_id: UUID, person_id: UUID, *, action: str) -> None:
    """Refuse who may not help this voter in this poll; who stands for election helps nobody."""
    place = await queries.poll_place(poll_id)
    if place is None:
        raise NotFound(path=("input", "pollId"))
    lives = await database.fetch_value(_VOTER_PATH, poll_id, person_id) or place.area_path
    require(policy.AUTHORITY, action, actor, VoterPlace(lives, place))
    if not await database.fetch_value(_LISTED, poll_id, person_id):
        raise NotOnRoll(path=("input", "personId"))
    if await database.fetch_value(_STANDS, poll_id, actor.person_id):
        raise HelperStands(path=("input", "personId"))
