"""What can be told of volunteers, records and honours, and whom: for the domain that tells."""

from collections.abc import Sequence
from uuid import UUID

from domains.kernel import database
from domains.kernel.database import Row

_VOLUNTEER = "SELECT v.person_id, v.guardian_id FROM volunteering_volunteer v WHERE v.id = $1"
_RECORD = """
SELECT r.person_id, r.state, r.day, r.counted_minutes, r.notice_until, r.revoke_reason,
       a.title, a.leader_id, a.area_path
FROM volunteering_record r JOIN volunteering_activity a ON a.id = r.activity_id WHERE r.id = $1
"""
_CONTEST = """
SELECT c.by_id, c.state, c.answer, a.title FROM volunteering_contest c
JOIN volunteering_record r ON r.id = c.record_id
JOIN volunteering_activity a ON a.id = r.activity_id WHERE c.id = $1
"""
_HONOUR = """
SELECT h.person_id, h.state, h.title_zh, h.title_en, h.notice_until FROM volunteering_honour h
WHERE h.id = $1
"""
_HONOUR_OBJECTION = """
SELECT o.by_id, o.state, o.answer, h.title_zh, h.title_en FROM volunteering_honour_objection o
JOIN volunteering_honour h ON h.id = o.honour_id WHERE o.id = $1
"""
_ACTIVITY = """
SELECT a.title, a.place, a.state, a.cancel_reason, a.leader_id,
       (SELECT min(s.starts_at) FROM volunteering_shift s WHERE s.activity_id = a.id) AS starts_at
FROM volunteering_activity a WHERE a.id = $1
"""
_SIGNED_UP = """
SELECT DISTINCT v.person_id FROM volunteering_sign_up u
JOIN volunteering_shift s ON s.id = u.shift_id
JOIN volunteering_volunteer v ON v.id = u.volunteer_id
WHERE s.activity_id = $1 AND u.state = 'signed_up' AND ($2::uuid IS NULL OR v.person_id > $2)
ORDER BY v.person_id LIMIT $3
"""
_SHIFT = """
SELECT s.starts_at, s.ends_at, a.title, a.place, a.state, a.leader_id
FROM volunteering_shift s JOIN volunteering_activity a ON a.id = s.activity_id WHERE s.id = $1
"""
_IN_SHIFT = """
SELECT v.person_id FROM volunteering_sign_up u
JOIN volunteering_volunteer v ON v.id = u.volunteer_id
WHERE u.shift_id = $1 AND u.state = 'signed_up' AND ($2::uuid IS NULL OR v.person_id > $2)
ORDER BY v.person_id LIMIT $3
"""
_WAITING = "SELECT w.state, w.decline_until FROM volunteering_waiting w WHERE w.id = $1"
_SUBSTITUTION = """
SELECT x.state, x.person_id, x.substitute_person_id, p.name
FROM volunteering_substitution x JOIN membership_person p ON p.id = x.person_id WHERE x.id = $1
"""
_CALL = """
SELECT c.state, c.reason, c.place, c.directed_by, c.starts_at, c.ends_at, c.end_note, t.name
FROM volunteering_team_call c JOIN volunteering_team t ON t.id = c.team_id WHERE c.id = $1
"""
_CALLED = """
SELECT r.person_id FROM volunteering_team_answer r
WHERE r.call_id = $1 AND r.answer IS DISTINCT FROM $4
  AND ($2::uuid IS NULL OR r.person_id > $2)
ORDER BY r.person_id LIMIT $3
"""
_SKILL = "SELECT k.name, k.state, k.judge_reason FROM volunteering_skill k WHERE k.id = $1"
_CERTIFICATE = "SELECT c.number, c.person_id FROM volunteering_certificate c WHERE c.id = $1"


async def volunteer_to_tell(volunteer_id: UUID) -> Row | None:
    """Return who a volunteer is, and who speaks for them."""
    return await database.fetch_one(_VOLUNTEER, volunteer_id)


async def record_to_tell(record_id: UUID) -> Row | None:
    """Return what can be told of a service record."""
    return await database.fetch_one(_RECORD, record_id)


async def contest_to_tell(contest_id: UUID) -> Row | None:
    """Return what became of a contest, and whose it is."""
    return await database.fetch_one(_CONTEST, contest_id)


async def honour_to_tell(honour_id: UUID) -> Row | None:
    """Return what can be told of a star or medal."""
    return await database.fetch_one(_HONOUR, honour_id)


async def honour_objection_to_tell(objection_id: UUID) -> Row | None:
    """Return what became of an objection to an honour, and whose it is."""
    return await database.fetch_one(_HONOUR_OBJECTION, objection_id)


async def activity_to_tell(activity_id: UUID) -> Row | None:
    """Return what can be told of an activity."""
    return await database.fetch_one(_ACTIVITY, activity_id)


async def signed_up_after(activity_id: UUID, after: UUID | None, limit: int) -> Sequence[UUID]:
    """Return the next people who signed up for an activity, by id."""
    rows = await database.fetch(_SIGNED_UP, activity_id, after, limit)
    return [row["person_id"] for row in rows]


async def skill_to_tell(skill_id: UUID) -> Row | None:
    """Return what became of the proof of a skill."""
    return await database.fetch_one(_SKILL, skill_id)


async def certificate_to_tell(certificate_id: UUID) -> Row | None:
    """Return a certificate's number, and whose it is."""
    return await database.fetch_one(_CERTIFICATE, certificate_id)


async def shift_to_tell(shift_id: UUID) -> Row | None:
    """Return what can be told of a shift."""
    return await database.fetch_one(_SHIFT, shift_id)


async def in_shift_after(shift_id: UUID, after: UUID | None, limit: int) -> Sequence[UUID]:
    """Return the next people who have a place in a shift, by id."""
    rows = await database.fetch(_IN_SHIFT, shift_id, after, limit)
    return [row["person_id"] for row in rows]


async def waiting_to_tell(waiting_id: UUID) -> Row | None:
    """Return what became of somebody's waiting."""
    return await database.fetch_one(_WAITING, waiting_id)


async def substitution_to_tell(substitution_id: UUID) -> Row | None:
    """Return who asks whom to stand in, and what was said."""
    return await database.fetch_one(_SUBSTITUTION, substitution_id)


async def call_to_tell(call_id: UUID) -> Row | None:
    """Return what can be told of a call to an emergency team."""
    return await database.fetch_one(_CALL, call_id)


async def called_after(
    call_id: UUID, after: UUID | None, limit: int, *, but: str | None = "none"
) -> Sequence[UUID]:
    """Return the next people who were called up, by id; without who answered so."""
    rows = await database.fetch(_CALLED, call_id, after, limit, but)
    return [row["person_id"] for row in rows]
