"""Tortoise's migrations, without a copy of every model before each statement.

Tortoise draws all models up anew before every operation, in case the operation looks at
what was before; hardly any does. With a hundred models that was most of a migration's time,
so the copy is made only for who looks.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import cast

from tortoise.migrations.executor import MigrationExecutor
from tortoise.migrations.graph import MigrationKey
from tortoise.migrations.schema_generator.state import ModelState, State
from tortoise.migrations.schema_generator.state_apps import StateApps


class _Before:
    """The state before an operation; its models are drawn up when somebody looks."""

    def __init__(self, models: Mapping[tuple[str, str], ModelState], apps: StateApps) -> None:
        self.models = {key: model.clone() for key, model in models.items()}
        self._apps = apps

    @cached_property
    def apps(self) -> StateApps:
        return self._apps.clone(model_states=self.models)


class _Projected(State):
    """The state that operations carry forward."""

    def clone(self) -> State:
        """Return what an operation may look back at."""
        return cast(State, _Before(self.models, self.apps))


class Executor(MigrationExecutor):
    """Applies migrations in time proportional to what they do."""

    async def _project_state(
        self, applied: set[MigrationKey], *, upto: MigrationKey | None = None
    ) -> State:
        state = await super()._project_state(applied, upto=upto)
        return _Projected(models=state.models, apps=state.apps)
