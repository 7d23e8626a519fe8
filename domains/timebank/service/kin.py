"""Relatives, as both say: one declares it, the other confirms it, either ends it."""

from uuid import UUID

from domains.kernel import database, outbox
from domains.kernel.actor import Actor, require
from domains.kernel.database import Row, transaction
from domains.kernel.errors import NotFound
from domains.timebank import policy
from domains.timebank.errors import AlreadyDecided, KinshipStands, TransferToSelf
from domains.timebank.events import RelativeConfirmed, RelativeDeclared
from domains.timebank.values import Relation

_OF_ACCOUNT = """
SELECT owner_id FROM timebank_account WHERE id = $1 AND kind = 'person' AND closed_at IS NULL
"""
_DECLARE = """
INSERT INTO timebank_kinship (id, person_id, relative_id, relation, declared_at)
VALUES ($1, $2, $3, $4, kernel_now())
ON CONFLICT (LEAST(person_id, relative_id), GREATEST(person_id, relative_id))
    WHERE ended_at IS NULL DO NOTHING
"""
_ONE = """
SELECT id, person_id, relative_id, confirmed_at, ended_at FROM timebank_kinship
WHERE id = $1 AND (person_id = $2 OR relative_id = $2) FOR UPDATE
"""
_CONFIRM = "UPDATE timebank_kinship SET confirmed_at = kernel_now() WHERE id = $1"
_END = "UPDATE timebank_kinship SET ended_at = kernel_now() WHERE id = $1"


async def declare_relative(actor: Actor, account_id: UUID, *, relation: Relation) -> UUID:
    """Say that whoever holds this account is a relative of the actor's; they are asked.

    Raises KinshipStands where the two are declared already.
    """
    async with transaction():
        require(policy.AUTHORITY, "declareRelative", actor)
        relative_id = await database.fetch_value(_OF_ACCOUNT, account_id)
        if relative_id is None:
            raise NotFound(path=("input", "accountId"))
        if relative_id == actor.person_id:
            raise TransferToSelf(path=("input", "accountId"))
        made = database.new_id()
        if not await database.execute(_DECLARE, made, actor.person_id, relative_id, relation):
            raise KinshipStands
        assert actor.person_id is not None, "who is signed in is somebody"
        await outbox.record(RelativeDeclared(made, actor.person_id, relative_id))
        return made


async def confirm_relative(actor: Actor, kinship_id: UUID) -> None:
    """Agree to be a relative; only who was named does, and once is enough."""
    async with transaction():
        row = await _mine(actor, "confirmRelative", kinship_id)
        if row["relative_id"] != actor.person_id:
            raise NotFound(path=("input", "relativeId"))
        if row["confirmed_at"] is None:
            await database.execute(_CONFIRM, kinship_id)
            told = RelativeConfirmed(kinship_id, row["person_id"], row["relative_id"])
            await outbox.record(told)


async def end_relative(actor: Actor, kinship_id: UUID) -> None:
    """End what was declared; either of the two does."""
    async with transaction():
        await _mine(actor, "endRelative", kinship_id)
        await database.execute(_END, kinship_id)


async def _mine(actor: Actor, action: str, kinship_id: UUID) -> Row:
    require(policy.AUTHORITY, action, actor)
    row = await database.fetch_one(_ONE, kinship_id, actor.person_id)
    if row is None:
        raise NotFound(path=("input", "relativeId"))
    if row["ended_at"] is not None:
        raise AlreadyDecided
    return row
