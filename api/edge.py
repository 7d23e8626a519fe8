"""What one process needs to answer operations, whatever carried them there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import strawberry
from graphql import GraphQLSchema, OperationType

from api import execution, metrics
from api.asked import Asked
from api.authentication import Authenticate, Network, Reread, networks
from api.documents import Documents, Operation
from api.execution import Answer
from api.limits import Budgets, Charge, Gate
from api.refusals import Code, RequestRefused, said
from domains.kernel.actor import Actor, Role
from domains.kernel.settings import Environment, Settings
from schema.context import Context


@dataclass(slots=True)
class Admitted:
    """An operation that may run: valid, allowed and paid for."""

    operation: Operation
    charge: Charge


@dataclass(slots=True)
class Edge:
    """The parts that transports share."""

    schema: GraphQLSchema
    settings: Settings
    documents: Documents
    budgets: Budgets
    gate: Gate
    authenticate: Authenticate
    reread: Reread
    trusted: list[Network]
    origins: frozenset[str]
    live: Any = None
    draining: bool = False
    tags: Mapping[str, str] = field(default_factory=dict)

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
        core = execution.quicken(schema)
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
            reread=reread,
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
        return Context(actor, self.live)

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


def kind_of(operation: OperationType) -> metrics.Kind:
    """Name an operation's kind for the metrics."""
    return operation.value
