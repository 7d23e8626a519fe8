"""Documents: parsed, measured and validated once, then kept; or known beforehand by their hash.

The order is fixed: length, tokens, `schema.guard`, and only then the standard rules,
some of which are slower than linear. Only valid documents are kept, and the memory
that they may take is bounded.
"""

import hashlib
import re
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OperationType,
    parse,
    specified_rules,
    validate,
)
from graphql.validation.rules import overlapping_fields_can_be_merged as overlapping
from graphql.validation.validate import ValidationAbortedError
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from api.refusals import Code, RequestRefused, bad_request, invalid, said
from schema import guard

MOST_BYTES = 20_000
MOST_TOKENS = 2_000
MOST_COMMENTS = 500
MOST_ERRORS = 20
_BYTES_A_TOKEN = 700  # of a parsed document, measured
_RULES = (*specified_rules, MaybeNullValidationRule, OneOfInputValidationRule)
_TOKEN = re.compile(r"\w+|[^\s\w]")
_HASH = re.compile(r"[0-9a-f]{64}")

# The standard rule meters itself; within our limits honest documents stay far below this.
overlapping.MAX_COMPLEXITY_BUDGET = 50_000


@dataclass(slots=True)
class Document:
    """A valid document, and what its operations were found to ask for."""

    digest: str
    node: DocumentNode
    operations: dict[str, OperationDefinitionNode]
    measured: dict[str, guard.Measured] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a document, as one caller means to run it."""

    document: Document
    name: str | None
    node: OperationDefinitionNode
    measured: guard.Measured

    @property
    def kind(self) -> OperationType:
        """Tell a query from a mutation and a subscription."""
        return self.node.operation

    @property
    def asked_for(self) -> str:
        """Name the fields at the root: all that a log may hold of a document.

        Not its hash: a ballot written into a document as literals is guessed from one.
        """
        selections = self.node.selection_set.selections
        return " ".join(
            sorted(
                {each.name.value if isinstance(each, FieldNode) else "..." for each in selections}
            )
        )


class Documents:
    """The documents that this process knows."""

    def __init__(
        self,
        schema: GraphQLSchema,
        *,
        limits: guard.Limits | None = None,
        most_bytes: int = 32_000_000,
        manifest: Path | None = None,
        manifest_only: bool = False,
    ) -> None:
        self._schema = schema
        self._limits = limits or guard.Limits()
        self._most_bytes = most_bytes
        self._bytes = 0
        self._kept: OrderedDict[str, tuple[Document, int]] = OrderedDict()
        self._persisted = read_manifest(manifest) if manifest else {}
        self._manifest_only = manifest_only

    def __len__(self) -> int:
        """Return how many documents are kept."""
        return len(self._kept)

    def by_hash(self, digest: str, *, locale: str) -> Document:
        """Return a persisted document; refuses a hash that the manifest does not hold."""
        text = self._persisted.get(digest)
        if text is None:
            # Apollo's clients know this sentence, and answer it by sending the text.
            raise RequestRefused(400, Code.BAD_USER_INPUT, "PersistedQueryNotFound")
        return self._read(text, locale=locale)

    def by_text(self, text: str, *, locale: str) -> Document:
        """Return the document of a text; refuses one that is too large or not valid."""
        if self._manifest_only and digest_of(text) not in self._persisted:
            zh, en = "此服务只接受预先登记的文档。", "Only persisted documents are accepted here."
            raise RequestRefused(403, Code.FORBIDDEN, said(locale, zh, en), always=True)
        return self._read(text, locale=locale)

    def operation(
        self, document: Document, name: str | None, variables: Mapping[str, Any], *, locale: str
    ) -> Operation:
        """Choose the document's operation and measure it with these variables."""
        node = _chosen(document, name, locale)
        key = node.name.value if node.name else ""
        known = document.measured.get(key)
        if known is None:
            known = self._measure(document.node, node, variables, locale=locale)
            if not known.by_variable:
                document.measured[key] = known
        return Operation(document=document, name=name, node=node, measured=known)

    def _read(self, text: str, *, locale: str) -> Document:
        kept = self._kept.get(text)
        if kept is not None:
            self._kept.move_to_end(text)
            return kept[0]
        document = self._prepared(text, locale=locale)
        weight = len(_TOKEN.findall(text)) * _BYTES_A_TOKEN + len(text)
        self._kept[text] = (document, weight)
        self._bytes += weight
        while self._bytes > self._most_bytes and len(self._kept) > 1:
            _, (_, freed) = self._kept.popitem(last=False)
            self._bytes -= freed
        return document

    def _prepared(self, text: str, *, locale: str) -> Document:
        size = len(text.encode("utf-8", "surrogatepass"))
        if size > MOST_BYTES:
            raise too_complex("documentBytes", size, MOST_BYTES, locale=locale)
        node = _parsed(text, locale=locale)
        self._measure(node, None, {}, locale=locale)
        errors = validate(self._schema, node, _RULES, MOST_ERRORS, hide_suggestions=True)
        if len(errors) <= MOST_ERRORS and any(
            isinstance(each, ValidationAbortedError) for each in errors
        ):
            budget = overlapping.MAX_COMPLEXITY_BUDGET
            raise too_complex("comparisons", budget + 1, budget, locale=locale)
        if errors:
            raise invalid(errors)
        operations = {
            each.name.value if each.name else "": each
            for each in node.definitions
            if isinstance(each, OperationDefinitionNode)
        }
        return Document(digest=digest_of(text), node=node, operations=operations)

    def _measure(
        self,
        node: DocumentNode,
        operation: OperationDefinitionNode | None,
        variables: Mapping[str, Any],
        *,
        locale: str,
    ) -> guard.Measured:
        try:
            return guard.measure(self._schema, node, operation, variables, self._limits)
        except guard.TooComplex as refusal:
            raise too_complex(
                refusal.measure, refusal.requested, refusal.limit, locale=locale
            ) from None


def digest_of(text: str) -> str:
    """Return the SHA-256 by which a document is persisted."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def hash_in(given: str, *, locale: str) -> str:
    """Return the hash of a `sha256:<hex>` document id."""
    digest = given.removeprefix("sha256:")
    if digest == given or not _HASH.fullmatch(digest):
        raise bad_request(
            locale,
            "documentId 应为 sha256: 加 64 位十六进制数。",
            "documentId is sha256: and 64 hexadecimal digits.",
        )
    return digest


def too_complex(measure: str, requested: int, limit: int, *, locale: str) -> RequestRefused:
    """Refuse a document that asks for too much, with the figures."""
    message = said(
        locale,
        f"请求过于复杂:{measure} 为 {requested},上限 {limit}。",
        f"Too complex: {measure} is {requested}, at most {limit} are allowed.",
    )
    return RequestRefused(
        422,
        Code.QUERY_TOO_COMPLEX,
        message,
        measure=measure,
        requested=requested,
        limit=limit,
    )


def read_manifest(path: Path) -> dict[str, str]:
    """Read persisted documents: a JSON object of id and text, or a folder of .graphql files.

    Raises ValueError where an id is not the hash of its text.
    """
    if path.is_dir():
        texts = [each.read_text(encoding="utf-8") for each in sorted(path.glob("**/*.graphql"))]
        return {digest_of(text): text for text in texts}
    found: dict[str, str] = {}
    for given, text in orjson.loads(path.read_bytes()).items():
        digest = str(given).removeprefix("sha256:")
        if digest_of(text) != digest:
            raise ValueError(f"{path}: {given} is not the SHA-256 of its document")
        found[digest] = text
    return found


def _parsed(text: str, *, locale: str) -> DocumentNode:
    try:
        return parse(text, max_lexical_tokens=MOST_TOKENS, max_comments=MOST_COMMENTS)
    except GraphQLSyntaxError as error:
        if error.description == _OVERFLOW:
            raise too_complex("tokens", MOST_TOKENS + 1, MOST_TOKENS, locale=locale) from None
        raise invalid([error], status=400) from None


def _overflow() -> str:
    """Return the words in which the parser says that there are too many tokens."""
    try:
        parse("{ " + "a " * MOST_TOKENS + "}", max_lexical_tokens=MOST_TOKENS)
    except GraphQLSyntaxError as error:
        return error.description
    raise AssertionError("the parser holds documents to a number of tokens")


_OVERFLOW = _overflow()


def _chosen(document: Document, name: str | None, locale: str) -> OperationDefinitionNode:
    if name is None and len(document.operations) == 1:
        return next(iter(document.operations.values()))
    if name is None:
        zh = "文档含有多个操作,请用 operationName 指明。"
        raise _no_operation(said(locale, zh, "Name one of the document's operations."))
    found = document.operations.get(name) if name else None
    if found is None:
        raise _no_operation(
            said(locale, "文档中没有该操作。", "The document has no such operation.")
        )
    return found


def _no_operation(message: str) -> RequestRefused:
    return invalid([GraphQLError(message)])
