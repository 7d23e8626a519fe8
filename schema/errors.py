"""How a refusal reaches the client: as a member of the mutation's union, never as a crash."""

import importlib
import pkgutil
from enum import Enum
from typing import Any

import strawberry

import domains
from domains.kernel.errors import DomainError, TooManyAttempts, VersionConflict, all_refusals
from schema.context import Info

for _module in pkgutil.walk_packages(domains.__path__, "domains."):
    if _module.name.endswith(".errors"):
        importlib.import_module(_module.name)

ErrorCode: Any = Enum(  # type: ignore[misc]  # the members are made from the refusal classes
    "ErrorCode",
    {
        each.code: strawberry.enum_value(
            each.code, description=(each.__doc__ or each.__name__).split("\n")[0]
        )
        for each in all_refusals()
    },
)
strawberry.enum(
    ErrorCode, description="Which refusal; a code is one state of affairs and keeps its meaning."
)


@strawberry.interface(
    description="A refusal: something that the caller may understand and put right."
)
class UserError:
    """What every refusal says."""

    code: ErrorCode = strawberry.field(description="Which refusal this is, for programs.")
    message: str = strawberry.field(description="The refusal in the caller's language, for people.")
    path: list[str] | None = strawberry.field(
        default=None, description="The input field at fault, from the outside in."
    )


@strawberry.type(description="A refusal that has nothing more to say than its code and message.")
class Refused(UserError):
    """Every refusal without a type of its own."""


@strawberry.type(description="A throttle holds: the same may be tried again later.")
class Throttled(UserError):
    """Too many attempts, and when to come back."""

    retry_after_s: int = strawberry.field(
        default=0, description="Seconds to wait before the next attempt."
    )


@strawberry.type(description="Someone else changed the text since the caller read it.")
class Outdated(UserError):
    """The version that stands now."""

    version: int = strawberry.field(default=0, description="The version that stands now.")


def spoken(refusal: DomainError, info: Info) -> dict[str, Any]:
    """Return what every refusal says, in the caller's language."""
    return {
        "code": ErrorCode[refusal.code],
        "message": refusal.message(info.context.actor.locale),
        "path": list(refusal.path) or None,
    }


class Throttles(strawberry.ExceptionHandler[TooManyAttempts, Throttled]):
    """A throttle, told with its seconds."""

    def handle(self, exception: TooManyAttempts, *, field: Any, info: Info) -> Throttled:
        """Translate."""
        seconds = exception.details["retry_after_s"]
        assert isinstance(seconds, int)
        return Throttled(retry_after_s=seconds, **spoken(exception, info))


class Conflicts(strawberry.ExceptionHandler[VersionConflict, Outdated]):
    """A lost race for a text, told with the version that won."""

    def handle(self, exception: VersionConflict, *, field: Any, info: Info) -> Outdated:
        """Translate."""
        version = exception.details["version"]
        assert isinstance(version, int)
        return Outdated(version=version, **spoken(exception, info))


class Refusals(strawberry.ExceptionHandler[DomainError, Refused]):
    """Any other refusal."""

    def handle(self, exception: DomainError, *, field: Any, info: Info) -> Refused:
        """Translate."""
        return Refused(**spoken(exception, info))


HANDLERS: list[strawberry.ExceptionHandler[Any, Any]] = [Throttles(), Conflicts(), Refusals()]
