"""The rules that volunteers serve and are honoured by, in the contract, and adopting one's own."""

from datetime import date
from typing import Annotated

import strawberry

from domains.kernel.actor import Role
from domains.kernel.rules import RuleSet
from domains.volunteering.queries.rules import rules_at
from domains.volunteering.rules.procedure import Procedure
from domains.volunteering.rules.stars import StarPolicy
from domains.volunteering.service import adopting, honouring
from domains.volunteering.values.activities import VolunteerActivityNature
from domains.volunteering.values.volunteers import ServiceClass
from schema import node
from schema.context import Info
from schema.errors import Refused
from schema.volunteering import enums as _enums  # noqa: F401  # describes the enums first
from schema.volunteering.inputs import Argument
from schema.volunteering.queries import Within
from schema.volunteering.rules_inputs import AdoptStarPolicyInput, AdoptVolunteerRulesInput


@strawberry.type(description="What a star asks for.")
class StarLevel:
    """As the policy in force says it."""

    level: int = strawberry.field(description="How high.")
    hours: int = strawberry.field(description="How many hours.")
    months: int = strawberry.field(description="How many months since the first service.")
    quality_tenths: int = strawberry.field(
        description="The least average quality, in tenths: 30 is 3.0 of 5."
    )
    approved_by: list[Role] = strawberry.field(description="Which roles may approve it.")


@strawberry.type(description="What a medal asks for.")
class VolunteerMedal:
    """As the policy in force says it."""

    code: str = strawberry.field(description="Its code.")
    title_zh: str = strawberry.field(description="What it is called, in Chinese.")
    title_en: str = strawberry.field(description="What it is called, in English.")
    hours: int = strawberry.field(description="How many hours in all.")
    community_hours: int = strawberry.field(
        description="How many of them in the volunteer's own community."
    )
    approved_by: list[Role] = strawberry.field(description="Which roles may approve it.")


@strawberry.type(description="The star policy that holds in an area today.")
class StarPolicyView:
    """Its own, or the general one."""

    version: int = strawberry.field(description="Which version.")
    effective_from: date = strawberry.field(description="The first day on which it holds.")
    legal_basis: str = strawberry.field(description="The text that it rests on.")
    is_own: bool = strawberry.field(description="Whether it is the community's own.")
    notice_working_days: int = strawberry.field(description="Working days of public notice.")
    levels: list[StarLevel] = strawberry.field(description="The stars, the lowest first.")
    medals: list[VolunteerMedal] = strawberry.field(description="The medals.")
    ban_years_least: int = strawberry.field(description="The shortest ban for fraud, in years.")
    ban_years_most: int = strawberry.field(description="The longest ban for fraud, in years.")

    @classmethod
    def of(cls, rules: RuleSet) -> "StarPolicyView":
        """Make it from its rule set."""
        policy = StarPolicy.of(rules)
        least, most = policy.ban_years
        return cls(
            version=rules.version,
            effective_from=rules.effective_from,
            legal_basis=rules.legal_basis,
            is_own=rules.community_id is not None,
            notice_working_days=policy.notice.days,
            levels=[
                StarLevel(
                    level=each.level,
                    hours=each.hours,
                    months=each.months,
                    quality_tenths=each.quality_tenths,
                    approved_by=list(each.approvers),
                )
                for each in policy.levels
            ],
            medals=[
                VolunteerMedal(
                    code=each.code,
                    title_zh=each.title_zh,
                    title_en=each.title_en,
                    hours=each.hours,
                    community_hours=each.community_hours,
                    approved_by=list(each.approvers),
                )
                for each in policy.medals
            ],
            ban_years_least=least,
            ban_years_most=most,
        )


@strawberry.type(description="One of the things that the rules ask a station to have.")
class StationHaveAsked:
    """The list is data of the rules."""

    code: str = strawberry.field(description="Its code.")
    title: str = strawberry.field(description="What it is, 有场所 and so on.")


@strawberry.type(description="What puts a record under review.")
class SuspicionFigures:
    """A rule that meets a record asks for a look; it refuses nothing."""

    ring_confirmations: int = strawberry.field(
        description="How often people confirm one another, also in a circle."
    )
    ring_days: int = strawberry.field(description="Within how many days.")
    day_minutes: int = strawberry.field(description="Above how many minutes a day is looked into.")
    burst_days: int = strawberry.field(description="How many last days of a year are weighed.")
    burst_percent: int = strawberry.field(description="What share of the year they may hold.")
    burst_least_minutes: int = strawberry.field(description="From how many minutes on.")
    duty_begins: str = strawberry.field(description="When office hours begin, like 09:00.")
    duty_ends: str = strawberry.field(description="When they end.")


@strawberry.type(description="How volunteers are registered and recorded in an area today.")
class VolunteerRules:
    """The community's own rules, or the general ones."""

    version: int = strawberry.field(description="Which version.")
    effective_from: date = strawberry.field(description="The first day on which they hold.")
    legal_basis: str = strawberry.field(description="The text that they rest on.")
    is_own: bool = strawberry.field(description="Whether they are the community's own.")
    least_age: int = strawberry.field(description="From what age somebody registers.")
    adult_age: int = strawberry.field(description="From what age nobody has to agree for them.")
    minors_barred: list[ServiceClass] = strawberry.field(description="What minors may not do.")
    excluded_natures: list[VolunteerActivityNature] = strawberry.field(
        description="What does not count as service."
    )
    day_cap_minutes: int = strawberry.field(description="How many minutes of a day count.")
    check_ins_a_day: int = strawberry.field(
        description="How many check-ins of one person an activity takes a day."
    )
    check_in_before_minutes: int = strawberry.field(
        description="How many minutes before a shift check-in begins."
    )
    check_out_after_minutes: int = strawberry.field(
        description="How many minutes after a shift check-out still counts as it is."
    )
    code_seconds: int = strawberry.field(description="How long a code on the spot is shown.")
    record_working_days: int = strawberry.field(
        description="Within how many working days a record is confirmed."
    )
    confirmers: int = strawberry.field(description="How many others confirm a record.")
    notice_working_days: int = strawberry.field(description="Working days of public notice.")
    station_haves: list[StationHaveAsked] = strawberry.field(
        description="What a station has to have, 六有."
    )
    suspicion: SuspicionFigures = strawberry.field(description="What asks for a look.")

    @classmethod
    def of(cls, rules: RuleSet) -> "VolunteerRules":
        """Make it from its rule set."""
        found = Procedure.of(rules)
        looks = found.suspicion
        return cls(
            version=rules.version,
            effective_from=rules.effective_from,
            legal_basis=rules.legal_basis,
            is_own=rules.community_id is not None,
            minors_barred=sorted(found.minors_barred),
            excluded_natures=sorted(found.excluded),
            record_working_days=found.record.days,
            notice_working_days=found.notice.days,
            station_haves=[
                StationHaveAsked(code=each.code, title=each.title) for each in found.station_haves
            ],
            suspicion=SuspicionFigures(
                duty_begins=looks.duty_begins.isoformat("minutes"),
                duty_ends=looks.duty_ends.isoformat("minutes"),
                **{name: getattr(looks, name) for name in _FIGURES},
            ),
            **{name: getattr(found, name) for name in _NUMBERS},
        )


_FIGURES = (
    *("ring_confirmations", "ring_days", "day_minutes", "burst_days", "burst_percent"),
    "burst_least_minutes",
)
_NUMBERS = (
    *("least_age", "adult_age", "day_cap_minutes", "check_ins_a_day", "check_in_before_minutes"),
    *("check_out_after_minutes", "code_seconds", "confirmers"),
)


@strawberry.type(description="The policy was put in; honours on notice keep their own.")
class StarPolicyAdopted:
    """From when it holds."""

    effective_from: date = strawberry.field(description="The first day on which it holds.")
    replayed: bool = strawberry.field(
        default=False, description="Whether this repeats the answer to an earlier request."
    )


@strawberry.type(description="The rules were put in; what is recorded keeps its own.")
class VolunteerRulesAdopted:
    """From when they hold."""

    effective_from: date = strawberry.field(description="The first day on which they hold.")
    replayed: bool = strawberry.field(
        default=False, description="Whether this repeats the answer to an earlier request."
    )


AdoptStarPolicyResult = Annotated[
    StarPolicyAdopted | Refused,
    strawberry.union("AdoptStarPolicyResult", description="From when, or why not."),
]
AdoptVolunteerRulesResult = Annotated[
    VolunteerRulesAdopted | Refused,
    strawberry.union("AdoptVolunteerRulesResult", description="From when, or why not."),
]


@strawberry.type
class VolunteerRulesQuery:
    """Reading the rules in force: they are everybody's to read."""

    @strawberry.field(description="The star policy that holds in an area today.")
    async def star_policy(self, area_id: Within) -> StarPolicyView:
        """Read it; of no area, the general one."""
        area = node.known("area", area_id) or node.NOBODY
        return StarPolicyView.of(await honouring.policy_at(area))

    @strawberry.field(description="How volunteers are registered and recorded in an area today.")
    async def volunteer_rules(self, area_id: Within) -> VolunteerRules:
        """Read them; of no area, the general ones."""
        return VolunteerRules.of(await rules_at(node.known("area", area_id) or node.NOBODY))


@strawberry.type
class VolunteerRulesMutation:
    """Adopting rules of one's own."""

    @strawberry.mutation(
        description="Adopt a community's own star policy, with its medals, from a day to come."
    )
    async def adopt_star_policy(
        self, info: Info, input: Annotated[AdoptStarPolicyInput, Argument]
    ) -> AdoptStarPolicyResult:
        """Adopt it."""
        _, replayed = await adopting.adopt_star_policy(
            info.context.actor,
            node.decode("area", input.community_id, path=("input", "communityId")),
            input.adoption(),
            idempotency_key=input.idempotency_key,
        )
        return StarPolicyAdopted(effective_from=input.effective_from, replayed=replayed)

    @strawberry.mutation(
        description="Adopt a community's own rules of registering volunteers and recording their"
        " service, from a day to come."
    )
    async def adopt_volunteer_rules(
        self, info: Info, input: Annotated[AdoptVolunteerRulesInput, Argument]
    ) -> AdoptVolunteerRulesResult:
        """Adopt them."""
        _, replayed = await adopting.adopt_volunteer_rules(
            info.context.actor,
            node.decode("area", input.community_id, path=("input", "communityId")),
            input.adoption(),
            idempotency_key=input.idempotency_key,
        )
        return VolunteerRulesAdopted(effective_from=input.effective_from, replayed=replayed)
