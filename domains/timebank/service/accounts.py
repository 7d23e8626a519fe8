"""Opening accounts: each holder's own, once a community, as its scheme provides."""

from uuid import UUID

from domains.kernel import audit, database, outbox
from domains.kernel.actor import Actor, Role, require
from domains.kernel.database import Row, transaction
from domains.kernel.errors import Forbidden, NotFound
from domains.membership.queries.places import AreaPlace
from domains.membership.rules import texts
from domains.membership.values import AreaKind
from domains.timebank import policy
from domains.timebank.errors import HolderNotProvided, OwnAccountConcerned
from domains.timebank.events import SuspensionBegan, SuspensionEnded
from domains.timebank.policy import AccountPlace
from domains.timebank.queries import accounts
from domains.timebank.rules.scheme import Scheme
from domains.timebank.service import ledger, schemes
from domains.timebank.values import AccountKind

_LIVES = """
SELECT EXISTS (SELECT FROM membership_residency r
               WHERE r.household_id = $1 AND r.person_id = $2 AND r.state = 'verified')
"""
_HOUSEHOLD_IN = """
SELECT EXISTS (SELECT FROM membership_household h JOIN membership_area a ON a.id = h.area_id
               WHERE h.id = $1 AND starts_with(a.path, $2))
"""
# An organisation serves where it is, and in all that lies below.
_ORGANISATION_IN = """
SELECT EXISTS (SELECT FROM membership_organisation o JOIN membership_area a ON a.id = o.area_id
               WHERE o.id = $1 AND o.dissolved_on IS NULL
                 AND (starts_with(a.path, $2) OR starts_with($2, a.path)))
"""


async def open_time_account(
    actor: Actor, community_id: UUID, *, kind: AccountKind, owner_id: UUID | None
) -> UUID:
    """Open an account in a community, or return the one that is open: one a holder.

    A person opens their own, who lives in a household its, who runs an organisation its, and
    who keeps the time bank the community's. Raises HolderNotProvided, NoRuleInForce.
    """
    async with transaction():
        require(policy.AUTHORITY, "openTimeAccount", actor)
        place = await schemes.place_of(community_id)
        if place is None or place.kind is not AreaKind.COMMUNITY:
            raise NotFound(path=("input", "communityId"))
        scheme = (await schemes.in_force(community_id)).scheme
        if kind not in scheme.holders:
            raise HolderNotProvided(path=("input", "kind"))
        holder = await _holder(actor, place, kind, owner_id)
        return await opened(scheme, place.area_path, community_id, kind=kind, owner_id=holder)


async def opened(
    scheme: Scheme, area_path: str, community_id: UUID, *, kind: AccountKind, owner_id: UUID
) -> UUID:
    """Open a holder's account within the scheme's ceiling, or return the one that is open."""
    return await ledger.open_account(
        kind,
        owner_id,
        community_id=community_id,
        area_path=area_path,
        ceiling_minutes=scheme.ceiling_minutes if kind is AccountKind.PERSON else None,
    )


async def _holder(actor: Actor, place: AreaPlace, kind: AccountKind, owner_id: UUID | None) -> UUID:
    """Return whose account the actor may open; raises NotFound, Forbidden."""
    path = ("input", "ownerId")
    if kind is AccountKind.PERSON:
        assert actor.person_id is not None, "who is signed in is somebody"
        if owner_id not in {None, actor.person_id}:
            raise NotFound(path=path)
        return actor.person_id
    if kind is AccountKind.COMMUNITY:
        if not policy.keeps(actor, place):
            raise Forbidden(path=path)
        return place.area_id
    if owner_id is None:
        raise NotFound(path=path)
    if kind is AccountKind.HOUSEHOLD:
        mine = await database.fetch_value(_LIVES, owner_id, actor.person_id)
        here = await database.fetch_value(_HOUSEHOLD_IN, owner_id, place.area_path)
    else:
        mine = any(
            grant.role is Role.ORGANISATION_ADMINISTRATOR and grant.organisation_id == owner_id
            for grant in actor.grants
        )
        here = await database.fetch_value(_ORGANISATION_IN, owner_id, place.area_path)
    if not (mine and here):
        raise NotFound(path=path)
    return owner_id


async def judged(actor: Actor, action: str, account_id: UUID, *, path: tuple[str, ...]) -> Row:
    """Return an account on which the actor may act; raises NotFound where it is not seen."""
    row = await accounts.account(actor, account_id)
    if row is None:
        raise NotFound(path=path)
    require(policy.AUTHORITY, action, actor, AccountPlace(row["area_path"], row["is_mine"]))
    return row


_SUSPEND = """
UPDATE timebank_account SET suspended_at = kernel_now(), suspend_reason = $2
WHERE id = $1 AND suspended_at IS NULL AND closed_at IS NULL AND floor_minutes IS NOT NULL
"""
_LIFT = """
UPDATE timebank_account SET suspended_at = NULL, suspend_reason = NULL
WHERE id = $1 AND suspended_at IS NOT NULL
"""


async def suspend_account(actor: Actor, account_id: UUID, *, reason: str) -> None:
    """Let nothing be spent from an account or given to it, until that is lifted."""
    async with transaction():
        row = await judged(actor, "suspendTimeAccount", account_id, path=("input", "accountId"))
        said = texts.line(reason, path=("input", "reason"), longest=200)
        if await database.execute(_SUSPEND, account_id, said):
            await outbox.record(SuspensionBegan(account_id, row["community_id"]))
            await _audit(actor, "suspendTimeAccount", row)


async def lift_suspension(actor: Actor, account_id: UUID) -> None:
    """Let an account be used again; who holds it does not lift its own."""
    async with transaction():
        row = await judged(actor, "liftTimeSuspension", account_id, path=("input", "accountId"))
        if row["kind"] == AccountKind.PERSON and row["is_mine"]:
            raise OwnAccountConcerned
        if await database.execute(_LIFT, account_id):
            await outbox.record(SuspensionEnded(account_id, row["community_id"]))
            await _audit(actor, "liftTimeSuspension", row)


async def _audit(actor: Actor, command: str, row: Row) -> None:
    await audit.record(
        actor,
        command=command,
        chain=row["community_id"],
        subject=("timeAccount", row["id"]),
        details={},
    )
