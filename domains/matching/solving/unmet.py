"""Why places stay empty: what a need lacks, or the last obstacle of whoever came nearest."""

from collections.abc import Mapping

import numpy as np

from domains.matching.solving import fitness
from domains.matching.solving.candidates import Pool
from domains.matching.solving.pinning import Board
from domains.matching.solving.proposal import Unmet
from domains.matching.solving.reasons import Reason
from domains.matching.solving.tables import Columns, Integers


def of_needs(table: Board, out: Mapping[str, Reason]) -> tuple[Unmet, ...]:
    """Return the needs that do not go ahead, with all the places they asked for."""
    return tuple(
        Unmet(need.id, "", sum(group.places for group in need.groups), out[need.id])
        for need in sorted(table.columns.needs, key=lambda each: each.id)
        if need.id in out
    )


def of_groups(
    table: Board, everyone: Pool, *, filled: Integers, out: Mapping[str, Reason]
) -> tuple[Unmet, ...]:
    """Return the places of needs that go ahead for which nobody is proposed."""
    columns = table.columns
    missing = table.places_left - filled
    candidates = np.bincount(everyone.groups, minlength=len(columns.groups))
    found = []
    for group in np.flatnonzero(missing > 0).tolist():
        need = columns.needs[int(columns.need_of_group[group])]
        if need.id in out:
            continue
        taken = candidates[group] > filled[group]
        reason = Reason.ALL_TAKEN if taken else nearest_obstacle(columns, group)
        found.append(Unmet(need.id, columns.groups[group].id, int(missing[group]), reason))
    return tuple(sorted(found, key=lambda each: each.group))


def nearest_obstacle(columns: Columns, group: int) -> Reason:
    """Return the last rule at which the volunteer who came nearest failed, none but for skill."""
    asked = columns.skill[group]
    volunteers = np.arange(len(columns.volunteers))
    if asked >= 0:
        skills = len(columns.skill_names)
        volunteers = columns.skill_keys[columns.skill_keys % skills == asked] // skills
    if not len(volunteers):
        return Reason.NO_SKILL if asked >= 0 else Reason.TOO_FEW_PEOPLE
    broken = fitness.why_not(columns, volunteers, np.full(len(volunteers), group))
    hindered = broken[broken != fitness.MAY]
    if not len(hindered):
        return Reason.TOO_FEW_PEOPLE
    return fitness.RULES[int(hindered.max())][0]
