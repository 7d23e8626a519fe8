"""What a need takes besides people, as staff say it: a host, supervision, money, a venue."""

from dataclasses import dataclass
from uuid import UUID

from domains.kernel import database, outbox
from domains.kernel.actor import Actor
from domains.kernel.database import transaction
from domains.kernel.errors import InvalidInput
from domains.matching.errors.needs import NeedStateUnfit
from domains.matching.events.needs import NeedChanged
from domains.matching.service.shared import hold_need, told
from domains.matching.values.funds import MOST_FEN
from domains.matching.values.needs import STANDING
from domains.matching.values.requirements import MOST_ROOM, MOST_SUPERVISION
from domains.volunteering.service.shared import line
from domains.volunteering.values.volunteers import ServiceClass

# What is settled stays settled, as long as the same is asked for.
_SET = """
INSERT INTO matching_requirement AS old
    (need_id, wants_host, supervision, qualification, cost_fen, purpose, wants_venue, room,
     set_by_id, set_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, kernel_now())
ON CONFLICT (need_id) DO UPDATE SET
    wants_host = excluded.wants_host,
    host_settled_at = CASE WHEN excluded.wants_host THEN old.host_settled_at END,
    supervision = excluded.supervision,
    qualification = excluded.qualification,
    supervisor_id = CASE WHEN excluded.supervision <= old.supervision AND excluded.supervision > 0
        AND excluded.qualification = old.qualification THEN old.supervisor_id END,
    supervised_at = CASE WHEN excluded.supervision <= old.supervision AND excluded.supervision > 0
        AND excluded.qualification = old.qualification THEN old.supervised_at END,
    cost_fen = excluded.cost_fen, purpose = excluded.purpose,
    wants_venue = excluded.wants_venue, room = excluded.room,
    set_by_id = excluded.set_by_id, set_at = excluded.set_at
"""


@dataclass(frozen=True, slots=True)
class Requirements:
    """What is wanted; supervision is in points, of which a project is one."""

    wants_host: bool = False
    supervision: int = 0
    qualification: str = ""
    cost_fen: int = 0
    purpose: ServiceClass | None = None
    wants_venue: bool = False
    room: int = 0


async def set_requirements(actor: Actor, need_id: UUID, wanted: Requirements) -> UUID:
    """Say what a need that stands takes besides people; said again, it replaces what was said.

    Raises InvalidInput, NeedStateUnfit, NotFound.
    """
    async with transaction():
        need = await hold_need(actor, need_id, "setNeedRequirements")
        if need.state not in STANDING:
            raise NeedStateUnfit(path=("input", "needId"), state=need.state.value)
        qualification = _sound(wanted)
        await database.execute(
            _SET,
            *(need_id, wanted.wants_host, wanted.supervision, qualification, wanted.cost_fen),
            *(wanted.purpose, wanted.wants_venue, wanted.room, actor.person_id),
        )
        await outbox.record(NeedChanged(need_id, need.area_path))
        await told(
            actor,
            command="setNeedRequirements",
            community_id=need.community_id,
            subject=("need", need_id),
            details={
                "wantsHost": wanted.wants_host,
                "supervision": wanted.supervision,
                "costFen": wanted.cost_fen,
                "room": wanted.room,
            },
        )
    return need_id


def _sound(wanted: Requirements) -> str:
    """Refuse what contradicts itself; returns the qualification as it is kept."""
    _within("supervision", wanted.supervision, most=MOST_SUPERVISION)
    _within("costFen", wanted.cost_fen, most=MOST_FEN)
    _within("room", wanted.room, most=MOST_ROOM)
    if (wanted.cost_fen > 0) != (wanted.purpose is not None):
        raise InvalidInput(
            path=("input", "purpose"),
            zh="资金须有用途,用途须有资金。",
            en="Money has a purpose, and a purpose has money.",
        )
    if wanted.wants_venue != (wanted.room > 0):
        raise InvalidInput(
            path=("input", "room"),
            zh="需要场地时须写明座位数,不需要场地时不写。",
            en="A venue is wanted with a number of seats, and seats with a venue.",
        )
    said = wanted.qualification.strip()
    if not said:
        return ""
    if wanted.supervision == 0:
        raise InvalidInput(
            path=("input", "qualification"),
            zh="不需要督导时不写资格。",
            en="A qualification is asked of who supervises.",
        )
    return line(said, path=("input", "qualification"), longest=60)


def _within(name: str, number: int, *, most: int) -> None:
    if not 0 <= number <= most:
        raise InvalidInput(
            path=("input", name),
            zh=f"须为 0 至 {most} 的整数。",
            en=f"This is a whole number, 0 to {most}.",
        )
