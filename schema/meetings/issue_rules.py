"""The rules by which issues are handled: the general ones, and a community's own."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Self
from uuid import UUID

import strawberry

from domains.kernel import clock, rulesets
from domains.kernel.errors import NoRuleInForce
from domains.kernel.rules import RuleSet
from domains.meetings.rules.own_issue_rules import OwnIssueRules
from domains.meetings.service import issue_rule_sets, issue_rules
from domains.meetings.service.issue_rule_sets import IssueRulesDraft
from domains.meetings.values.issues import IssueCategory, IssueState, RiskLevel
from domains.membership.queries import places
from schema import node
from schema.context import Info
from schema.errors import Refused
from schema.meetings import issues_enums as _enums  # noqa: F401  # describes the enums first
from schema.meetings.matters import Argument, Key


@strawberry.type(description="A period of days, as a rule counts them.")
class IssuePeriod:
    """How many, and of which."""

    days: int = strawberry.field(description="How many days (months where it says so).")
    unit: str = strawberry.field(description="workingDays, naturalDays or months.")

    @classmethod
    def of(cls, kept: Mapping[str, int]) -> Self:
        """Read it."""
        ((unit, days),) = kept.items()
        return cls(days=days, unit=unit)


@strawberry.type(description="How long an issue may stay in a state.")
class IssueStepPeriod:
    """A state and its period."""

    state: IssueState = strawberry.field(description="The state.")
    period: IssuePeriod = strawberry.field(description="The period.")


@strawberry.type(description="How long somebody has who acts on an issue, by its risk.")
class RiskPeriod:
    """A level and its period."""

    level: RiskLevel = strawberry.field(description="The level.")
    period: IssuePeriod = strawberry.field(description="The period.")


@strawberry.type(description="What the rules say of a category.")
class CategoryRule:
    """A ballot, and departments."""

    category: IssueCategory = strawberry.field(description="The category.")
    ballot: str | None = strawberry.field(
        description="The code of the rules under which it goes to the ballot; null where it need"
        " not."
    )
    departments: list[str] = strawberry.field(
        description="Words of the names of the departments that it is for."
    )


@strawberry.type(description="The rules by which issues are handled.")
class IssueRules:
    """A version of them."""

    version: int = strawberry.field(description="Which version.")
    is_own: bool = strawberry.field(description="Whether they are a community's own.")
    title: str = strawberry.field(description="What they are called.")
    legal_basis: str = strawberry.field(description="What they rest on.")
    effective_from: date = strawberry.field(description="The first day on which they hold.")
    support_count: int = strawberry.field(
        description="How many supporters it takes for an issue to be looked at in any case."
    )
    look: IssuePeriod = strawberry.field(description="Within which period it then is.")
    steps: list[IssueStepPeriod] = strawberry.field(description="How long states may last.")
    assignment: list[RiskPeriod] = strawberry.field(description="How long an assignment has.")
    whistle: list[RiskPeriod] = strawberry.field(description="How long a called department has.")
    direct_levels: list[RiskLevel] = strawberry.field(
        description="Levels of risk at which no meeting is needed."
    )
    evaluation: IssuePeriod = strawberry.field(
        description="How long whoever raised an issue has to evaluate it."
    )
    categories: list[CategoryRule] = strawberry.field(description="What they say of categories.")

    @classmethod
    def of(cls, rules: RuleSet, *, locale: str) -> Self:
        """Show a version."""
        said: Mapping[str, Any] = rules.content
        return cls(
            version=rules.version,
            is_own=rules.community_id is not None,
            title=rules.title_en if locale.startswith("en") else rules.title_zh,
            legal_basis=rules.legal_basis,
            effective_from=rules.effective_from,
            support_count=said["supportCount"],
            look=IssuePeriod.of(said["look"]),
            steps=[
                IssueStepPeriod(state=each, period=IssuePeriod.of(said["steps"][each.value]))
                for each in IssueState
                if each.value in said["steps"]
            ],
            assignment=_by_level(said["assignment"]),
            whistle=_by_level(said["whistle"]),
            direct_levels=[RiskLevel(each) for each in said["directLevels"]],
            evaluation=IssuePeriod.of(said["evaluation"]),
            categories=[
                CategoryRule(
                    category=each,
                    ballot=said["ballots"].get(each.value),
                    departments=said["routes"].get(each.value, []),
                )
                for each in IssueCategory
            ],
        )


def _by_level(said: Mapping[str, Mapping[str, int]]) -> list[RiskPeriod]:
    return [
        RiskPeriod(level=each, period=IssuePeriod.of(said[each.value]))
        for each in RiskLevel
        if each.value in said
    ]


@strawberry.input(description="For how many days an issue may stay in a state.")
class StepDaysInput:
    """Counted as the general rules count them."""

    state: IssueState = strawberry.field(description="The state.")
    days: int = strawberry.field(description="No more than the general rules allow.")


@strawberry.input(description="How many days somebody has who acts on an issue of a risk.")
class RiskDaysInput:
    """Counted as the general rules count them."""

    level: RiskLevel = strawberry.field(description="The level.")
    days: int = strawberry.field(description="No more than the general rules allow.")


@strawberry.input(description="A category that goes to the ballot.")
class CategoryBallotInput:
    """Under which rules."""

    category: IssueCategory = strawberry.field(description="The category.")
    rule_code: str = strawberry.field(description="The code of the rules of the ballot.")


@strawberry.input(description="The departments that a category is for.")
class CategoryRouteInput:
    """By words of their names."""

    category: IssueCategory = strawberry.field(description="The category.")
    departments: list[str] = strawberry.field(description="Words of names, ten at most.")


@strawberry.input(description="A community's own rules for issues.")
class AdoptIssueRulesInput:
    """What is left out stays as the general rules have it."""

    community_id: strawberry.ID = strawberry.field(description="The community.")
    title_zh: str = strawberry.field(description="What they are called in Chinese.")
    title_en: str = strawberry.field(description="What they are called in English.")
    legal_basis: str = strawberry.field(description="What they rest on.")
    effective_from: date = strawberry.field(description="The first day on which they hold.")
    support_count: int | None = strawberry.field(
        default=None, description="How many supporters it takes; no more than the general rules."
    )
    look_days: int | None = strawberry.field(
        default=None, description="Within how many days a meeting then hears of it."
    )
    step_days: list[StepDaysInput] = strawberry.field(
        default_factory=list, description="How long states may last."
    )
    assignment_days: list[RiskDaysInput] = strawberry.field(
        default_factory=list, description="How long an assignment has."
    )
    whistle_days: list[RiskDaysInput] = strawberry.field(
        default_factory=list, description="How long a called department has."
    )
    evaluation_days: int | None = strawberry.field(
        default=None, description="How long whoever raised an issue has to evaluate it; no less."
    )
    ballots: list[CategoryBallotInput] = strawberry.field(
        default_factory=list, description="Categories that go to the ballot besides."
    )
    routes: list[CategoryRouteInput] = strawberry.field(
        default_factory=list, description="Departments that categories are for."
    )
    idempotency_key: UUID = strawberry.field(description=Key)

    def draft(self) -> IssueRulesDraft:
        """Hand it to the domain."""
        return IssueRulesDraft(
            title_zh=self.title_zh,
            title_en=self.title_en,
            legal_basis=self.legal_basis,
            effective_from=self.effective_from,
            own=OwnIssueRules(
                support_count=self.support_count,
                look_days=self.look_days,
                step_days={each.state: each.days for each in self.step_days},
                assignment_days={each.level: each.days for each in self.assignment_days},
                whistle_days={each.level: each.days for each in self.whistle_days},
                evaluation_days=self.evaluation_days,
                ballots={each.category: each.rule_code for each in self.ballots},
                routes={each.category: tuple(each.departments) for each in self.routes},
            ),
        )


@strawberry.type(description="The rules that the community has adopted.")
class IssueRulesPayload:
    """They hold from their first day on."""

    effective_from: date = strawberry.field(description="The first day on which they hold.")
    replayed: bool = strawberry.field(
        default=False, description="Whether this repeats the answer to an earlier request."
    )


AdoptIssueRulesResult = Annotated[
    IssueRulesPayload | Refused,
    strawberry.union("AdoptIssueRulesResult", description="The rules, or why not."),
]


@strawberry.type
class IssueRulesQuery:
    """Reading the rules."""

    @strawberry.field(
        description="The rules by which issues of a place are handled on a day; null for no place,"
        " or a day before there were any."
    )
    async def issue_rules(
        self,
        info: Info,
        area_id: Annotated[strawberry.ID, strawberry.argument(description="The place.")],
        on: Annotated[
            date | None, strawberry.argument(description="The day; today unless told.")
        ] = None,
    ) -> IssueRules | None:
        """They are public."""
        uuid = node.known("area", area_id)
        place = await places.place_of(uuid) if uuid else None
        if place is None:
            return None
        day = on or await clock.today()
        community = place.community_id
        try:
            rules = await rulesets.in_force(issue_rules.CODE, on=day, community=community)
        except NoRuleInForce:
            return None
        return IssueRules.of(rules, locale=info.context.actor.locale)


@strawberry.type
class IssueRulesMutation:
    """Adopting rules."""

    @strawberry.mutation(
        description="Adopt a community's own rules for issues, stricter than the general ones."
    )
    async def adopt_issue_rules(
        self, info: Info, input: Annotated[AdoptIssueRulesInput, Argument]
    ) -> AdoptIssueRulesResult:
        """Issues raised before go on under the rules that they were raised under."""
        community_id = node.decode("area", input.community_id, path=("input", "communityId"))
        _, replayed = await issue_rule_sets.adopt_issue_rules(
            info.context.actor,
            community_id,
            input.draft(),
            idempotency_key=input.idempotency_key,
        )
        return IssueRulesPayload(effective_from=input.effective_from, replayed=replayed)
