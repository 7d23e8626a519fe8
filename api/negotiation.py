"""What a caller sends and what it accepts, as HTTP says it. Pure: headers in, decisions out."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import lru_cache

Headers = Mapping[str, str]

LOCALES = ("zh-Hans", "en")


class Media(StrEnum):
    """The ways in which an answer may be written."""

    GRAPHQL = "application/graphql-response+json"
    JSON = "application/json"
    EVENTS = "text/event-stream"


@lru_cache(maxsize=256)
def accepted(header: str | None) -> tuple[Media, ...]:
    """Return what the caller accepts, best first; without a header, plain JSON.

    A quality of 0 excludes, the most specific range decides, and where several are
    liked alike the order of `Media` does: but plain JSON comes first for a caller who
    only says that anything will do, because such callers predate the newer type.
    """
    if header is None or not header.strip():
        return (Media.JSON,)
    ranges = [_range(part) for part in header.split(",") if part.strip()]
    qualities = {media: _quality(media, ranges) for media in Media}
    named = {kind for kind, _ in ranges}
    order = list(Media) if named & {Media.GRAPHQL, Media.EVENTS} else [Media.JSON, Media.GRAPHQL]
    liked = [media for media in order if qualities[media] > 0]
    return tuple(sorted(liked, key=lambda media: -qualities[media]))


def accepts_utf8(header: str | None) -> bool:
    """Tell whether Accept-Charset, where it is given, allows UTF-8."""
    if header is None or not header.strip():
        return True
    ranges = dict(_range(part) for part in header.split(",") if part.strip())
    return ranges.get("utf-8", ranges.get("*", 0.0)) > 0


@lru_cache(maxsize=64)
def is_json(content_type: str | None) -> bool:
    """Tell whether a body is declared as JSON in UTF-8."""
    if content_type is None:
        return False
    kind, *parameters = (part.strip().lower() for part in content_type.split(";"))
    if kind != Media.JSON:
        return False
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "charset" and value.strip().strip('"') not in {"utf-8", "utf8"}:
            return False
    return True


@lru_cache(maxsize=1_024)
def locale(header: str | None) -> str:
    """Return the language to answer in: Simplified Chinese unless English is liked better."""
    if header is None:
        return LOCALES[0]
    ranges = dict(_range(part) for part in header.split(",") if part.strip())
    chinese = max((quality for tag, quality in ranges.items() if tag[:2] == "zh"), default=0.0)
    english = max((quality for tag, quality in ranges.items() if tag[:2] == "en"), default=0.0)
    return "en" if english > chinese else LOCALES[0]


def headers_of(raw: Iterable[tuple[bytes, bytes]]) -> Headers:
    """Return a request's headers by lower-case name; a repeated one is joined by commas."""
    found: dict[str, str] = {}
    for name, value in raw:
        key, text = name.decode("latin-1"), value.decode("latin-1")
        found[key] = f"{found[key]},{text}" if key in found else text
    return found


def _range(part: str) -> tuple[str, float]:
    kind, *parameters = part.split(";")
    quality = 1.0
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            quality = _number(value.strip())
    return kind.strip().lower(), quality


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        return 0.0
    return number if 0.0 <= number <= 1.0 else 0.0


def _quality(media: Media, ranges: list[tuple[str, float]]) -> float:
    for pattern in (media, f"{media.split('/')[0]}/*", "*/*"):
        found = [quality for kind, quality in ranges if kind == pattern]
        if found:
            return max(found)
    return 0.0
