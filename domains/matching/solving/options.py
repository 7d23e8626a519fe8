"""What comes into question for each need besides people: hosts, supervision, money, venues."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from domains.matching.solving.reasons import Reason
from domains.matching.solving.snapshot import Fund, Need, Snapshot, Venue, Window, Worker


@dataclass(frozen=True, slots=True)
class Options:
    """The ids that may serve one need, and why it cannot go ahead if it cannot."""

    hosts: tuple[str, ...]
    workers: tuple[str, ...]
    funds: tuple[str, ...]
    venues: tuple[str, ...]
    impossible: Reason | None

    @property
    def asks(self) -> bool:
        """Return whether the need takes anything that others might want."""
        return bool(self.hosts or self.workers or self.funds or self.venues)


def may_supervise(worker: Worker, need: Need) -> bool:
    """Tell whether a social worker is qualified for a need, in their area, with load left."""
    return (
        need.qualification in worker.qualifications
        and need.area.startswith(worker.area)
        and worker.load >= need.supervision
    )


def may_pay(fund: Fund, need: Need) -> bool:
    """Tell whether money may go to a need: for its purpose and in its area only."""
    return need.area.startswith(fund.area) and not set(need.purposes).isdisjoint(fund.purposes)


def may_house(venue: Venue, need: Need) -> bool:
    """Tell whether a venue is open for all of a need's shifts and large enough for it."""
    return all(
        any(starts <= group.starts and group.ends <= ends for starts, ends in venue.open)
        and need.room <= seats_left(venue, (group.starts, group.ends))
        for group in need.groups
    )


def seats_left(venue: Venue, window: Window) -> int:
    """Return the seats that nobody has taken, at the fullest moment of a window."""
    moments = {window[0], *(starts for starts, _, _ in venue.taken)}
    return venue.capacity - max(
        (taken_at(venue, moment) for moment in moments if window[0] <= moment < window[1]),
        default=0,
    )


def taken_at(venue: Venue, moment: int) -> int:
    """Return the seats taken at a moment."""
    return sum(seats for starts, ends, seats in venue.taken if starts <= moment < ends)


def options_of(snapshot: Snapshot, needs: Iterable[Need]) -> list[Options]:
    """Return the options of each need, in the order of their ids."""
    hosts = {each.id for each in snapshot.organisations if each.capacity > 0}
    venues = {each.id: each for each in snapshot.venues}
    qualified: dict[str, list[Worker]] = defaultdict(list)
    for worker in sorted(snapshot.workers, key=lambda each: each.id):
        for qualification in set(worker.qualifications):
            qualified[qualification].append(worker)
    meant: dict[str, list[Fund]] = defaultdict(list)
    for fund in sorted(snapshot.funds, key=lambda each: each.id):
        for purpose in set(fund.purposes):
            meant[purpose].append(fund)
    return [_options(need, hosts, qualified, meant, venues) for need in needs]


def _options(
    need: Need,
    hosts: set[str],
    qualified: dict[str, list[Worker]],
    meant: dict[str, list[Fund]],
    venues: dict[str, Venue],
) -> Options:
    able_hosts = tuple(sorted(hosts.intersection(need.hosts))) if need.wants_host else ()
    workers = tuple(
        each.id
        for each in qualified.get(need.qualification, ())
        if need.supervision and may_supervise(each, need)
    )
    funds = {
        each.id: each.remaining
        for purpose in need.purposes
        for each in meant.get(purpose, ())
        if need.cost and each.remaining > 0 and may_pay(each, need)
    }
    rooms = tuple(
        sorted(
            name
            for name in set(need.venues)
            if need.wants_venue and name in venues and may_house(venues[name], need)
        )
    )
    lacking = (
        (need.wants_host and not able_hosts, Reason.NO_HOST),
        (need.supervision > 0 and not workers, Reason.NO_SUPERVISION),
        (sum(funds.values()) < need.cost, Reason.NO_MONEY),
        (need.wants_venue and not rooms, Reason.NO_VENUE),
    )
    impossible = next((reason for lacks, reason in lacking if lacks), None)
    return Options(able_hosts, workers, tuple(sorted(funds)), rooms, impossible)
