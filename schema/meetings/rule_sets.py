"""The rules of forms of meeting: the general ones, and a community's own."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

import strawberry

from domains.kernel import rulesets
from domains.kernel.database import Row
from domains.kernel.errors import InvalidInput
from domains.kernel.rules import RuleSet, Threshold
from domains.meetings.rules.own_minutes import OwnMinutes
from domains.meetings.rules.own_order import OwnOrder
from domains.meetings.service import rule_sets as service
from domains.meetings.service.rule_sets import MeetingRulesDraft
from domains.meetings.values import MeetingForm
from domains.meetings.values.motions import Withdrawal
from domains.membership.queries import places
from schema import node
from schema.connection import After, Connection, First, connection, listing, page
from schema.context import Info
from schema.errors import Refused
from schema.meetings import floor_enums as _enums  # noqa: F401  # describes the enums first
from schema.meetings.payloads import ARGUMENT, KEY, REPLAYED
from schema.meetings.rooms import MeetingRules


@strawberry.type(description="A version of the rules of a form of meeting.")
class MeetingRuleSet:
    """General, or a community's own."""

    rules: MeetingRules = strawberry.field(description="What they ask.")
    effective_from: date = strawberry.field(description="The first day on which they hold.")
    effective_to: date | None = strawberry.field(description="The last day, once it is known.")

    @classmethod
    def of(cls, rules: RuleSet, *, locale: str) -> Self:
        """Show a version."""
        return cls(
            rules=MeetingRules.of(rules, locale=locale),
            effective_from=rules.effective_from,
            effective_to=rules.effective_to,
        )


@strawberry.input(description="A share of those who decide.")
class QuorumShareInput:
    """An exact fraction and its bound."""

    numerator: int = strawberry.field(description="Above the line.")
    denominator: int = strawberry.field(description="Below the line.")
    inclusive: bool = strawberry.field(description="Whether the share itself is enough.")


@strawberry.input(description="What a community chooses of the rules of order.")
class OwnOrderInput:
    """What is left out stays as the general rules have it."""

    speech_seconds: int | None = strawberry.field(
        default=None, description="How long a speech for or against may be, 1 to 3,600."
    )
    question_seconds: int | None = strawberry.field(
        default=None, description="How long a question may be, 1 to 3,600."
    )
    turns: int | None = strawberry.field(
        default=None, description="How often somebody may speak to one matter, 1 to 20."
    )
    seconders: int | None = strawberry.field(
        default=None, description="How many stand behind a main motion, 1 to 20."
    )
    cut_by_clock: bool | None = strawberry.field(
        default=None, description="Whether the clock itself ends a speech."
    )
    withdrawal: Withdrawal | None = strawberry.field(
        default=None, description="Whose a motion is once the chair has put it to the meeting."
    )

    def order(self) -> OwnOrder:
        """Hand it to the domain."""
        return OwnOrder(
            speech_seconds=self.speech_seconds,
            question_seconds=self.question_seconds,
            turns=self.turns,
            seconders=self.seconders,
            cut_by_clock=self.cut_by_clock,
            withdrawal=self.withdrawal,
        )


@strawberry.input(description="What a community asks of minutes besides the general rules.")
class OwnMinutesInput:
    """What is left out stays as the general rules have it."""

    objection_days: int | None = strawberry.field(
        default=None, description="For how many days confirmed minutes may be objected to, 1 to 30."
    )
    objections_in_working_days: bool = strawberry.field(
        default=False, description="Whether these are days on which offices work."
    )
    share: QuorumShareInput | None = strawberry.field(
        default=None,
        description="What share of those present who decide has to confirm, beside the offices.",
    )

    def minutes(self) -> OwnMinutes:
        """Hand it to the domain."""
        return OwnMinutes(
            objection_days=self.objection_days,
            objections_in_working_days=self.objections_in_working_days,
            share=_share(self.share, path=("input", "minutes", "share")),
        )


@strawberry.input(description="A community's own rules for a form of meeting.")
class AdoptMeetingRulesInput:
    """What is changed of the general rules; it may only be stricter."""

    community_id: strawberry.ID = strawberry.field(description="The community.")
    form: MeetingForm = strawberry.field(description="The form of meeting.")
    title_zh: str = strawberry.field(description="Their name in Chinese.")
    title_en: str = strawberry.field(description="Their name in English.")
    legal_basis: str = strawberry.field(description="The text that they rest on.")
    effective_from: date = strawberry.field(description="The first day on which they hold.")
    notice_days: int | None = strawberry.field(
        default=None, description="Whole days between notice and meeting."
    )
    notice_in_working_days: bool = strawberry.field(
        default=False, description="Whether these are days on which offices work."
    )
    quorum: QuorumShareInput | None = strawberry.field(
        default=None, description="What share of those who decide must be present."
    )
    check_in_minutes: int | None = strawberry.field(
        default=None, description="How many minutes before the start the room opens, 5 to 240."
    )
    code_seconds: int | None = strawberry.field(
        default=None, description="How long the room shows one code, 10 to 300."
    )
    no_substitutes: bool = strawberry.field(
        default=False, description="Whether nobody may stand in."
    )
    month_day: int | None = strawberry.field(
        default=None, description="On which day the meeting of the month is, 1 to 28."
    )
    shifts_from_rest_days: bool | None = strawberry.field(
        default=None, description="Whether it moves from a day of rest to the next working day."
    )
    order: OwnOrderInput | None = strawberry.field(
        default=None, description="Rules of order of its own."
    )
    minutes: OwnMinutesInput | None = strawberry.field(
        default=None, description="Rules of minutes of its own."
    )
    idempotency_key: UUID = strawberry.field(description=KEY)

    def draft(self) -> MeetingRulesDraft:
        """Hand it to the domain; raises InvalidInput for a share that is none."""
        return MeetingRulesDraft(
            form=self.form,
            title_zh=self.title_zh,
            title_en=self.title_en,
            legal_basis=self.legal_basis,
            effective_from=self.effective_from,
            notice_days=self.notice_days,
            notice_in_working_days=self.notice_in_working_days,
            quorum=_share(self.quorum),
            check_in_minutes=self.check_in_minutes,
            code_seconds=self.code_seconds,
            no_substitutes=self.no_substitutes,
            month_day=self.month_day,
            shifts_from_rest_days=self.shifts_from_rest_days,
            order=self.order.order() if self.order else OwnOrder(),
            minutes=self.minutes.minutes() if self.minutes else OwnMinutes(),
        )


def _share(
    given: QuorumShareInput | None, *, path: tuple[str, ...] = ("input", "quorum")
) -> Threshold | None:
    if given is None:
        return None
    try:
        return Threshold(given.numerator, given.denominator, inclusive=given.inclusive)
    except ValueError:
        raise InvalidInput(
            path=path,
            zh="比例须在 0 与 1 之间。",
            en="A share lies between 0 and 1.",
        ) from None


@strawberry.type(description="The rules are adopted.")
class MeetingRulesAdopted:
    """For which form, where."""

    form: MeetingForm = strawberry.field(description="The form of meeting.")
    replayed: bool = strawberry.field(description=REPLAYED)


AdoptMeetingRulesResult = Annotated[
    MeetingRulesAdopted | Refused,
    strawberry.union("AdoptMeetingRulesResult", description="The rules, or why there are none."),
]
Community = Annotated[
    strawberry.ID | None, strawberry.argument(description="The community whose own to show too.")
]


@strawberry.type
class MeetingRulesQuery:
    """Rules to meet by."""

    @strawberry.field(description="The rules of every form, and a community's own.")
    async def meeting_rule_sets(
        self,
        info: Info,
        community_id: Community = None,
        first: First = None,
        after: After = None,
    ) -> Connection[MeetingRuleSet]:
        """Read a page of them, by code and version."""
        uuid = node.known("area", community_id) if community_id else None
        community = (await places.place_of(uuid)) if uuid else None
        of = listing("meetingRuleSets", {"community": uuid})
        asked = page(of, first, after)
        found = await rulesets.page_of(
            community.area_id if community else None, asked, saying="checkInMinutes"
        )
        locale = info.context.actor.locale

        def key(row: Row) -> tuple[str, str, int]:
            return row["code"], str(row["community_id"] or ""), row["version"]

        return connection(
            of,
            found,
            asked,
            make=lambda row: MeetingRuleSet.of(rulesets.of_row(row), locale=locale),
            key=key,
        )


@strawberry.type
class MeetingRulesMutation:
    """Rules of one's own."""

    @strawberry.mutation(
        description="Adopt a community's own rules for a form of meeting, from a day on: stricter"
        " than the general ones, never looser."
    )
    async def adopt_meeting_rules(
        self, info: Info, input: Annotated[AdoptMeetingRulesInput, ARGUMENT]
    ) -> AdoptMeetingRulesResult:
        """Adopt them."""
        community_id = node.decode("area", input.community_id, path=("input", "communityId"))
        _, replayed = await service.adopt_rules(
            info.context.actor, community_id, input.draft(), idempotency_key=input.idempotency_key
        )
        return MeetingRulesAdopted(form=input.form, replayed=replayed)
