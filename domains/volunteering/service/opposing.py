"""Objections to honours on notice: who belongs files, another decides; what is right refuses."""

from uuid import UUID

from domains.kernel import clock, database, outbox
from domains.kernel.actor import Actor
from domains.kernel.database import Row, transaction
from domains.volunteering.errors import HonourNotOnNotice, ObjectionAnswered, OwnObjection
from domains.volunteering.events.honours import HonourObjectionDecided, HonourObjectionFiled
from domains.volunteering.service import honouring
from domains.volunteering.service.shared import line, one

_FILE = """
INSERT INTO volunteering_honour_objection
    (id, honour_id, person_id, by_id, reason, filed_at, state)
VALUES ($1, $2, $3, $4, $5, kernel_now(), 'open')
ON CONFLICT (honour_id, by_id) DO NOTHING
"""
_STANDING = """
SELECT id, state FROM volunteering_honour_objection WHERE honour_id = $1 AND by_id = $2
"""
_OBJECTION = "SELECT honour_id, by_id, state FROM volunteering_honour_objection WHERE id = $1"
_ANSWER = """
UPDATE volunteering_honour_objection
SET state = $2, answer = $3, answered_by_id = $4, answered_at = kernel_now()
WHERE id = $1 AND state = 'open'
"""
_COUNT = """
UPDATE volunteering_honour SET open_objections = open_objections + $2 WHERE id = $1
"""


async def object_to_honour(actor: Actor, honour_id: UUID, *, reason: str) -> UUID:
    """Say why an honour on notice should not be granted; once each. Returns the honour.

    Until another has decided it is not granted. Raises HonourNotOnNotice, OwnObjection where
    it is one's own honour, ObjectionAnswered where one's objection has its answer.
    """
    async with transaction():
        honour = await honouring.hold(actor, honour_id, "objectToVolunteerHonour")
        if actor.person_id == honour["person_id"]:
            raise OwnObjection(path=("input", "honourId"))
        if honour["state"] != "notice" or await clock.now() >= honour["notice_until"]:
            raise HonourNotOnNotice(path=("input", "honourId"))
        said = line(reason, path=("input", "reason"), longest=500)
        objection_id = database.new_id()
        person_id = honour["person_id"]
        filed = await database.execute(
            _FILE, objection_id, honour_id, person_id, actor.person_id, said
        )
        if not filed:
            standing = await database.fetch_one(_STANDING, honour_id, actor.person_id)
            if standing is None or standing["state"] != "open":
                raise ObjectionAnswered(path=("input", "honourId"))
            return honour_id
        await database.execute(_COUNT, honour_id, 1)
        await outbox.record(
            HonourObjectionFiled(
                honour["volunteer_id"], honour["area_path"], honour_id, objection_id
            )
        )
        await honouring.told_of(actor, honour, "objectToVolunteerHonour")
    return honour_id


async def decide_objection(actor: Actor, objection_id: UUID, *, upheld: bool, answer: str) -> UUID:
    """Answer an objection; upheld, the honour is refused. Returns the honour.

    By another than who is honoured, who objected, and who approved it. Raises OwnObjection,
    ObjectionAnswered.
    """
    path = ("input", "objectionId")
    async with transaction():
        objection = await one(_OBJECTION, objection_id, path=path)
        honour_id: UUID = objection["honour_id"]
        honour = await honouring.hold(actor, honour_id, "decideHonourObjection", path=path)
        await _require_another(actor, honour)
        said = line(answer, path=("input", "answer"), longest=500)
        state = "upheld" if upheld else "dismissed"
        answered = await database.execute(_ANSWER, objection_id, state, said, actor.person_id)
        if not answered:
            raise ObjectionAnswered(path=path)
        await database.execute(_COUNT, honour_id, -1)
        if upheld:
            await honouring.end(honour, "refused", by_id=actor.person_id, reason=said)
        await outbox.record(
            HonourObjectionDecided(
                honour["volunteer_id"], honour["area_path"], honour_id, objection_id, upheld
            )
        )
        await honouring.told_of(actor, honour, "decideHonourObjection")
    return honour_id


async def _require_another(actor: Actor, honour: Row) -> None:
    own = await database.fetch_one(_STANDING, honour["id"], actor.person_id)
    if own is not None or actor.person_id in {honour["person_id"], honour["approved_by_id"]}:
        raise OwnObjection(path=("input", "objectionId"))
