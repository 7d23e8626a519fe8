"""Stage A without a solver: need after need takes what is left, the most urgent first."""

from collections.abc import Mapping, Sequence

from domains.matching.solving.options import Options, may_house
from domains.matching.solving.proposal import Selection
from domains.matching.solving.reasons import Reason
from domains.matching.solving.selecting import weights
from domains.matching.solving.snapshot import Need, Snapshot, Venue


class Left:
    """What organisations, social workers, funds and venues have left to give."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.hosts = {each.id: each.capacity for each in snapshot.organisations}
        self.workers = {each.id: each.load for each in snapshot.workers}
        self.funds = {each.id: each.remaining for each in snapshot.funds}
        self.purposes = {each.id: len(each.purposes) for each in snapshot.funds}
        self.venues = {each.id: each for each in snapshot.venues}

    def selection(self, need: Need, of: Options) -> Selection | None:
        """Return what a need would get of what is left, or nothing if it cannot get all."""
        found = self._found(need, of)
        return None if self._lacks(need, found) else found

    def lacks(self, need: Need, of: Options) -> Reason:
        """Return what a need that was not chosen lacks, of what is left."""
        return self._lacks(need, self._found(need, of)) or Reason.NOT_CHOSEN

    def _lacks(self, need: Need, found: Selection) -> Reason | None:
        lacking = (
            (need.wants_host and not found.host, Reason.NO_HOST),
            (need.supervision > 0 and not found.worker, Reason.NO_SUPERVISION),
            (sum(fen for _, fen in found.money) < need.cost, Reason.NO_MONEY),
            (need.wants_venue and not found.venue, Reason.NO_VENUE),
        )
        return next((reason for lacks, reason in lacking if lacks), None)

    def _found(self, need: Need, of: Options) -> Selection:
        host = next((name for name in of.hosts if self.hosts[name] > 0), "")
        worker = next((name for name in of.workers if self.workers[name] >= need.supervision), "")
        venue = next((name for name in of.venues if may_house(self.venues[name], need)), "")
        return Selection(need.id, host, worker, venue, self._money(need, of))

    def _money(self, need: Need, of: Options) -> tuple[tuple[str, int], ...]:
        wanted = need.cost
        parts: list[tuple[str, int]] = []
        for name in sorted(of.funds, key=lambda each: (self.purposes[each], each)):
            part = min(wanted, self.funds[name])
            if part:
                parts.append((name, part))
                wanted -= part
        return tuple(sorted(parts))

    def give(self, need: Need, chosen: Selection) -> None:
        """Take off what a need gets."""
        if chosen.host:
            self.hosts[chosen.host] -= 1
        if chosen.worker:
            self.workers[chosen.worker] -= need.supervision
        for name, fen in chosen.money:
            self.funds[name] -= fen
        if chosen.venue:
            before = self.venues[chosen.venue]
            windows = {(group.starts, group.ends) for group in need.groups}
            self.venues[chosen.venue] = Venue(
                before.id,
                before.capacity,
                before.open,
                (*before.taken, *((*window, need.room) for window in _merged(windows))),
            )


def _merged(windows: set[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join windows that overlap: a need takes its room once at any moment."""
    joined: list[tuple[int, int]] = []
    for starts, ends in sorted(windows):
        if joined and starts < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(ends, joined[-1][1]))
        else:
            joined.append((starts, ends))
    return joined


def select(
    snapshot: Snapshot, needs: Sequence[Need], options: Mapping[str, Options]
) -> dict[str, Selection]:
    """Choose needs one after another: the weightiest first, and of equals the cheapest."""
    counts = weights(snapshot, needs)
    left = Left(snapshot)
    chosen: dict[str, Selection] = {}
    for need in sorted(needs, key=lambda each: (-counts[each.id], each.cost, each.id)):
        selection = left.selection(need, options[need.id])
        if selection is not None:
            left.give(need, selection)
            chosen[need.id] = selection
    return chosen
