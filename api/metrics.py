"""What the process counts, for Prometheus: no person, address or id ever becomes a label."""

from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

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


def text() -> bytes:
    """Return everything that is counted, in Prometheus's format."""
    return generate_latest(REGISTRY)


def count(kind: Kind, transport: str, outcome: str, seconds: float) -> None:
    """Count one answered operation."""
    OPERATIONS.labels(kind, transport, outcome).inc()
    SECONDS.labels(kind).observe(seconds)
