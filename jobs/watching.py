"""Looking for what is amiss, and saying so in the log: in every worker and every server."""

import structlog

from domains.kernel import settings
from domains.kernel.operations import alarms
from domains.kernel.operations.alarms import Change, Suspected
from domains.kernel.operations.values import AlarmKind

log = structlog.get_logger(__name__)

_WORDS = {
    AlarmKind.NO_WORKER: "no worker is alive",
    AlarmKind.WORKER_MISSED: "worker missed",
    AlarmKind.JOB_LATE: "job late",
    AlarmKind.JOB_FAILING: "job failing",
    AlarmKind.EVENTS_PARKED: "events parked",
}


def every_s() -> float:
    """Return the seconds between two looks: what is missed is seen soon after it is."""
    return settings.current().worker_missed_after_s / 4


class Watch:
    """One who looks again and again, and remembers what was suspected."""

    def __init__(self) -> None:
        self._suspected: Suspected = frozenset()

    async def look(self) -> list[Change]:
        """Look once, and log what was raised as errors and what is over as warnings."""
        changes, self._suspected = await alarms.look(self._suspected)
        for each in changes:
            say = log.error if each.is_raised else log.warning
            say(_WORDS[each.kind], subject=each.subject, is_over=not each.is_raised)
        return changes
