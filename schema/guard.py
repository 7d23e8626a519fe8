"""What a document may ask for, found in one pass over its syntax before it is validated.

The pass is linear in the document: a fragment is measured once and its figures are
reused wherever it is spread, so that doubled spreads cost nothing here however many
fields they would expand to. Figures saturate. Nothing is executed and nothing is read
but the document, the schema's field definitions and the values of `first` and `last`.

A field states a weight of its own with `strawberry.field(metadata={"cost": 25})`;
otherwise a mutation weighs 10, an object 1 and 1 more for every ten leaves asked of it,
and a leaf by itself nothing. A list multiplies what is asked of each item: by `first`
or `last` where the field (or the connection above it) takes them, by
`Limits.unsized_list` elsewhere.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_composite_type,
    is_leaf_type,
)

MOST = 10**9
_PAGE_ARGUMENTS = ("first", "last")
_INTROSPECTION = frozenset({"__schema", "__type"})
_INTROSPECTION_COST = 100
_MUTATION_COST = 10
_LEAVES_A_POINT = 10
_KEPT = "gongyi-guard"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one document may ask; each is refused by its name with the figures."""

    depth: int = 12
    introspection_depth: int = 16
    nesting: int = 64
    aliases: int = 30
    root_fields: int = 20
    directives: int = 50
    directives_a_location: int = 4
    fields: int = 2_000
    cost: int = 5_000
    page: int = 100
    default_page: int = 20
    unsized_list: int = 5


class TooComplex(Exception):
    """The document asks for more than a limit allows; `requested` may be where counting stopped."""

    def __init__(self, measure: str, requested: int, limit: int) -> None:
        super().__init__(f"{measure}: {requested} requested, {limit} allowed")
        self.measure = measure
        self.requested = requested
        self.limit = limit


@dataclass(slots=True)
class Measured:
    """What one operation asks for, with its fragments expanded."""

    depth: int = 0
    introspection_depth: int = 0
    nesting: int = 0
    fields: int = 0
    leaves: int = 0
    aliases: int = 0
    directives: int = 0
    flat_cost: int = 0
    item_cost: int = 0
    root_fields: Counter[str] = field(default_factory=Counter)
    by_variable: bool = False

    @property
    def cost(self) -> int:
        """Return what the operation costs as a whole: 1 at the least."""
        return max(1, min(self.flat_cost + self.item_cost, MOST))

    @property
    def introspects(self) -> bool:
        """Tell whether the schema itself is asked for."""
        return self.introspection_depth > 0


def measure(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode | None,
    variables: Mapping[str, Any],
    limits: Limits,
) -> Measured:
    """Measure the operation and hold the whole document to the limits.

    Operations and fragments that are not executed are held to all limits but cost,
    because validation walks them too. Raises TooComplex.
    """
    survey = _Survey(schema, document, operation, variables, limits)
    chosen = Measured()
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            found = survey.operation(definition)
            if definition is operation:
                chosen = found
        elif isinstance(definition, FragmentDefinitionNode):
            survey.fragment(definition.name.value, nesting=1)
    chosen.by_variable = survey.sized_by_variable
    if chosen.cost > limits.cost:
        raise TooComplex("cost", chosen.cost, limits.cost)
    return chosen


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the pass needs to know of a field definition."""

    type: GraphQLNamedType
    is_list: bool
    is_sized: bool
    weight: int


def _facts_of(definition: GraphQLField) -> _Facts:
    """Return a definition's facts, found once and kept beside it (definitions do not hash)."""
    known: _Facts | None = definition.extensions.get(_KEPT)
    if known is None:
        known = definition.extensions[_KEPT] = _found(definition)
    return known


def _found(definition: GraphQLField) -> _Facts:
    named = get_named_type(definition.type)
    outer = definition.type
    if isinstance(outer, GraphQLNonNull):
        outer = outer.of_type
    declared = definition.extensions.get("strawberry-definition")
    stated = getattr(declared, "metadata", {}).get("cost")
    default = 0 if is_leaf_type(named) else 1
    return _Facts(
        type=named,
        is_list=isinstance(outer, GraphQLList) and is_composite_type(named),
        is_sized=any(name in definition.args for name in _PAGE_ARGUMENTS),
        weight=int(stated) if stated is not None else default,
    )


class _Survey:
    """One pass over one document."""

    def __init__(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        operation: OperationDefinitionNode | None,
        variables: Mapping[str, Any],
        limits: Limits,
    ) -> None:
        self.schema = schema
        self.limits = limits
        self.fragments = {
            each.name.value: each
            for each in document.definitions
            if isinstance(each, FragmentDefinitionNode)
        }
        self.measured: dict[str, Measured] = {}
        self.open: set[str] = set()
        self.sized_by_variable = False
        self.variables = {**_defaults(operation), **variables}
        self.roots = {
            schema.get_root_type(each) for each in OperationType if schema.get_root_type(each)
        }

    def operation(self, node: OperationDefinitionNode) -> Measured:
        """Measure one operation."""
        root = self.schema.get_root_type(node.operation)
        found = Measured()
        self._add(found, self._selections(node.selection_set, root, nesting=1))
        self._directives(found, node)
        for each in node.variable_definitions or ():
            self._directives(found, each)
        found.flat_cost = min(found.flat_cost + self.limits.unsized_list * found.item_cost, MOST)
        found.item_cost = 0
        if node.operation is OperationType.MUTATION:
            found.flat_cost = min(found.flat_cost + self._mutations(root, found), MOST)
        self._check(found)
        if found.depth > self.limits.depth:
            raise TooComplex("depth", found.depth, self.limits.depth)
        return found

    def fragment(self, name: str, *, nesting: int) -> Measured | None:
        """Measure a fragment once; None where it is unknown or spreads itself."""
        known = self.measured.get(name)
        if known is not None:
            return known
        node = self.fragments.get(name)
        if node is None or name in self.open:
            return None
        self.open.add(name)
        parent = self.schema.get_type(node.type_condition.name.value)
        found = self._selections(node.selection_set, parent, nesting=nesting)
        self._directives(found, node)
        self.open.discard(name)
        self.measured[name] = found
        return found

    def _selections(
        self, node: SelectionSetNode, parent: GraphQLNamedType | None, *, nesting: int
    ) -> Measured:
        if nesting > self.limits.nesting:
            raise TooComplex("depth", nesting, self.limits.nesting)
        total = Measured()
        for selection in node.selections:
            if isinstance(selection, FieldNode):
                self._field(total, selection, parent, nesting)
                continue
            inner: Measured | None = None
            if isinstance(selection, FragmentSpreadNode):
                inner = self.fragment(selection.name.value, nesting=nesting + 1)
            elif isinstance(selection, InlineFragmentNode):
                condition = selection.type_condition
                narrowed = self.schema.get_type(condition.name.value) if condition else parent
                inner = self._selections(selection.selection_set, narrowed, nesting=nesting + 1)
            if inner is not None:
                self._add(total, inner)
            self._directives(total, selection)
        self._check(total)
        return total

    def _field(
        self, total: Measured, node: FieldNode, parent: GraphQLNamedType | None, nesting: int
    ) -> None:
        name = node.name.value
        facts = self._facts(parent, name)
        total.fields += 1
        total.aliases += node.alias is not None
        if parent in self.roots:
            total.root_fields[name] += 1
        self._directives(total, node)
        inner = Measured()
        total.leaves += node.selection_set is None
        if node.selection_set is not None:
            inner = self._selections(
                node.selection_set, facts.type if facts else None, nesting=nesting + 1
            )
        total.fields += inner.fields
        total.aliases += inner.aliases
        total.directives += inner.directives
        total.nesting = max(total.nesting, inner.nesting + 1)
        if name in _INTROSPECTION:
            total.depth = max(total.depth, 1)
            total.introspection_depth = max(total.introspection_depth, inner.depth + 1)
            total.flat_cost = min(total.flat_cost + _INTROSPECTION_COST, MOST)
        else:
            total.depth = max(total.depth, inner.depth + 1)
            self._cost(total, node, facts, inner)
        self._check(total)

    def _cost(
        self, total: Measured, node: FieldNode, facts: _Facts | None, inner: Measured
    ) -> None:
        """Add a field's cost: under a page its lists have the page's size, which is kept apart."""
        if facts is None:
            total.flat_cost = min(total.flat_cost + 1, MOST)
            return
        size = self._size(node) if facts.is_sized else self.limits.unsized_list
        inner.flat_cost += inner.leaves // _LEAVES_A_POINT
        if facts.is_list and facts.is_sized:
            own = facts.weight + size * (inner.flat_cost + inner.item_cost)
            total.flat_cost = min(total.flat_cost + own, MOST)
        elif facts.is_list:
            each = facts.weight + inner.flat_cost + self.limits.unsized_list * inner.item_cost
            total.item_cost = min(total.item_cost + each, MOST)
        else:
            own = facts.weight + inner.flat_cost + size * inner.item_cost
            total.flat_cost = min(total.flat_cost + own, MOST)

    def _size(self, node: FieldNode) -> int:
        """Return how many items a page holds, as `first` or `last` says, clamped."""
        sizes = [0]
        for argument in node.arguments or ():
            if argument.name.value not in _PAGE_ARGUMENTS:
                continue
            value = argument.value
            if isinstance(value, VariableNode):
                self.sized_by_variable = True
                given = self.variables.get(value.name.value)
                sizes.append(given if type(given) is int else self.limits.default_page)
            elif isinstance(value, IntValueNode):
                sizes.append(int(value.value) if len(value.value) < 10 else self.limits.page)
        asked = max(sizes) if len(sizes) > 1 else self.limits.default_page
        return min(max(asked, 1), self.limits.page)

    def _facts(self, parent: GraphQLNamedType | None, name: str) -> _Facts | None:
        if parent is None or not is_composite_type(parent):
            return None
        definition = self.schema.get_field(parent, name)
        return _facts_of(definition) if definition else None

    def _mutations(self, root: GraphQLNamedType | None, found: Measured) -> int:
        """Return what mutations weigh beyond an object, where they state nothing themselves."""
        extra = 0
        for name, times in found.root_fields.items():
            facts = self._facts(root, name)
            if facts is not None and facts.weight <= 1:
                extra += times * (_MUTATION_COST - facts.weight)
        return extra

    def _directives(self, total: Measured, node: Any) -> None:
        here = len(node.directives or ())
        if here > self.limits.directives_a_location:
            raise TooComplex("directivesALocation", here, self.limits.directives_a_location)
        total.directives += here

    @staticmethod
    def _add(total: Measured, inner: Measured) -> None:
        total.depth = max(total.depth, inner.depth)
        total.introspection_depth = max(total.introspection_depth, inner.introspection_depth)
        total.nesting = max(total.nesting, inner.nesting + 1)
        total.fields += inner.fields
        total.leaves += inner.leaves
        total.aliases += inner.aliases
        total.directives += inner.directives
        total.flat_cost = min(total.flat_cost + inner.flat_cost, MOST)
        total.item_cost = min(total.item_cost + inner.item_cost, MOST)
        total.root_fields.update(inner.root_fields)

    def _check(self, found: Measured) -> None:
        """Stop at the first figure over its limit, so that no figure ever grows far beyond it."""
        limits = self.limits
        if found.fields > limits.fields:
            raise TooComplex("fields", found.fields, limits.fields)
        if found.aliases > limits.aliases:
            raise TooComplex("aliases", found.aliases, limits.aliases)
        if found.directives > limits.directives:
            raise TooComplex("directives", found.directives, limits.directives)
        if found.depth > max(limits.depth, limits.introspection_depth):
            raise TooComplex("depth", found.depth, limits.depth)
        if found.nesting > limits.nesting:
            raise TooComplex("depth", found.nesting, limits.nesting)
        if found.introspection_depth > limits.introspection_depth:
            raise TooComplex(
                "introspectionDepth", found.introspection_depth, limits.introspection_depth
            )
        if found.root_fields and found.root_fields.total() > limits.root_fields:
            raise TooComplex("rootFields", found.root_fields.total(), limits.root_fields)


def _defaults(operation: OperationDefinitionNode | None) -> dict[str, int]:
    """Return the whole-number defaults of the operation's variables."""
    if operation is None:
        return {}
    return {
        each.variable.name.value: int(each.default_value.value)
        for each in operation.variable_definitions or ()
        if isinstance(each.default_value, IntValueNode) and len(each.default_value.value) < 10
    }
