"""The rules that a room runs by, and how it stands: heads and quorum, as the world sees them."""

from collections.abc import Mapping
from typing import Any, Self

import strawberry

from domains.kernel.rules import RuleSet
from domains.meetings.queries.rooms import RoomHeads
from domains.meetings.rules.minutes_terms import MinutesTerms
from domains.meetings.rules.procedure import Procedure
from domains.meetings.values import MeetingForm
from domains.meetings.values.minutes import NamesShown, SignatoryRole
from schema.meetings import minutes_enums as _enums  # noqa: F401  # describes the enums first


@strawberry.type(description="What the rules of a form of meeting say of its minutes.")
class MinutesRules:
    """Who confirms, how long may be objected, and how names stand in public."""

    confirmed_by: list[SignatoryRole] = strawberry.field(description="The offices that confirm.")
    share_numerator: int | None = strawberry.field(
        description="Above the line of the share of those present who decide that has to confirm"
        " besides; null where none has to."
    )
    share_denominator: int | None = strawberry.field(description="Below the line.")
    share_inclusive: bool | None = strawberry.field(
        description="Whether the share itself is enough."
    )
    objection_days: int = strawberry.field(
        description="For how many days they may be objected to once confirmed."
    )
    objections_in_working_days: bool = strawberry.field(
        description="Whether these are days on which offices work."
    )
    public_names: NamesShown = strawberry.field(
        description="How attendees' names stand in what everybody reads."
    )

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> Self | None:
        """Show them; None for rules that are older than minutes."""
        if "minutes" not in content:
            return None
        said = MinutesTerms.of(content)
        period: dict[str, int] = dict(content["minutes"]["objections"] or {})
        return cls(
            confirmed_by=list(said.offices),
            share_numerator=said.share.numerator if said.share else None,
            share_denominator=said.share.denominator if said.share else None,
            share_inclusive=said.share.inclusive if said.share else None,
            objection_days=next(iter(period.values()), 0),
            objections_in_working_days="workingDays" in period,
            public_names=said.public_names,
        )


@strawberry.type(description="The rules that a meeting runs under, as they were frozen.")
class MeetingRules:
    """What they ask."""

    code: str = strawberry.field(description="Their code.")
    version: int = strawberry.field(description="Their version.")
    title: str = strawberry.field(description="Their name, in the caller's language.")
    legal_basis: str = strawberry.field(description="The text that they rest on.")
    is_own: bool = strawberry.field(description="Whether they are the community's own.")
    form: MeetingForm = strawberry.field(description="The form of meeting that they are for.")
    decides: bool = strawberry.field(description="Whether anything is decided in it.")
    notice_days: int = strawberry.field(description="Whole days between notice and meeting.")
    notice_in_working_days: bool = strawberry.field(
        description="Whether these are days on which offices work."
    )
    quorum_numerator: int | None = strawberry.field(
        description="Above the line of the share that must be present; null where none must."
    )
    quorum_denominator: int | None = strawberry.field(description="Below the line.")
    quorum_inclusive: bool | None = strawberry.field(
        description="Whether the share itself is enough."
    )
    has_substitutes: bool = strawberry.field(description="Whether somebody may stand in.")
    check_in_minutes: int = strawberry.field(
        description="How many minutes before the start the room opens."
    )
    code_seconds: int = strawberry.field(description="How long the room shows one code.")
    month_day: int | None = strawberry.field(
        description="On which day the meeting of the month is; null where there is none."
    )
    minutes: MinutesRules | None = strawberry.field(
        description="What they say of minutes; null where they say nothing."
    )

    @classmethod
    def of(cls, rules: RuleSet, *, locale: str) -> Self:
        """Show a rule set."""
        said = Procedure.of(rules)
        notice: dict[str, int] = dict(rules.content["notice"] or {})
        return cls(
            code=rules.code,
            version=rules.version,
            title=rules.title_en if locale.startswith("en") else rules.title_zh,
            legal_basis=rules.legal_basis,
            is_own=rules.community_id is not None,
            form=said.form,
            decides=said.decides,
            notice_days=next(iter(notice.values()), 0),
            notice_in_working_days="workingDays" in notice,
            quorum_numerator=said.quorum.numerator if said.quorum else None,
            quorum_denominator=said.quorum.denominator if said.quorum else None,
            quorum_inclusive=said.quorum.inclusive if said.quorum else None,
            has_substitutes=said.substitution is not None,
            check_in_minutes=said.check_in_minutes,
            code_seconds=said.code_seconds,
            month_day=said.month_day,
            minutes=MinutesRules.of(rules.content),
        )


@strawberry.type(description="Whether enough of those who decide are present.")
class Quorum:
    """Computed now, and again before every vote."""

    present: int = strawberry.field(description="How many who decide are present.")
    entitled: int = strawberry.field(description="How many decide.")
    required: int = strawberry.field(description="How many must be present.")
    is_met: bool = strawberry.field(description="Whether they are.")


@strawberry.type(description="How many are invited to a meeting, and where they are.")
class RoomState:
    """The room's heads, counted now."""

    invited: int = strawberry.field(description="How many are invited.")
    present: int = strawberry.field(description="How many are in the room.")
    left: int = strawberry.field(description="How many were there and left.")
    excused: int = strawberry.field(description="How many told that they cannot come.")
    absent: int = strawberry.field(description="How many have not come.")
    quorum: Quorum = strawberry.field(description="Whether enough of those who decide are there.")

    @classmethod
    def of(cls, heads: RoomHeads) -> Self:
        """Show the heads."""
        quorum = heads.quorum
        return cls(
            invited=heads.invited,
            present=heads.present,
            left=heads.gone,
            excused=heads.excused,
            absent=heads.absent,
            quorum=Quorum(
                present=quorum.present,
                entitled=quorum.entitled,
                required=quorum.required,
                is_met=quorum.is_met,
            ),
        )
