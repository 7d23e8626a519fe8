"""Whose eyes: the conditions that every reading of needs and orders starts from.

$1 whether all is seen, $2 areas that the actor keeps, $3 the actor, $4 organisations that the
actor administers, $5 areas where the actor belongs (`volunteering.queries.sight.eyes`).
"""

_KEEPS = """
EXISTS (SELECT FROM unnest($2::text[]) AS kept (path) WHERE starts_with(n.area_path, kept.path))
"""
_OWNS = """
(n.person_id = $3::uuid OR n.posted_by_id = $3::uuid OR n.helper_id = $3::uuid
 OR n.organisation_id = ANY ($4::uuid[]))
"""
_SERVES = """
EXISTS (SELECT FROM matching_place m WHERE m.need_id = n.id AND m.person_id = $3::uuid
        AND m.state IN ('accepted', 'checked_in', 'completed', 'disputed'))
"""
_HAS_SERVED = """
EXISTS (SELECT FROM matching_place m WHERE m.need_id = n.id AND m.person_id = $3::uuid
        AND m.state NOT IN ('left', 'cancelled'))
"""
_IS_ASKED = """
EXISTS (SELECT FROM matching_offer m JOIN matching_order mo ON mo.id = m.order_id
        WHERE mo.need_id = n.id AND m.person_id = $3::uuid AND m.state = 'offered')
"""
_BELONGS = """
EXISTS (SELECT FROM unnest($5::text[]) AS held (path)
        WHERE starts_with(n.area_path, held.path) OR starts_with(held.path, n.area_path))
"""
# Whose need it is, and who keeps the area's exchange.
KEEPS = f"($1 OR {_OWNS} OR {_KEEPS})"
# Those, and who is matched: they may know who is served, and open what is sealed.
KNOWS = f"({KEEPS} OR {_SERVES})"
NEED = f"""
({KEEPS} OR (n.state IN ('verified', 'closed') AND {_BELONGS}) OR {_HAS_SERVED} OR {_IS_ASKED})
"""
# Offers are between who keeps the area and who is asked.
STAFF = f"($1 OR {_KEEPS})"
