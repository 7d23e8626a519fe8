"""What a request asks, read from JSON or from a query string, and nothing taken on trust."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import orjson

from api.documents import digest_of, hash_in
from api.refusals import RequestRefused, bad_request

MOST_VALUES = 10_000


@dataclass(frozen=True, slots=True)
class Asked:
    """An operation as it was sent: a text or the hash of a persisted one, and its variables."""

    text: str | None
    digest: str | None
    variables: Mapping[str, Any] = field(default_factory=dict)
    operation_name: str | None = None


def of_body(body: bytes | str, *, locale: str) -> Asked:
    """Read a JSON body."""
    try:
        given = orjson.loads(body)
    except orjson.JSONDecodeError:
        zh, en = "请求体不是有效的 JSON。", "The body is not valid JSON."
        raise bad_request(locale, zh, en) from None
    return of_parameters(given, locale=locale)


def of_query_string(raw: bytes, *, locale: str) -> Asked:
    """Read a GET request's parameters, which may name a persisted document but not bring one."""
    try:
        pairs = parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict")
        given: dict[str, Any] = dict(pairs[:20])
        for name in ("variables", "extensions"):
            if name in given:
                given[name] = orjson.loads(given[name])
    except ValueError:
        zh, en = "查询参数有误。", "The query string is malformed."
        raise bad_request(locale, zh, en) from None
    asked = of_parameters(given, locale=locale)
    if asked.text is not None:
        zh = "GET 只接受 documentId;带 query 的请求请用 POST。"
        raise RequestRefused(
            405,
            bad_request(locale, "", "").code,
            zh if not locale.startswith("en") else "GET takes a documentId; POST a query instead.",
            always=True,
            headers={"Allow": "POST"},
        )
    return asked


def of_parameters(given: Any, *, locale: str) -> Asked:
    """Read the parameters of a GraphQL request."""
    if not isinstance(given, dict):
        zh, en = (
            "请求体应为一个 JSON 对象(不接受批量)。",
            "The body is one JSON object, not a batch.",
        )
        raise bad_request(locale, zh, en)
    text = _optional(given, "query", str, locale)
    name = _optional(given, "operationName", str, locale)
    variables = _optional(given, "variables", dict, locale) or {}
    extensions = _optional(given, "extensions", dict, locale) or {}
    document_id = _optional(given, "documentId", str, locale)
    if not _is_small(variables):
        zh, en = f"变量超过 {MOST_VALUES} 个值。", f"The variables hold over {MOST_VALUES} values."
        raise bad_request(locale, zh, en)
    digest = _digest(document_id, extensions, locale)
    if text is None and digest is None:
        raise bad_request(locale, "缺少 query 或 documentId。", "Send a query or a documentId.")
    if text is not None and digest is not None and digest_of(text) != digest:
        zh, en = "文档与其哈希不符。", "The document does not match its hash."
        raise bad_request(locale, zh, en)
    return Asked(text=text, digest=digest, variables=variables, operation_name=name or None)


def _digest(document_id: str | None, extensions: Mapping[str, Any], locale: str) -> str | None:
    if document_id is not None:
        return hash_in(document_id, locale=locale)
    persisted = extensions.get("persistedQuery")
    if persisted is None:
        return None
    if not isinstance(persisted, dict) or not isinstance(persisted.get("sha256Hash"), str):
        zh, en = "persistedQuery 缺少 sha256Hash。", "persistedQuery lacks its sha256Hash."
        raise bad_request(locale, zh, en)
    return hash_in(f"sha256:{persisted['sha256Hash']}", locale=locale)


def _optional(
    given: Mapping[str, Any], name: str, kind: type[str] | type[dict[str, Any]], locale: str
) -> Any:
    value = given.get(name)
    if value is None or isinstance(value, kind):
        return value
    wanted = ("字符串", "a string") if kind is str else ("对象", "an object")
    raise bad_request(locale, f"{name} 应为{wanted[0]}。", f"{name} must be {wanted[1]}.")


def _is_small(variables: Mapping[str, Any]) -> bool:
    """Tell whether coercing the variables can be done at once: it is counted without recursion."""
    waiting: list[Any] = [variables]
    seen = 0
    while waiting:
        each = waiting.pop()
        inner = each.values() if isinstance(each, dict) else each
        seen += len(inner)
        if seen > MOST_VALUES:
            return False
        waiting.extend(value for value in inner if isinstance(value, dict | list))
    return True
