"""Whether a proposal breaks any hard rule, whoever made it: an empty list is the only pass."""

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from domains.matching.solving import fitness
from domains.matching.solving.greedy import Diary
from domains.matching.solving.options import may_house, may_pay, may_supervise, taken_at
from domains.matching.solving.pinning import Board, board
from domains.matching.solving.proposal import Proposal, Selection
from domains.matching.solving.snapshot import Need, Snapshot


def breaches(snapshot: Snapshot, proposal: Proposal) -> list[str]:
    """Return what is unlawful or untrue about a proposal, in words for whoever has to look."""
    if proposal.digest != snapshot.digest():
        return ["it answers another snapshot"]
    table = board(snapshot)
    unknown = list(_unknown(snapshot, table, proposal))
    if unknown:
        return unknown
    return [
        *_people(table, proposal),
        *_whole(table, proposal),
        *_help(snapshot, proposal),
        *_money(snapshot, proposal),
        *_venues(snapshot, proposal),
        *_lapses(table, proposal),
    ]


def _unknown(snapshot: Snapshot, table: Board, proposal: Proposal) -> Iterator[str]:
    columns = table.columns
    pairs = [(each.group, each.volunteer) for each in proposal.offers]
    if len(set(pairs)) < len(pairs):
        yield "somebody is asked twice for one group"
    for group, volunteer in pairs:
        if group not in columns.group_at or volunteer not in columns.volunteer_at:
            yield f"{volunteer} or {group} is not known"
    needs = [each.need for each in proposal.selections]
    if len(set(needs)) < len(needs) or not set(needs) <= {each.id for each in snapshot.needs}:
        yield "a need is chosen twice, or not known"


def _people(table: Board, proposal: Proposal) -> Iterator[str]:
    """Every person may serve, is nowhere twice, and no group or week is overfull."""
    columns = table.columns
    chosen = {each.need for each in proposal.selections}
    volunteers = np.asarray(
        [columns.volunteer_at[each.volunteer] for each in proposal.offers], np.int64
    )
    groups = np.asarray([columns.group_at[each.group] for each in proposal.offers], np.int64)
    broken = fitness.why_not(columns, volunteers, groups)
    diary = Diary(table)
    for offer, volunteer, group, rule in zip(
        proposal.offers, volunteers.tolist(), groups.tolist(), broken.tolist(), strict=True
    ):
        if rule != fitness.MAY:
            yield f"{offer.volunteer} may not serve in {offer.group}: {fitness.RULES[rule][0]}"
        if columns.needs[int(columns.need_of_group[group])].id not in chosen:
            yield f"{offer.group} is of a need that does not go ahead"
        given = diary.book(volunteer, group) if offer.rank else diary.take(volunteer, group)
        if not given:
            yield f"{offer.volunteer} has no time for {offer.group}, or it has no place left"


def _whole(table: Board, proposal: Proposal) -> Iterator[str]:
    """What is asked is what is offered, pinned or told as unmet; needs for all or none have all."""
    columns = table.columns
    filled = table.pinned_of.copy()
    for offer in proposal.offers:
        filled[columns.group_at[offer.group]] += not offer.rank
    missing: dict[str, int] = defaultdict(int)
    told: dict[str, int] = defaultdict(int)
    for at, group in enumerate(columns.groups):
        missing[group.id] = group.places - int(filled[at])
    for each in proposal.unmet:
        told[each.group] += each.places if each.group else 0
    chosen = {each.need for each in proposal.selections}
    out = {each.need for each in proposal.unmet if not each.group}
    for need in columns.needs:
        if (need.id in chosen) == (need.id in out):
            yield f"{need.id} is both chosen and out, or neither"
        if need.id not in chosen:
            continue
        short = {group.id: missing[group.id] for group in need.groups if missing[group.id]}
        if short != {group.id: told[group.id] for group in need.groups if told[group.id]}:
            yield f"{need.id} lacks other places than is told"
        if short and not need.partial:
            yield f"{need.id} goes ahead only with all of its people"


def _help(snapshot: Snapshot, proposal: Proposal) -> Iterator[str]:
    """One host and one qualified social worker where they are wanted, none beyond their load."""
    needs = {each.id: each for each in snapshot.needs}
    hosts = {each.id: each.capacity for each in snapshot.organisations}
    workers = {each.id: each for each in snapshot.workers}
    loads = {each.id: each.load for each in snapshot.workers}
    for each in proposal.selections:
        need = needs[each.need]
        if bool(each.host) != need.wants_host or (each.host and each.host not in need.hosts):
            yield f"{need.id} has no host, or not one of its own"
        if bool(each.worker) != (need.supervision > 0):
            yield f"{need.id} has no supervision, or wants none"
        if each.host:
            hosts[each.host] = hosts.get(each.host, 0) - 1
        if each.worker:
            if each.worker not in workers or not may_supervise(workers[each.worker], need):
                yield f"{each.worker} may not supervise {need.id}"
            loads[each.worker] = loads.get(each.worker, 0) - need.supervision
    over = [name for name, left in (hosts | loads).items() if left < 0]
    if over:
        yield f"{', '.join(sorted(over))} took on more than they can"


def _money(snapshot: Snapshot, proposal: Proposal) -> Iterator[str]:
    """Each need is paid in full and from funds for its purpose, none of which is overdrawn."""
    needs = {each.id: each for each in snapshot.needs}
    funds = {each.id: each for each in snapshot.funds}
    left = {each.id: each.remaining for each in snapshot.funds}
    for each in proposal.selections:
        need = needs[each.need]
        if sum(fen for _, fen in each.money) != need.cost:
            yield f"{need.id} is not paid what it costs"
        for name, fen in each.money:
            if name not in funds or fen <= 0 or not may_pay(funds[name], need):
                yield f"{name} may not pay for {need.id}"
            left[name] = left.get(name, 0) - fen
    over = [name for name, fen in left.items() if fen < 0]
    if over:
        yield f"{', '.join(sorted(over))} is overdrawn"


def _venues(snapshot: Snapshot, proposal: Proposal) -> Iterator[str]:
    """Every venue is one of the need's own, open for it, and never overfull."""
    needs = {each.id: each for each in snapshot.needs}
    venues = {each.id: each for each in snapshot.venues}
    guests: dict[str, list[Need]] = defaultdict(list)
    for each in proposal.selections:
        if _is_misplaced(needs[each.need], each):
            yield f"{each.need} has no venue, or not one of its own"
        elif each.venue:
            guests[each.venue].append(needs[each.need])
    for name, present in guests.items():
        venue = venues.get(name)
        if venue is None or not all(may_house(venue, need) for need in present):
            yield f"{name} cannot house {', '.join(need.id for need in present)}"
            continue
        moments = {group.starts for need in present for group in need.groups}
        for moment in moments | {starts for starts, _, _ in venue.taken}:
            seats = sum(
                need.room
                for need in present
                if any(group.starts <= moment < group.ends for group in need.groups)
            )
            if seats and seats + taken_at(venue, moment) > venue.capacity:
                yield f"{name} is overfull at minute {moment}"


def _is_misplaced(need: Need, selection: Selection) -> bool:
    if not need.wants_venue:
        return bool(selection.venue)
    return selection.venue not in need.venues


def _lapses(table: Board, proposal: Proposal) -> Iterator[str]:
    """A promise is kept, or it is told that it is not."""
    told = {(each.group, each.volunteer) for each in proposal.lapses}
    if not {(each.group, each.volunteer) for each in table.lapses} <= told:
        yield "a pinned acceptance was dropped without a word"
    chosen = {each.need for each in proposal.selections}
    columns = table.columns
    for volunteer, group in table.kept:
        need = columns.needs[int(columns.need_of_group[group])]
        pair = (columns.groups[group].id, columns.volunteers[volunteer].id)
        if (need.id in chosen) == (pair in told):
            yield f"{pair[1]}'s promise to {pair[0]} is dropped without a word, or kept and told"
