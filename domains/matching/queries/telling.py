"""What can be told of needs, services, resources and projects: for the domain that tells."""

from collections.abc import Sequence
from uuid import UUID

from domains.kernel import database
from domains.kernel.database import Row

_NEED = """
SELECT n.title, n.state, n.person_id, n.posted_by_id, n.helper_id, n.reason, n.area_path
FROM matching_need n WHERE n.id = $1
"""
_ORDER = """
SELECT o.state, o.starts_at, o.ends_at, o.person_id, o.move_reason, n.title, n.place,
       n.posted_by_id, n.helper_id
FROM matching_order o JOIN matching_need n ON n.id = o.need_id WHERE o.id = $1
"""
_OFFER = "SELECT f.state, f.answer_by, f.person_id FROM matching_offer f WHERE f.id = $1"
_PLACE = "SELECT p.state, p.person_id, p.confirm_by FROM matching_place p WHERE p.id = $1"
_AT_AN_ORDER = """
SELECT p.person_id FROM matching_place p
WHERE p.order_id = $1 AND p.state <> 'left' ORDER BY p.person_id LIMIT 500
"""
_RESOURCE = """
SELECT r.title, r.state, r.reason, coalesce(r.person_id, r.offered_by_id) AS provider_id
FROM matching_resource r WHERE r.id = $1
"""
_RESERVATION = """
SELECT x.state, x.expires_at, x.reserved_by_id, r.title,
       coalesce(r.person_id, r.offered_by_id) AS provider_id
FROM matching_reservation x JOIN matching_resource r ON r.id = x.resource_id WHERE x.id = $1
"""
_PROJECT = """
SELECT p.title, p.state, p.reason, p.organisation_id, p.applicant_id, p.supervisor_id
FROM matching_project p WHERE p.id = $1
"""
_MILESTONE = "SELECT m.title, m.due_on, m.state FROM matching_milestone m WHERE m.id = $1"
_SPENDING = """
SELECT s.number, s.state, s.amount_fen, s.purpose, s.entered_by_id, s.reason, p.title
FROM matching_spending s JOIN matching_project p ON p.id = s.project_id WHERE s.id = $1
"""
_SHIFT = "SELECT b.state, b.asked_by_id FROM matching_budget_shift b WHERE b.id = $1"
_ROUND = "SELECT r.title, r.state FROM matching_round r WHERE r.id = $1"
_APPLICANTS = """
SELECT DISTINCT p.applicant_id FROM matching_project p WHERE p.round_id = $1
ORDER BY p.applicant_id LIMIT 1000
"""
_RUN = """
SELECT r.state, a.name AS area,
       (SELECT count(DISTINCT x.order_id) FROM matching_run_offer x
        WHERE x.run_id = r.id)::int AS served
FROM matching_run r JOIN membership_area a ON a.id = r.area_id WHERE r.id = $1
"""


async def need_to_tell(need_id: UUID) -> Row | None:
    """Return what can be told of a need: nothing of what is sealed."""
    return await database.fetch_one(_NEED, need_id)


async def order_to_tell(order_id: UUID) -> Row | None:
    """Return what can be told of one time of a need."""
    return await database.fetch_one(_ORDER, order_id)


async def offer_to_tell(offer_id: UUID) -> Row | None:
    """Return whether an offer may still be answered, and until when."""
    return await database.fetch_one(_OFFER, offer_id)


async def place_to_tell(place_id: UUID) -> Row | None:
    """Return how far one volunteer's part has come."""
    return await database.fetch_one(_PLACE, place_id)


async def people_at(order_id: UUID) -> Sequence[UUID]:
    """Return who has, or had, a place in an order."""
    return [row["person_id"] for row in await database.fetch(_AT_AN_ORDER, order_id)]


async def resource_to_tell(resource_id: UUID) -> Row | None:
    """Return what can be told of a resource, and who provides it."""
    return await database.fetch_one(_RESOURCE, resource_id)


async def reservation_to_tell(reservation_id: UUID) -> Row | None:
    """Return what can be told of a part of a resource that is kept for something."""
    return await database.fetch_one(_RESERVATION, reservation_id)


async def project_to_tell(project_id: UUID) -> Row | None:
    """Return what can be told of a project, and who is in charge of it."""
    return await database.fetch_one(_PROJECT, project_id)


async def milestone_to_tell(milestone_id: UUID) -> Row | None:
    """Return what can be told of a milestone."""
    return await database.fetch_one(_MILESTONE, milestone_id)


async def spending_to_tell(spending_id: UUID) -> Row | None:
    """Return what can be told of a spending."""
    return await database.fetch_one(_SPENDING, spending_id)


async def budget_shift_to_tell(shift_id: UUID) -> Row | None:
    """Return who asked to move money between lines, and whether they may."""
    return await database.fetch_one(_SHIFT, shift_id)


async def round_to_tell(round_id: UUID) -> Row | None:
    """Return what can be told of a round of applications."""
    return await database.fetch_one(_ROUND, round_id)


async def applicants_of(round_id: UUID) -> Sequence[UUID]:
    """Return who has applied in a round."""
    return [row["applicant_id"] for row in await database.fetch(_APPLICANTS, round_id)]


async def run_to_tell(run_id: UUID) -> Row | None:
    """Return what can be told of a run: of which area, and for how many orders it proposes."""
    return await database.fetch_one(_RUN, run_id)
