"""What the process counts, for Prometheus: no person, address or id ever becomes a label."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, SummaryMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from domains.kernel.operations.queries import Figures

Kind = Literal["query", "mutation", "subscription", "refused"]

REGISTRY = CollectorRegistry()

OPERATIONS = Counter(
    "gongyi_operations",
    "Operations answered, by kind, transport and outcome (ok, errors, or a refusal's code).",
    ("kind", "transport", "outcome"),
    registry=REGISTRY,
)
SECONDS = Histogram(
    "gongyi_operation_seconds",
    "Time from a request's first byte read to its answer.",
    ("kind",),
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=REGISTRY,
)
INSIDE = Gauge("gongyi_operations_inside", "Operations that run or wait.", registry=REGISTRY)
SOCKETS = Gauge("gongyi_live_sockets", "Open WebSocket connections.", registry=REGISTRY)
STREAMS = Gauge("gongyi_live_streams", "Open event streams (SSE).", registry=REGISTRY)
SUBSCRIPTIONS = Gauge("gongyi_live_subscriptions", "Open subscriptions.", registry=REGISTRY)
GROUPS = Gauge(
    "gongyi_live_groups", "Executions that subscriptions share, a group each.", registry=REGISTRY
)
EVENTS = Counter(
    "gongyi_live_events", "Notifications received from the database.", registry=REGISTRY
)
OUTBOX_WAITING = Gauge(
    "gongyi_outbox_waiting", "Recorded events not yet delivered.", registry=REGISTRY
)
OUTBOX_LAG = Gauge(
    "gongyi_outbox_lag_seconds", "Age of the oldest event not yet delivered.", registry=REGISTRY
)
OUTBOX_PARKED = Gauge(
    "gongyi_outbox_parked", "Events given up after repeated failures.", registry=REGISTRY
)


class MachineRoom(Collector):
    """What all workers together count; they answer nobody, so each server tells it for them."""

    def __init__(self) -> None:
        self.figures = Figures()

    def collect(self) -> Iterator[Metric]:
        """Tell what was last read of the database."""
        yield from self._jobs()
        silent = GaugeMetricFamily(
            "gongyi_worker_silent_seconds",
            "Seconds since each worker that was not stopped was last heard of.",
            labels=["worker"],
        )
        for row in self.figures.workers:
            silent.add_metric([row["name"]], row["silent_s"])
        alarms = GaugeMetricFamily(
            "gongyi_alarms", "Alarms that stand, by what is amiss.", labels=["kind"]
        )
        for row in self.figures.alarms:
            alarms.add_metric([row["kind"]], row["standing"])
        yield from (silent, alarms)

    def _jobs(self) -> Iterator[Metric]:
        seconds = SummaryMetricFamily(
            "gongyi_job_seconds", "How often each job ran, and for how long.", labels=["job"]
        )
        counters = {
            "items": CounterMetricFamily(
                "gongyi_job_items", "How many each job did.", labels=["job"]
            ),
            "failures": CounterMetricFamily(
                "gongyi_job_failures", "How often each job failed.", labels=["job"]
            ),
        }
        gauges = {
            "late_s": GaugeMetricFamily(
                "gongyi_job_late_seconds",
                "By how much each job's ticks last came late, at most.",
                labels=["job"],
            ),
            "overdue_s": GaugeMetricFamily(
                "gongyi_job_overdue_seconds",
                "How long ago each job should have begun again.",
                labels=["job"],
            ),
            "is_paused": GaugeMetricFamily(
                "gongyi_job_paused", "Whether each job is paused.", labels=["job"]
            ),
        }
        for row in self.figures.jobs:
            seconds.add_metric([row["name"]], count_value=row["ticks"], sum_value=row["busy_s"])
            for name, counter in counters.items():
                counter.add_metric([row["name"]], row[name])
            for name, gauge in gauges.items():
                gauge.add_metric([row["name"]], row[name])
        yield from (seconds, *counters.values(), *gauges.values())


class Deliveries(Collector):
    """How the channels of notices stand, and what came of attempts; counted in the database."""

    _GAUGES: Mapping[str, tuple[str, str]] = {
        "waiting": ("gongyi_notices_waiting", "Messages that wait, or are to be tried again."),
        "sending": ("gongyi_notices_sending", "Messages under way."),
        "dead": ("gongyi_notices_dead", "Messages given up that staff have not settled."),
        "late_s": (
            "gongyi_notices_late_seconds",
            "Time since the message that waits longest was due.",
        ),
        "is_shut": ("gongyi_notices_channel_shut", "Whether the channel is shut for a while."),
    }

    def __init__(self) -> None:
        self.figures: Sequence[Mapping[str, Any]] = ()

    def collect(self) -> Iterator[Metric]:
        """Tell what was last read of the database."""
        for name, (metric, words) in self._GAUGES.items():
            gauge = GaugeMetricFamily(metric, words, labels=["channel"])
            for row in self.figures:
                gauge.add_metric([row["channel"].value], max(0, row[name]))
            yield gauge
        outcomes = CounterMetricFamily(
            "gongyi_notices",
            "What came of attempts: sent, failed, unanswered, lost, dead, received and so on.",
            labels=["channel", "outcome"],
        )
        for row in self.figures:
            for outcome, happened in row["outcomes"].items():
                outcomes.add_metric([row["channel"].value, outcome], happened)
        yield outcomes


MACHINE_ROOM = MachineRoom()
REGISTRY.register(MACHINE_ROOM)
DELIVERIES = Deliveries()
REGISTRY.register(DELIVERIES)


def text() -> bytes:
    """Return everything that is counted, in Prometheus's format."""
    return generate_latest(REGISTRY)


def count(kind: Kind, transport: str, outcome: str, seconds: float) -> None:
    """Count one answered operation."""
    OPERATIONS.labels(kind, transport, outcome).inc()
    SECONDS.labels(kind).observe(seconds)
