"""What a worker counts in its memory, between two times that it tells the database of it.

A tick that found nothing is one in a sum. Ticks that did something, or failed in the same
way, are summed up as well, as one run of some seconds: so what is kept does not grow with
how often a job ticks, and while the database is away the memory does not grow either.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from domains.kernel.operations.working import Counted, Ran


@dataclass(slots=True)
class _Spell:
    """Ticks of one job that ended alike; instants are the loop's, in seconds."""

    started: float
    ended: float
    ticks: int = 0
    count: int = 0
    busy_s: float = 0.0
    late_s: float = 0.0

    def absorb(self, other: "_Spell") -> None:
        """Take in what came later."""
        self.ended = max(self.ended, other.ended)
        self.ticks += other.ticks
        self.count += other.count
        self.busy_s += other.busy_s
        self.late_s = max(self.late_s, other.late_s)


@dataclass(slots=True)
class _Sum:
    """All ticks of one job."""

    started: float
    ended: float | None = None
    ticks: int = 0
    items: int = 0
    failures: int = 0
    busy_s: float = 0.0
    late_s: float = 0.0
    last_count: int | None = None
    last_failure: str | None = None
    has_succeeded: bool = False
    failures_in_a_row: int = 0
    spells: dict[str | None, _Spell] = field(default_factory=dict)

    def absorb(self, other: "_Sum") -> None:
        """Take in what came later."""
        self.started = max(self.started, other.started)
        self.ended = self.ended if other.ended is None else other.ended
        self.ticks += other.ticks
        self.items += other.items
        self.failures += other.failures
        self.busy_s += other.busy_s
        self.late_s = max(self.late_s, other.late_s)
        self.last_count = self.last_count if other.last_count is None else other.last_count
        self.last_failure = other.last_failure or self.last_failure
        self.failures_in_a_row = other.failures_in_a_row + (
            0 if other.has_succeeded else self.failures_in_a_row
        )
        self.has_succeeded = self.has_succeeded or other.has_succeeded
        for outcome, spell in other.spells.items():
            self._spell(outcome, spell)

    def end(
        self, *, started: float, ended: float, count: int, failure: str | None, is_told: bool
    ) -> None:
        """Count a tick that came to its end."""
        self.ended = ended
        self.ticks += 1
        self.items += count
        self.busy_s += ended - started
        if failure is None:
            self.has_succeeded, self.failures_in_a_row = True, 0
        else:
            self.failures += 1
            self.failures_in_a_row += 1
            self.last_failure = failure
        if count:
            self.last_count = count
        if (count or failure is not None) and not is_told:
            spell = _Spell(started, ended, 1, count, ended - started, self.late_s)
            self._spell(failure, spell)

    def _spell(self, outcome: str | None, spell: _Spell) -> None:
        known = self.spells.get(outcome)
        if known is None:
            self.spells[outcome] = spell
        else:
            known.absorb(spell)


Sums = dict[str, _Sum]


class Tallies:
    """The counts of one worker."""

    def __init__(self) -> None:
        self._sums: Sums = {}
        self._started: dict[str, float] = {}

    def begin(self, job: str, every_s: float, now: float) -> None:
        """Note that a tick of a job begins, and how late it is after the one before."""
        before = self._started.get(job)
        self._started[job] = now
        late_s = 0.0 if before is None else max(0.0, now - before - every_s)
        known = self._sums.get(job)
        if known is None:
            known = self._sums[job] = _Sum(now)
        known.started = now
        known.late_s = max(known.late_s, late_s)

    def leave_out(self, job: str) -> None:
        """Note that a tick is left out because its job is paused: the next one is not late."""
        self._started.pop(job, None)

    def end(
        self,
        job: str,
        *,
        started: float,
        ended: float,
        count: int = 0,
        failure: str | None = None,
        is_told: bool = False,
    ) -> None:
        """Note what a tick came to; `is_told` where a run of its own tells of it."""
        known = self._sums.get(job)
        if known is None:
            known = self._sums[job] = _Sum(started)
        known.end(started=started, ended=ended, count=count, failure=failure, is_told=is_told)

    def take(self) -> Sums:
        """Take what was counted away, to be told."""
        taken, self._sums = self._sums, {}
        return taken

    def put_back(self, taken: Sums) -> None:
        """Take back what could not be told; it comes before what was counted since."""
        for job, later in self._sums.items():
            known = taken.get(job)
            if known is None:
                taken[job] = later
            else:
                known.absorb(later)
        self._sums = taken


def told(sums: Sums, now: float) -> tuple[Sequence[Counted], Sequence[Ran]]:
    """Return what was counted as the database is told of it: instants as ages."""
    counted: list[Counted] = []
    ran: list[Ran] = []
    for job, each in sums.items():
        counted.append(
            Counted(
                job=job,
                ticks=each.ticks,
                items=each.items,
                failures=each.failures,
                busy_s=each.busy_s,
                late_s=each.late_s,
                started_ago_s=now - each.started,
                ended_ago_s=None if each.ended is None else now - each.ended,
                last_count=each.last_count,
                last_failure=each.last_failure,
                has_succeeded=each.has_succeeded,
                failures_in_a_row=each.failures_in_a_row,
            )
        )
        ran.extend(
            Ran(
                job=job,
                failure=failure,
                ticks=spell.ticks,
                count=spell.count,
                busy_s=spell.busy_s,
                late_s=spell.late_s,
                started_ago_s=now - spell.started,
                ended_ago_s=now - spell.ended,
            )
            for failure, spell in each.spells.items()
        )
    return counted, ran
