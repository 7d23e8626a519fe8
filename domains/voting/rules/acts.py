"""What somebody may do in a poll at an instant, and by when. Pure.

It tells what is worth trying: each command judges again, by the database's clock.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domains.voting.rules.procedure import ProxyProcedure
from domains.voting.rules.proxies import filed_until
from domains.voting.values import Channel, PollAct, PollState, Secrecy


@dataclass(frozen=True, slots=True)
class Timetable:
    """Where a poll stands, and its instants."""

    state: PollState
    secrecy: Secrecy
    recast: bool
    opens_at: datetime
    closes_at: datetime
    objections_until: datetime | None
    publicity_until: datetime | None
    proxies: ProxyProcedure | None
    nominations_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class HeldProxy:
    """A principal, and the channel in which their ballot came in, if it has."""

    principal_id: UUID
    name: str
    channel: Channel | None


@dataclass(frozen=True, slots=True)
class Part:
    """Somebody's part in a poll; `has_proxy` is for who gave or was given one, public or not."""

    admitted: bool
    channel: Channel | None
    has_proxy: bool
    holds: Sequence[HeldProxy]


@dataclass(frozen=True, slots=True)
class OpenAct:
    """Something that may be done, until when, and for whom if not for oneself."""

    act: PollAct
    until: datetime
    principal: HeldProxy | None = None


def open_acts(at: Timetable, part: Part, *, now: datetime) -> list[OpenAct]:
    """Return what may be done now, the most pressing first."""
    return sorted(_acts(at, part, now), key=lambda each: each.until)


def _acts(at: Timetable, part: Part, now: datetime) -> Iterator[OpenAct]:
    if at.state is PollState.ROLL_PUBLISHED and at.objections_until and now < at.objections_until:
        yield OpenAct(PollAct.OBJECT, at.objections_until)
    nominates = at.state is PollState.ROLL_PUBLISHED and part.admitted
    if nominates and at.nominations_until and now < at.nominations_until:
        yield OpenAct(PollAct.NOMINATE, at.nominations_until)
    if at.proxies is not None and _may_file(at, part):
        until = filed_until(at.proxies, at.opens_at)
        if now < until:
            yield OpenAct(PollAct.FILE_PROXY, until)
    if _is_open(at, now):
        if part.admitted and _may_cast(at, part.channel):
            yield OpenAct(PollAct.CAST, at.closes_at)
        for held in part.holds:
            if _may_cast_for(at, held.channel):
                yield OpenAct(PollAct.CAST_FOR, at.closes_at, held)
    challengeable = at.state in {PollState.PUBLICISED, PollState.CHALLENGED}
    if challengeable and at.publicity_until and now < at.publicity_until:
        yield OpenAct(PollAct.CHALLENGE, at.publicity_until)


def _may_file(at: Timetable, part: Part) -> bool:
    before = at.state in {PollState.ROLL_PUBLISHED, PollState.ROLL_FROZEN}
    return before and part.admitted and not part.has_proxy


def _is_open(at: Timetable, now: datetime) -> bool:
    taken = at.state in {PollState.ROLL_FROZEN, PollState.OPEN}
    return taken and at.opens_at <= now < at.closes_at


def _may_cast(at: Timetable, channel: Channel | None) -> bool:
    if channel is None:
        return True
    if at.secrecy is Secrecy.SECRET or channel is Channel.PAPER:
        return False
    return at.recast or channel is Channel.PROXY


def _may_cast_for(at: Timetable, channel: Channel | None) -> bool:
    if channel is None:
        return True
    return at.secrecy is Secrecy.OPEN and at.recast and channel is Channel.PROXY
