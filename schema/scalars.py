"""Scalars whose text is fixed by a standard."""

from datetime import UTC, date, datetime
from typing import Any, NewType

import strawberry
from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition


def _instant_text(value: datetime) -> str:
    if value.tzinfo is UTC:  # as the database gives it, always
        return value.isoformat(timespec="milliseconds")[:-6] + "Z"
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _instant(value: Any) -> datetime:
    try:
        instant = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise GraphQLError("DateTime: expected an instant like 2026-11-22T03:15:00Z.") from None
    if instant.tzinfo is None:
        raise GraphQLError("DateTime: an instant names its offset, like Z or +08:00.")
    return instant.astimezone(UTC)


def _day(value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise GraphQLError("Date: expected a day like 2026-11-22.") from None


_MOST_FEN = 2**53 - 1


def _minutes(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > _MOST_FEN:
        raise GraphQLError("TimeMinutes: expected a whole number of minutes.")
    return value


def _fen(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > _MOST_FEN:
        raise GraphQLError("Fen: expected a whole number of fen, 9007199254740991 at most.")
    return value


Locale = NewType("Locale", str)
Fen = NewType("Fen", int)
TimeMinutes = NewType("TimeMinutes", int)

DATE_TIME = strawberry.scalar(
    name="DateTime",
    description="An instant in UTC, RFC 3339: `2026-11-22T03:15:00.000Z`.",
    specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
    serialize=_instant_text,
    parse_value=_instant,
)
DATE = strawberry.scalar(
    name="Date",
    description="A day in Shanghai, ISO 8601: `2026-11-22`.",
    specified_by_url="https://www.rfc-editor.org/rfc/rfc3339#section-5.6",
    serialize=date.isoformat,
    parse_value=_day,
)
LOCALE = strawberry.scalar(
    name="Locale",
    description="A language tag, BCP 47: `zh-Hans`, `en`.",
    specified_by_url="https://www.rfc-editor.org/rfc/rfc5646",
    serialize=str,
    parse_value=str,
)
FEN = strawberry.scalar(
    name="Fen",
    description=(
        "Money in whole fen (0.01 yuan), as a JSON number up to 2^53 - 1 either way: beyond `Int`, "
        "yet exact in every client."
    ),
    specified_by_url="https://www.rfc-editor.org/rfc/rfc8259#section-6",
    serialize=_fen,
    parse_value=_fen,
)
TIME_MINUTES = strawberry.scalar(
    name="TimeMinutes",
    description=(
        "Whole minutes of the time bank, as a JSON number up to 2^53 - 1 either way: what a whole"
        " city holds is beyond `Int`."
    ),
    specified_by_url="https://www.rfc-editor.org/rfc/rfc8259#section-6",
    serialize=_minutes,
    parse_value=_minutes,
)

SCALARS: dict[object, ScalarDefinition] = {
    datetime: DATE_TIME,
    date: DATE,
    Locale: LOCALE,
    Fen: FEN,
    TimeMinutes: TIME_MINUTES,
}
