"""What goes wrong before or outside of a field: the top-level errors, and their HTTP side.

Each error has `extensions.code` of a closed list. A fault of ours is `INTERNAL`: it is
written to the log under a reference, without variables, arguments or messages that may
hold them, and the caller gets the reference only.
"""

import secrets
import traceback
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

import asyncpg
import structlog
from graphql import FieldNode, GraphQLError
from tortoise.exceptions import DBConnectionError

from domains.kernel.errors import DomainError, Forbidden, SignInRequired, TooManyAttempts

log = structlog.get_logger("api")

AWAY = ("服务暂时不可用,请稍后再试。", "Unavailable for now; try again later.")
FAULT = ("系统内部错误。", "Something went wrong on our side.")


class Code(StrEnum):
    """Why a request as a whole, or a field, was not answered."""

    BAD_USER_INPUT = "BAD_USER_INPUT"
    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    RATE_LIMITED = "RATE_LIMITED"
    QUERY_TOO_COMPLEX = "QUERY_TOO_COMPLEX"
    INTERNAL = "INTERNAL"
    UNAVAILABLE = "UNAVAILABLE"


class RequestRefused(Exception):
    """The request is answered with errors and no data.

    `always` marks a status that belongs to HTTP itself (who are you, how much, how
    often), so that callers of the legacy media type see it too.
    """

    def __init__(
        self,
        status: int,
        code: Code,
        errors: Sequence[Mapping[str, Any]] | str,
        *,
        always: bool = False,
        headers: Mapping[str, str] | None = None,
        **extensions: Any,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.always = always
        self.headers = dict(headers or {})
        self.errors: list[dict[str, Any]] = (
            [{"message": errors, "extensions": {"code": code, **extensions}}]
            if isinstance(errors, str)
            else [dict(each) for each in errors]
        )


def said(locale: str, zh: str, en: str) -> str:
    """Say it in the caller's language."""
    return en if locale.startswith("en") else zh


def bad_request(locale: str, zh: str, en: str) -> RequestRefused:
    """Refuse what is not a well-formed GraphQL request."""
    return RequestRefused(400, Code.BAD_USER_INPUT, said(locale, zh, en), always=True)


def invalid(errors: Sequence[GraphQLError], *, status: int = 422) -> RequestRefused:
    """Refuse a document or variables that do not fit the schema."""
    return RequestRefused(
        status, Code.BAD_USER_INPUT, [_told(each, Code.BAD_USER_INPUT) for each in errors]
    )


def of_fields(errors: Sequence[GraphQLError], *, locale: str) -> list[dict[str, Any]]:
    """Tell the errors of an executed operation, masking those that are faults of ours."""
    return [_of_field(each, locale) for each in errors]


def _of_field(error: GraphQLError, locale: str) -> dict[str, Any]:
    origin = _origin(error)
    if isinstance(origin, DomainError):
        return _told(error, _code_of(origin), message=origin.message(locale), refusal=origin.code)
    if is_unavailable(origin):
        log.warning("unavailable", cause=type(origin).__name__)
        message = said(locale, *AWAY)
        return _told(error, Code.UNAVAILABLE, message=message)
    if origin is None and _is_of_an_argument(error):
        return _told(error, Code.BAD_USER_INPUT)
    reference = report(origin or error, field=_field_of(error))
    message = said(locale, *FAULT)
    return _told(error, Code.INTERNAL, message=message, reference=reference)


def of_fault(error: Exception, *, locale: str) -> RequestRefused:
    """Tell what was raised outside of any field: a refusal, a database away, or a fault of ours."""
    if isinstance(error, DomainError):
        return of_refusal(error, locale=locale)
    if is_unavailable(error):
        log.warning("unavailable", cause=type(error).__name__)
        away = said(locale, *AWAY)
        headers = {"Retry-After": "5"}
        return RequestRefused(503, Code.UNAVAILABLE, away, always=True, headers=headers)
    fault = said(locale, *FAULT)
    return RequestRefused(500, Code.INTERNAL, fault, always=True, reference=report(error))


def of_refusal(refusal: DomainError, *, locale: str) -> RequestRefused:
    """Tell a domain's refusal that no union can carry: of a subscription that does not open."""
    code = _code_of(refusal)
    return RequestRefused(422, code, refusal.message(locale), refusal=refusal.code)


def _origin(error: GraphQLError) -> Exception | None:
    origin = error.original_error
    while isinstance(origin, GraphQLError):
        origin = origin.original_error
    return origin


def _field_of(error: GraphQLError) -> str | None:
    """Name the field at fault as the schema does: an alias is the caller's own words."""
    return next(
        (each.name.value for each in error.nodes or () if isinstance(each, FieldNode)), None
    )


def _is_of_an_argument(error: GraphQLError) -> bool:
    """Tell a value that only the execution could find wrong: what is ours points at fields."""
    return any(not isinstance(each, FieldNode) for each in error.nodes or ())


def _code_of(refusal: DomainError) -> Code:
    if isinstance(refusal, SignInRequired):
        return Code.UNAUTHENTICATED
    if isinstance(refusal, Forbidden):
        return Code.FORBIDDEN
    return Code.RATE_LIMITED if isinstance(refusal, TooManyAttempts) else Code.BAD_USER_INPUT


def is_unavailable(error: BaseException | None) -> bool:
    """Tell a database that is away, full or too slow from a fault in what we asked of it."""
    gone = (
        OSError,
        TimeoutError,
        DBConnectionError,
        asyncpg.PostgresConnectionError,
        asyncpg.InsufficientResourcesError,
        asyncpg.OperatorInterventionError,
        asyncpg.CannotConnectNowError,
    )
    return isinstance(error, gone) or isinstance(getattr(error, "__cause__", None), gone)


def report(error: BaseException, *, field: str | None = None) -> str:
    """Write a fault to the log, and return the reference that finds it there.

    An exception's message may quote a value, so only its type and its place are kept.
    """
    reference = secrets.token_hex(8)
    frames = traceback.extract_tb(error.__traceback__)[-12:]
    log.error(
        "fault",
        reference=reference,
        type=f"{type(error).__module__}.{type(error).__qualname__}",
        sqlstate=getattr(error, "sqlstate", None),
        field=field,
        frames=[f"{each.filename}:{each.lineno} {each.name}" for each in frames],
    )
    return reference


def _told(
    error: GraphQLError, code: Code, *, message: str | None = None, **extensions: Any
) -> dict[str, Any]:
    told: dict[str, Any] = {"message": message or error.message}
    if error.locations:
        told["locations"] = [{"line": each.line, "column": each.column} for each in error.locations]
    if error.path is not None:
        told["path"] = error.path
    told["extensions"] = {"code": code, **extensions}
    return told
