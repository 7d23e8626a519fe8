"""A pledge until it is promised: proposed, written anew, screened, put to notice, withdrawn."""

from dataclasses import asdict
from uuid import UUID

from domains.kernel import calendar, clock, database, idempotency, outbox
from domains.kernel.actor import Actor, require
from domains.kernel.database import transaction
from domains.kernel.errors import InvalidInput, NotFound, VersionConflict
from domains.pledges import policy
from domains.pledges.errors import OwnProposal
from domains.pledges.events.pledges import (
    PledgeNoticed,
    PledgeProposed,
    PledgeScreened,
    PledgeWithdrawn,
)
from domains.pledges.models import Pledge, Programme
from domains.pledges.policy import PledgePlace
from domains.pledges.service import terms as terms_of
from domains.pledges.service import texts
from domains.pledges.service.held import hold, keep, procedure_of, require_state, told
from domains.pledges.service.terms import Terms, TermsDraft
from domains.pledges.values.pledges import (
    NOT_YET_COMMITTED,
    UNDER_WAY_TO_NOTICE,
    PledgeAct,
    PledgeState,
    SourceKind,
)

Source = tuple[SourceKind, UUID | None]

_NUMBER = "SELECT coalesce(max(number), 0) + 1 FROM pledges_pledge WHERE programme_id = $1"
_LAST_REVIEW = "SELECT EXISTS (SELECT FROM pledges_review WHERE id = $1 AND area_id = $2)"
_FOLLOW = """
INSERT INTO pledges_follow (pledge_id, person_id, at) VALUES ($1, $2, kernel_now())
ON CONFLICT DO NOTHING
"""


async def propose_pledge(
    actor: Actor, programme_id: UUID, draft: TermsDraft, *, source: Source, idempotency_key: UUID
) -> tuple[UUID, bool]:
    """Propose a pledge; returns its id and whether this was a replay. Its proposer follows it.

    Raises NotFound, Forbidden, and what `terms.sound` raises for terms that promise nothing.
    """
    async with transaction():
        programme = await _programme(actor, programme_id, draft)
        given = {"programme": programme_id, "source": source, **asdict(draft)}
        earlier = await idempotency.claim(actor, idempotency_key, "proposePledge", given)
        if earlier is not None:
            return UUID(earlier["pledge"]), True
        await _require_source(source, area_id=programme.area_id)
        terms = await terms_of.sound(draft, area_path=programme.area_path, year=programme.year)
        pledge = await _create(actor, programme, terms, source)
        if actor.person_id is not None:
            await database.execute(_FOLLOW, pledge.id, actor.person_id)
        await keep(actor, pledge, PledgeAct.PROPOSED)
        await outbox.record(PledgeProposed(pledge.id, pledge.area_path))
        await idempotency.settle(actor, idempotency_key, {"pledge": str(pledge.id)})
        await told(actor, pledge, "proposePledge")
        return pledge.id, False


async def _programme(actor: Actor, programme_id: UUID, draft: TermsDraft) -> Programme:
    programme = await Programme.filter(id=programme_id).select_for_update().first()
    if programme is None:
        raise NotFound(path=("input", "programmeId"))
    target = PledgePlace(programme.area_path, organisation_id=draft.organisation_id)
    require(policy.AUTHORITY, "proposePledge", actor, target)
    return programme


async def _create(actor: Actor, programme: Programme, terms: Terms, source: Source) -> Pledge:
    pledge = await Pledge.create(
        id=database.new_id(),
        programme_id=programme.id,
        area_id=programme.area_id,
        area_path=programme.area_path,
        year=programme.year,
        number=await database.fetch_value(_NUMBER, programme.id),
        state=PledgeState.PROPOSED,
        source_kind=source[0],
        source_id=source[1],
        terms_version=1,
        proposer_id=actor.person_id,
        proposed_at=await clock.now(),
        **terms.columns(),
    )
    await terms_of.write(pledge.id, 1, terms, author_id=actor.person_id)
    return pledge


async def _require_source(source: Source, *, area_id: UUID) -> None:
    kind, source_id = source
    unnamed = source_id is None and kind not in {SourceKind.OWN, SourceKind.NEED}
    if unnamed or (kind is SourceKind.OWN and source_id is not None):
        raise InvalidInput(
            path=("input", "sourceId"),
            zh="须指明承诺事项的来源;自行提出的不填来源。",
            en="A pledge names where it comes from; one of the community's own names nothing.",
        )
    if kind is SourceKind.REVIEW and not await database.fetch_value(
        _LAST_REVIEW, source_id, area_id
    ):
        raise NotFound(path=("input", "sourceId"))


async def update_pledge(
    actor: Actor, pledge_id: UUID, draft: TermsDraft, *, expected_version: int
) -> int:
    """Write a pledge anew before its notice; returns its new version. It is screened again.

    Raises PledgeStateUnfit from the notice on, VersionConflict where someone was faster.
    """
    async with transaction():
        pledge = await hold(actor, pledge_id, "updatePledge")
        require_state(pledge, UNDER_WAY_TO_NOTICE)
        if pledge.terms_version != expected_version:
            raise VersionConflict(version=pledge.terms_version)
        terms = await terms_of.sound(
            draft,
            area_path=pledge.area_path,
            year=pledge.year,
            known=await terms_of.keys_of(pledge.id, pledge.terms_version),
        )
        pledge.update_from_dict(terms.columns())
        pledge.terms_version = await terms_of.next_version(pledge.id)
        _unscreen(pledge)
        await terms_of.write(pledge.id, pledge.terms_version, terms, author_id=actor.person_id)
        await pledge.save()
        await keep(actor, pledge, PledgeAct.EDITED)
        await told(actor, pledge, "updatePledge", {"version": pledge.terms_version})
        return pledge.terms_version


def _unscreen(pledge: Pledge) -> None:
    pledge.state = PledgeState.PROPOSED
    pledge.screened_at = pledge.screened_by_id = pledge.screen_reason = None


def send_back_to_proposer(pledge: Pledge) -> None:
    """Take a pledge off its notice: it is to be written anew, screened and noticed again."""
    _unscreen(pledge)


async def screen_pledge(actor: Actor, pledge_id: UUID, *, accepted: bool, reason: str) -> None:
    """Accept a proposal for notice or decline it, with a reason that all can read.

    Raises OwnProposal for who proposed or last wrote it.
    """
    said = texts.public(reason, longest=500, path=("input", "reason"))
    async with transaction():
        pledge = await hold(actor, pledge_id, "screenPledge")
        require_state(pledge, frozenset({PledgeState.PROPOSED}))
        author_id = await terms_of.author_of(pledge.id, pledge.terms_version)
        if actor.person_id in {pledge.proposer_id, author_id} and not actor.system:
            raise OwnProposal(path=("input", "pledgeId"))
        pledge.state = PledgeState.SCREENED if accepted else PledgeState.DECLINED
        pledge.screened_by_id = actor.person_id
        pledge.screened_at = await clock.now()
        pledge.screen_reason = said
        await pledge.save()
        act = PledgeAct.ACCEPTED_FOR_NOTICE if accepted else PledgeAct.DECLINED
        await keep(actor, pledge, act, reason=said)
        await outbox.record(PledgeScreened(pledge.id, pledge.area_path, accepted=accepted))
        await told(actor, pledge, "screenPledge")


async def put_to_notice(actor: Actor, pledge_id: UUID) -> None:
    """Put a screened pledge to public notice, for the days that its programme's rules say."""
    async with transaction():
        pledge = await hold(actor, pledge_id, "putPledgeToNotice")
        require_state(pledge, frozenset({PledgeState.SCREENED}))
        procedure = await procedure_of(pledge)
        now = await clock.now()
        pledge.state = PledgeState.PUBLIC_NOTICE
        pledge.noticed_at = now
        pledge.notice_until = calendar.deadline(now, procedure.notice).at
        await pledge.save()
        await keep(actor, pledge, PledgeAct.NOTICED)
        await outbox.record(PledgeNoticed(pledge.id, pledge.area_path))
        await told(actor, pledge, "putPledgeToNotice")


async def withdraw_pledge(actor: Actor, pledge_id: UUID, *, reason: str) -> None:
    """Withdraw a pledge before it is committed, with a reason; a promise is not withdrawn."""
    said = texts.public(reason, longest=500, path=("input", "reason"))
    async with transaction():
        pledge = await hold(actor, pledge_id, "withdrawPledge")
        require_state(pledge, NOT_YET_COMMITTED)
        pledge.state = PledgeState.WITHDRAWN
        pledge.withdrawn_at = await clock.now()
        pledge.withdraw_reason = said
        await pledge.save()
        await keep(actor, pledge, PledgeAct.WITHDRAWN, reason=said)
        await outbox.record(PledgeWithdrawn(pledge.id, pledge.area_path))
        await told(actor, pledge, "withdrawPledge")
