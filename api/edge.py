"""What one process needs to answer operations, whatever carried them there."""

import asyncio
import re
import time
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any

import strawberry
import structlog
from graphql import GraphQLSchema

from api import execution, metrics
from api.asked import Asked
from api.authentication import Authenticate, Network, Reread, networks
from api.documents import Documents, Operation
from api.execution import Answer
from api.executor import quicken
from api.groups import Groups, Sessions
from api.limits import Budgets, Charge, Gate
from api.live import Hub
from api.refusals import Code, RequestRefused, of_fault, said
from domains.kernel.actor import Actor, Role
from domains.kernel.errors import DEFAULT_LOCALE
from domains.kernel.settings import Environment, Settings
from schema.context import Context

log = structlog.get_logger("api")
# An id that a machine made, and nothing that could be somebody's number or name.
_REQUEST = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(slots=True)
class Admitted:
    """An operation that may run: valid, allowed and paid for."""

    operation: Operation
    charge: Charge


class CallerGone(Exception):
    """Nobody is there to be answered."""


class Note:
    """What is counted and logged of one operation; whatever it raises becomes a refusal."""

    def __init__(self, transport: str, request: str | None, locale: str) -> None:
        self.transport = transport
        self.locale = locale
        self.request = request if request and _REQUEST.fullmatch(request) else token_hex(8)
        self.operation: Operation | None = None
        self.has_errors = False
        self._started = time.perf_counter()

    def __enter__(self) -> None:
        structlog.contextvars.bind_contextvars(request=self.request)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: Any
    ) -> None:
        refusal = error
        if isinstance(error, Exception) and not isinstance(error, RequestRefused | CallerGone):
            refusal = of_fault(error, locale=self.locale)
        outcome = "errors" if self.has_errors else "ok"
        if isinstance(refusal, RequestRefused):
            outcome = refusal.code.lower()
        elif refusal is not None:
            outcome = "gone"
        seconds = time.perf_counter() - self._started
        operation = self.operation
        name: metrics.Kind = operation.kind.value if operation else "refused"
        metrics.count(name, self.transport, outcome, seconds)
        log.info(
            "operation",
            transport=self.transport,
            kind=name,
            outcome=outcome,
            fields=operation.asked_for if operation else None,
            milliseconds=round(seconds * 1000, 1),
        )
        if refusal is not None and refusal is not error:
            raise refusal from error


@dataclass(slots=True)
class Edge:
    """The parts that transports share."""

    schema: GraphQLSchema
    settings: Settings
    documents: Documents
    budgets: Budgets
    gate: Gate
    authenticate: Authenticate
    trusted: list[Network]
    origins: frozenset[str]
    hub: Hub
    sessions: Sessions
    groups: Groups
    draining: bool = False
    to_finish: "set[asyncio.Task[Any]]" = field(default_factory=set)

    @classmethod
    def of(
        cls,
        schema: strawberry.Schema,
        settings: Settings,
        *,
        authenticate: Authenticate,
        reread: Reread,
    ) -> "Edge":
        """Put the parts together as the settings say."""
        assert not schema.extensions, "operations do not pass through Strawberry's extensions"
        core = quicken(schema)
        hub = Hub()
        sessions = Sessions(reread)
        return cls(
            schema=core,
            settings=settings,
            documents=Documents(
                core,
                most_bytes=settings.document_cache_mb * 1_000_000,
                manifest=settings.documents,
                manifest_only=settings.documents_only,
            ),
            budgets=Budgets(settings.cost_per_minute),
            gate=Gate(settings.requests_at_once, settings.requests_waiting),
            authenticate=authenticate,
            hub=hub,
            sessions=sessions,
            groups=Groups(
                core,
                sessions,
                hub,
                context=lambda actor: Context(actor, hub),
                deadline_s=settings.deadline_s,
            ),
            trusted=networks(settings.trusted_proxies),
            origins=frozenset(
                each.strip().rstrip("/") for each in settings.allowed_origins.split(",") if each
            ),
        )

    def admit(self, asked: Asked, actor: Actor) -> Admitted:
        """Find, check, measure and charge what was asked; raises RequestRefused."""
        self.budgets.admit(actor)
        try:
            operation = self._operation(asked, actor)
        except RequestRefused:
            self.budgets.charge_invalid(actor)
            raise
        return Admitted(operation=operation, charge=self.budgets.charge(actor, operation.measured))

    async def run(self, admitted: Admitted, asked: Asked, actor: Actor) -> Answer:
        """Run a query or a mutation as the actor."""
        async with self.gate.turn(actor.locale):
            return await execution.run(
                self.schema,
                admitted.operation,
                asked.variables,
                self.context(actor),
                deadline_s=self.settings.deadline_s,
                extensions={"cost": admitted.charge.told},
            )

    def context(self, actor: Actor) -> Context:
        """Make what resolvers reach."""
        return Context(actor, self.hub)

    def noted(self, transport: str, request: str | None, locale: str = DEFAULT_LOCALE) -> "Note":
        """Return the note that counts and logs one operation, entered while it is answered."""
        return Note(transport, request, locale)

    def let_finish(self, task: "asyncio.Task[Any] | None") -> None:
        """Let a mutation run to its end although its caller may go."""
        assert task is not None, "operations run as tasks"
        self.to_finish.add(task)
        task.add_done_callback(self.to_finish.discard)

    def is_to_finish(self, task: "asyncio.Task[Any]") -> bool:
        """Tell whether a task must not be cancelled."""
        return task in self.to_finish

    async def finished(self) -> None:
        """Wait for what was let finish, as long as draining may take."""
        if self.to_finish:
            await asyncio.wait(self.to_finish, timeout=self.settings.drain_s)

    def _operation(self, asked: Asked, actor: Actor) -> Operation:
        locale = actor.locale
        if asked.text is None:
            assert asked.digest is not None, "a request has a text or a hash"
            document = self.documents.by_hash(asked.digest, locale=locale)
        else:
            document = self.documents.by_text(asked.text, locale=locale)
        operation = self.documents.operation(
            document, asked.operation_name, asked.variables, locale=locale
        )
        if operation.measured.introspects and not self._may_introspect(actor):
            raise RequestRefused(
                422,
                Code.FORBIDDEN,
                said(locale, "此处不提供架构自省。", "The schema is not told here."),
            )
        return operation

    def _may_introspect(self, actor: Actor) -> bool:
        if self.settings.introspection or self.settings.environment is not Environment.PRODUCTION:
            return True
        return any(grant.role is Role.PLATFORM_ADMINISTRATOR for grant in actor.grants)
