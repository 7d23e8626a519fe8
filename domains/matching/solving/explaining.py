"""Why somebody is asked: skill, distance, times and turns, read from the snapshot again."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from domains.matching.solving.proposal import Offer, Proposal
from domains.matching.solving.snapshot import Snapshot
from domains.matching.solving.tables import Columns


@dataclass(frozen=True, slots=True)
class Why:
    """What speaks for an offer; `skill` is empty where anyone would do."""

    group: str
    volunteer: str
    rank: int
    skill: str
    level_wanted: int
    level_held: int
    metres: int
    radius: int
    starts: int
    ends: int
    turns: int
    preferred: bool
    reliable_permille: int
    accepts_permille: int
    others_in_question: int


def explain(snapshot: Snapshot, proposal: Proposal) -> tuple[Why, ...]:
    """Say of every offer why it is made, in the order of the offers."""
    return explain_offers(Columns(snapshot), proposal.offers)


def explain_offers(columns: Columns, offers: Iterable[Offer]) -> tuple[Why, ...]:
    """Say of some offers why they are made."""
    offered = list(offers)
    volunteers = np.asarray([columns.volunteer_at[each.volunteer] for each in offered], np.int64)
    groups = np.asarray([columns.group_at[each.group] for each in offered], np.int64)
    metres = columns.metres(volunteers, groups).tolist()
    levels = columns.levels(volunteers, groups).tolist()
    asked: dict[str, int] = {}
    for each in offered:
        asked[each.group] = asked.get(each.group, 0) + 1
    return tuple(
        Why(
            group=each.group,
            volunteer=each.volunteer,
            rank=each.rank,
            skill=columns.groups[group].skill,
            level_wanted=columns.groups[group].level,
            level_held=levels[at],
            metres=metres[at],
            radius=int(columns.radius[volunteer]),
            starts=int(columns.starts[group]),
            ends=int(columns.ends[group]),
            turns=columns.volunteers[volunteer].turns,
            preferred=columns.needs[int(columns.need_of_group[group])].service
            in columns.volunteers[volunteer].prefers,
            reliable_permille=int(columns.reliable_permille[volunteer]),
            accepts_permille=int(columns.accepts_permille[volunteer]),
            others_in_question=asked[each.group] - 1,
        )
        for at, (each, volunteer, group) in enumerate(
            zip(offered, volunteers.tolist(), groups.tolist(), strict=True)
        )
    )
