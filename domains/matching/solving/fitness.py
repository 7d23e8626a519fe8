"""Who may serve where: every hard rule about a person, once, for columns and for single cases.

The builder of candidates, the greedy fallback, the checker and the explanations all ask here.
"""

from collections.abc import Callable, Sequence

import numpy as np

from domains.matching.solving.reasons import Reason
from domains.matching.solving.tables import SPAN, Columns, Integers, Mask, found

Rule = Callable[[Columns, Integers, Integers], Mask]
ADULT = 18


def _opted_out(columns: Columns, volunteers: Integers, groups: Integers) -> Mask:
    opted_in: Mask = columns.automatic[volunteers]
    return ~opted_in


def _forbidden(columns: Columns, volunteers: Integers, groups: Integers) -> Mask:
    at = found(columns.forbidden, volunteers * len(columns.groups) + groups)
    return np.greater_equal(at, 0)


def _under_age(columns: Columns, volunteers: Integers, groups: Integers) -> Mask:
    younger: Mask = columns.age[volunteers] < columns.least_age[groups]
    return younger


def _unguarded(columns: Columns, volunteers: Integers, groups: Integers) -> Mask:
    alone: Mask = (columns.age[volunteers] < ADULT) & ~columns.guarded[volunteers]
    return alone


def _uninsured(columns: Columns, volunteers: Integers, groups: Integers) -> Mask:
    bare: Mask = columns.risky[groups] & ~columns.insured[volunteers]
    return bare


def _unskilled(columns: Columns, volunteers: Integers, groups: Integers) -> Mask:
    return (columns.skill[groups] >= 0) & (columns.skill_rows(volunteers, groups) < 0)


def _too_low(columns: Columns, volunteers: Integers, groups: Integers) -> Mask:
    wanted = columns.skill[groups] >= 0
    return wanted & (columns.levels(volunteers, groups) < columns.level[groups])


def _expired(columns: Columns, volunteers: Integers, groups: Integers) -> Mask:
    """A proof has to hold until the service ends."""
    wanted = columns.skill[groups] >= 0
    if not len(columns.skill_untils):
        return wanted
    rows = columns.skill_rows(volunteers, groups)
    return wanted & (columns.skill_untils[rows] < columns.ends[groups])


def _too_far(columns: Columns, volunteers: Integers, groups: Integers) -> Mask:
    beyond: Mask = columns.metres(volunteers, groups) > columns.radius[volunteers]
    return beyond


def _not_free(columns: Columns, volunteers: Integers, groups: Integers) -> Mask:
    """One free window has to hold the whole shift."""
    if not len(columns.free_begins):
        return np.ones(len(volunteers), bool)
    begins = volunteers * SPAN + columns.starts[groups]
    at = np.searchsorted(columns.free_begins, begins, side="right") - 1
    ends = columns.free_ends[np.maximum(at, 0)]
    return (at < 0) | (ends < volunteers * SPAN + columns.ends[groups])


def _week_full(columns: Columns, volunteers: Integers, groups: Integers) -> Mask:
    at = volunteers * columns.weeks + columns.week[groups]
    few: Mask = columns.services_left[at] < 1
    short: Mask = columns.minutes_left[at] < columns.minutes[groups]
    return few | short


# In the order in which people would ask: the first that is broken is the reason that is told.
RULES: tuple[tuple[Reason, Rule], ...] = (
    (Reason.OPTED_OUT, _opted_out),
    (Reason.FORBIDDEN, _forbidden),
    (Reason.UNDER_AGE, _under_age),
    (Reason.NO_GUARDIAN_CONSENT, _unguarded),
    (Reason.NOT_INSURED, _uninsured),
    (Reason.NO_SKILL, _unskilled),
    (Reason.SKILL_TOO_LOW, _too_low),
    (Reason.SKILL_EXPIRED, _expired),
    (Reason.TOO_FAR, _too_far),
    (Reason.NOT_FREE, _not_free),
    (Reason.WEEK_FULL, _week_full),
)
# What a person promised stands though it is far or the week is full; what would be unsafe or was
# ruled out does not.
LASTING = tuple(
    (reason, rule)
    for reason, rule in RULES
    if reason not in {Reason.OPTED_OUT, Reason.TOO_FAR, Reason.NOT_FREE, Reason.WEEK_FULL}
)
MAY = -1


def why_not(
    columns: Columns,
    volunteers: Integers,
    groups: Integers,
    rules: Sequence[tuple[Reason, Rule]] = RULES,
) -> Integers:
    """Return, for each pair, the number of the first rule that it breaks, or MAY."""
    broken = np.full(len(volunteers), MAY, np.int64)
    still = np.arange(len(volunteers))
    for number, (_, rule) in enumerate(rules):
        breaks = rule(columns, volunteers[still], groups[still])
        broken[still[breaks]] = number
        still = still[~breaks]
    return broken


def may_serve(
    columns: Columns,
    volunteer: int,
    group: int,
    rules: Sequence[tuple[Reason, Rule]] = RULES,
) -> Reason | None:
    """Return why a volunteer may not serve in a group, or nothing where they may."""
    one, other = np.asarray([volunteer]), np.asarray([group])
    number = int(why_not(columns, one, other, rules)[0])
    return None if number == MAY else rules[number][0]
