"""graphql-core's executor without what is not needed: a selection is compiled to steps.

Plain leaves are read and serialised, objects and lists of them completed here, and resolvers
that only load are driven together, a whole list at a time, so that no item needs a task.
What is out of the ordinary goes the long way, through graphql-core, which also says how far
an error reaches. Where several fields fail below one null, it is chance which are told, here
as there. tests/api/test_executor.py and test_loading.py hold both to equal results.
"""

import asyncio
from collections.abc import Awaitable, Coroutine
from typing import Any, NamedTuple

from graphql import FieldNode, GraphQLField, GraphQLObjectType
from graphql.execution import Executor as PlainExecutor
from graphql.pyutils import Path, Undefined, gather_with_cancel
from strawberry.types import Info

from api.steps import Attribute, ResolveInfo, Shape, Step, is_awaitable, leaf_of, quicken, step_of
from schema.context import Loaded

__all__ = ["Attribute", "Executor", "is_awaitable", "quicken"]


class _Begun(NamedTuple):
    """A resolver that waits for a batch, and where its value belongs."""

    item: int
    step: Step
    path: Path
    results: dict[str, Any]
    resolver: Coroutine[Any, Any, Any]
    waits: Loaded[Any]


class Executor(PlainExecutor[Any]):
    """graphql-core's plain executor (no @defer), with the Info that Strawberry expects."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._plans: dict[int, tuple[Any, list[Step]]] = {}
        self._infos: dict[int, Any] = {}

    def execute_fields(
        self,
        parent_type: GraphQLObjectType,
        source_value: Any,
        path: Path | None,
        grouped_field_set: Any,
        position_context: Any,
    ) -> Any:
        """Do the steps of a selection on one object."""
        begun: list[_Begun] = []
        steps = self._plan(parent_type, grouped_field_set)
        results = self._object(steps, source_value, path, 0, begun)
        return self._one(results, begun) if begun else results

    def _plan(self, parent_type: GraphQLObjectType, grouped_field_set: Any) -> list[Step]:
        """Return the steps of a selection; a list has one plan for all its items.

        The selection is kept beside its plan, so that its identity is not given to another.
        """
        kept = self._plans.get(id(grouped_field_set))
        if kept is not None:
            return kept[1]
        steps = [
            step_of(parent_type, name, details, self.schema)
            for name, details in grouped_field_set.items()
        ]
        self._plans[id(grouped_field_set)] = (grouped_field_set, steps)
        return steps

    def _object(
        self,
        steps: list[Step],
        source: Any,
        path: Path | None,
        item: int,
        begun: list[_Begun],
    ) -> Any:
        """Do the steps in their order; what waits for a batch is added to `begun`."""
        results: dict[str, Any] = {}
        waiting: list[str] = []
        earlier = len(begun)
        try:
            for step in steps:
                if step.coerce is not None:
                    value = leaf_of(step, source)
                    if value is not Undefined:
                        results[step.name] = value
                        continue
                at = Path(path, step.name, step.parent.name)
                if step.load is not None:
                    value = self._begin(step, source, at, results=results, item=item, begun=begun)
                elif step.read is not None and step.coerce is None:
                    value = self._attribute(step, source, at)
                else:
                    value = self.execute_field(step.parent, source, step.details, at, None)
                if value is Undefined:
                    continue
                results[step.name] = value
                if is_awaitable(value):
                    waiting.append(step.name)
        except Exception:
            self.settle_in_background([results[name] for name in waiting])
            self._abandon(begun, earlier)
            raise
        return _settled(results, waiting) if waiting else results

    def _attribute(self, step: Step, source: Any, path: Path) -> Any:
        """Read an attribute that has a selection of its own, and complete what it holds."""
        assert step.read is not None, "an attribute is read"
        try:
            value = step.read(source)
        except Exception as error:
            return self._failed(error, step, path)
        return self._completed(step, path, value)

    def _completed(self, step: Step, path: Path, value: Any) -> Any:
        """Complete a field's value; a failure is the field's own."""
        assert step.shape is not None, "a step without a definition is not completed here"
        try:
            if is_awaitable(value):
                info = self._raw_info(step, path)
                return self.complete_awaitable_value(
                    step.shape.whole, step.details, info, path, value, None
                )
            done = self._complete(step, step.shape, path, value)
        except Exception as error:
            return self._failed(error, step, path)
        return self._guarded(done, step, path) if is_awaitable(done) else done

    async def _guarded(self, awaitable: Awaitable[Any], step: Step, path: Path) -> Any:
        try:
            return await awaitable
        except Exception as error:
            return self._failed(error, step, path)

    def _failed(self, error: Exception, step: Step, path: Path) -> None:
        """Collect a field's error, or raise it where the field may not be null."""
        assert step.shape is not None, "a step without a definition does not fail"
        self.handle_field_error(error, step.shape.whole, step.details, path)

    def _complete(self, step: Step, shape: Shape, path: Path, value: Any) -> Any:
        """Complete a value of a known shape; raises what is an error there."""
        if value is None and shape.is_nullable:
            return None
        if shape.item is not None and type(value) in {list, tuple}:
            return self._list(step, shape.item, path, value)
        plain = shape.fields_of
        if plain is not None and _is_of(plain, value, self._info(step, path)._raw_info):
            selection = self.collect_subfields(plain, step.details).grouped_field_set
            return self.execute_fields(plain, value, path, selection, None)
        info = self._raw_info(step, path)
        return self.complete_value(shape.whole, step.details, info, path, value, None)

    def _list(self, step: Step, shape: Shape, path: Path, values: Any) -> Any:
        """Complete the items of a list; what they wait for, they wait for together."""
        completed: list[Any] = []
        waiting: list[int] = []
        begun: list[_Begun] = []
        plain, steps, told = shape.fields_of, [], self._info(step, path)._raw_info
        if plain is not None:
            steps = self._plan(plain, self.collect_subfields(plain, step.details).grouped_field_set)
        try:
            for item, value in enumerate(values):
                at = Path(path, item, None)
                try:
                    if plain is not None and _is_of(plain, value, told):
                        done = self._object(steps, value, at, item, begun)
                    elif is_awaitable(value):
                        done = self._awaited(step, shape, at, value)
                    else:
                        done = self._complete(step, shape, at, value)
                except Exception as error:
                    self.handle_field_error(error, shape.whole, step.details, at)
                    done = None
                if is_awaitable(done):
                    done = self._guarded_item(done, step, shape, at)
                    waiting.append(item)
                completed.append(done)
        except Exception:
            later = [each for each in values[len(completed) + 1 :] if is_awaitable(each)]
            self.settle_in_background([completed[item] for item in waiting] + later)
            self._abandon(begun, 0)
            raise
        if begun or waiting:
            return self._many(step, shape, path, completed=completed, waiting=waiting, begun=begun)
        return completed

    async def _awaited(self, step: Step, shape: Shape, path: Path, value: Any) -> Any:
        done = self._complete(step, shape, path, await value)
        return await done if is_awaitable(done) else done

    async def _guarded_item(
        self, awaitable: Awaitable[Any], step: Step, shape: Shape, path: Path
    ) -> Any:
        try:
            return await awaitable
        except Exception as error:
            self.handle_field_error(error, shape.whole, step.details, path)
            return None

    async def _many(
        self,
        step: Step,
        shape: Shape,
        path: Path,
        *,
        completed: list[Any],
        waiting: list[int],
        begun: list[_Begun],
    ) -> list[Any]:
        """Wait for the items of a list; a failed item is null, or fails the list."""
        failures, *settled = await gather_with_cancel(
            self._drive(begun), *(completed[item] for item in waiting)
        )
        for item, value in zip(waiting, settled, strict=True):
            completed[item] = value
        for item, error in sorted(failures.items()):
            self.handle_field_error(error, shape.whole, step.details, Path(path, item, None))
            completed[item] = None
        return completed

    async def _one(self, results: Any, begun: list[_Begun]) -> dict[str, Any]:
        """Wait for the fields of one object."""
        if is_awaitable(results):
            failures, results = await gather_with_cancel(self._drive(begun), results)
        else:
            failures = await self._drive(begun)
        if failures:
            raise failures[0]
        return dict(results)

    def _begin(
        self,
        step: Step,
        source: Any,
        path: Path,
        *,
        results: dict[str, Any],
        item: int,
        begun: list[_Begun],
    ) -> Any:
        """Start a resolver that loads; where it waits, null stands in its place meanwhile."""
        assert step.load is not None, "the field loads"
        try:
            resolver = step.load(source, self._info(step, path))
            waits = self._sent(resolver)
        except StopIteration as stop:
            return self._completed(step, path, stop.value)
        except Exception as error:
            return self._failed(error, step, path)
        begun.append(_Begun(item, step, path, results, resolver, waits))
        return None

    def _sent(self, resolver: Coroutine[Any, Any, Any]) -> Loaded[Any]:
        """Let a resolver go on; raises StopIteration with its value at its end."""
        context = self.context_value
        context.driven = True
        try:
            waits = resolver.send(None)
        finally:
            context.driven = False
        if not isinstance(waits, Loaded):
            resolver.close()
            raise TypeError("a field marked LOADS awaited something else than a load")
        return waits

    async def _drive(self, begun: list[_Begun]) -> dict[int, Exception]:
        """Take resolvers to their ends, all a batch further at a time; tell which items failed.

        Nobody goes on before all can: what they load next is again one batch.
        """
        failures: dict[int, Exception] = {}
        nested: list[tuple[_Begun, Any]] = []
        current = begun
        try:
            while current:
                for run in {each.waits.run for each in current}:
                    await run.done.wait()
                going_on: list[_Begun] = []
                for each in current:
                    if each.item in failures:
                        continue
                    try:
                        going_on.append(each._replace(waits=self._sent(each.resolver)))
                        continue
                    except StopIteration as stop:
                        value = stop.value
                    except Exception as error:
                        self._note(each, error, failures)
                        continue
                    self._finish(each, value, nested, failures)
                current = going_on
            await self._nest(nested, failures)
        finally:
            self._abandon(begun, 0)
        return failures

    def _finish(
        self,
        each: _Begun,
        value: Any,
        nested: list[tuple[_Begun, Any]],
        failures: dict[int, Exception],
    ) -> None:
        """Complete what a resolver has returned, in the place that was kept for it."""
        try:
            done = self._completed(each.step, each.path, value)
        except Exception as error:
            failures[each.item] = error
            return
        if is_awaitable(done):
            nested.append((each, done))
        else:
            each.results[each.step.name] = done

    def _note(self, each: _Begun, error: Exception, failures: dict[int, Exception]) -> None:
        try:
            self._failed(error, each.step, each.path)
        except Exception as located:
            failures[each.item] = located

    async def _nest(self, nested: list[tuple[_Begun, Any]], failures: dict[int, Exception]) -> None:
        """Wait for what lies deeper, for all of it at once."""
        settled = await asyncio.gather(*(done for _, done in nested), return_exceptions=True)
        for (each, _), value in zip(nested, settled, strict=True):
            if isinstance(value, Exception):
                failures.setdefault(each.item, value)
            elif isinstance(value, BaseException):
                raise value
            else:
                each.results[each.step.name] = value

    def _abandon(self, begun: list[_Begun], earlier: int) -> None:
        """End resolvers whose values nobody wants any more."""
        for each in begun[earlier:]:
            each.resolver.close()
        del begun[earlier:]

    def _info(self, step: Step, path: Path) -> Any:
        """Return what resolvers that load are told: the same for a whole list."""
        kept = self._infos.get(id(step.details))
        if kept is not None and kept.context is self.context_value:
            return kept
        assert step.definition is not None, "only known fields are completed"
        raw = self._raw_info(step, path)
        declared = step.definition.extensions.get("strawberry-definition")
        made: Any = Info(_raw_info=raw, _field=declared)  # type: ignore[arg-type]  # what it reads
        self._infos[id(step.details)] = made
        return made

    def _raw_info(self, step: Step, path: Path) -> Any:
        assert step.definition is not None, "only known fields are completed"
        nodes = [each.node for each in step.details]
        return self.build_resolve_info(step.definition, nodes, step.parent, path)

    def build_resolve_info(
        self,
        field_def: GraphQLField,
        field_nodes: list[FieldNode],
        parent_type: GraphQLObjectType,
        path: Path,
    ) -> Any:
        """Build what resolvers are told; variables are the plain coerced mapping."""
        return ResolveInfo(
            field_nodes[0].name.value,
            field_nodes,
            field_def.type,
            parent_type,
            path,
            self.schema,
            self.fragment_definitions,
            self.root_value,
            self.operation,
            self.variable_values.coerced,
            self.context_value,
            self.is_awaitable,
            self.abort_signal,
            self.async_helpers,
            None,
        )


def _is_of(plain: GraphQLObjectType, value: Any, told: Any) -> bool:
    """Tell whether a value is at once known to be an object of the type."""
    if value is None or is_awaitable(value) or isinstance(value, Exception):
        return False
    return plain.is_type_of is None or plain.is_type_of(value, told) is True


async def _settled(results: dict[str, Any], waiting: list[str]) -> dict[str, Any]:
    if len(waiting) == 1:
        results[waiting[0]] = await results[waiting[0]]
        return results
    settled = await gather_with_cancel(*(results[name] for name in waiting))
    results.update(zip(waiting, settled, strict=True))
    return results
