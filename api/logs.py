"""Logs: one JSON object a line, on standard error, and nothing of anybody in them.

No address, phone, name, token, variable or argument is written, nor who asked: with its
time such a line could join a voter to a ballot. An exception is told by its type and
its place, because its message may quote a value.
"""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

import orjson
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from domains.kernel.settings import Environment

_FRAMES = 12


def without_values(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Replace an exception by its type and place."""
    given = event.pop("exc_info", None)
    if given is True:
        given = sys.exc_info()
    error = given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        event["type"] = f"{type(error).__module__}.{type(error).__qualname__}"
        event["frames"] = [
            f"{each.filename}:{each.lineno} {each.name}"
            for each in traceback.extract_tb(error.__traceback__)[-_FRAMES:]
        ]
    return event


def _render(_logger: WrappedLogger, _name: str, event: MutableMapping[str, Any]) -> bytes:
    return orjson.dumps(event, default=str)


def _render_text(logger: WrappedLogger, name: str, event: MutableMapping[str, Any]) -> str:
    return _render(logger, name, event).decode()


def configure(environment: Environment) -> None:
    """Send the logs of this process, our own and those of libraries, through one chain."""
    chain: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        without_values,
    ]
    readable = environment is Environment.DEVELOPMENT and sys.stderr.isatty()
    if readable:
        structlog.configure(
            processors=[*chain, structlog.dev.ConsoleRenderer()],
            wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
            logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        )
    else:
        structlog.configure(
            processors=[*chain, _render],
            wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
            logger_factory=structlog.BytesLoggerFactory(sys.stderr.buffer),
            cache_logger_on_first_use=True,
        )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*chain, structlog.stdlib.add_logger_name],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.dev.ConsoleRenderer() if readable else _render_text,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
