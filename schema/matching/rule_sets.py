"""A community's own rules for its exchange, in the contract."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

import strawberry

from domains.kernel.errors import NoRuleInForce
from domains.matching.queries import rules
from domains.matching.rules.procedure import Procedure
from domains.matching.rules.project_procedure import ProjectProcedure
from domains.matching.rules.watching import Watching
from domains.matching.service import rule_sets as service
from domains.membership.queries import places
from schema import node
from schema.context import Info
from schema.errors import Refused
from schema.volunteering.inputs import Argument, Key


def _figure(description: str) -> Any:
    return strawberry.field(default=None, description=description)


@strawberry.input(description="How far a community reaches, in millionths of a degree.")
class MatchingBoundsInput:
    """Positions outside of it are refused."""

    south_e6: int = strawberry.field(description="The southern edge.")
    west_e6: int = strawberry.field(description="The western edge.")
    north_e6: int = strawberry.field(description="The northern edge.")
    east_e6: int = strawberry.field(description="The eastern edge.")


@strawberry.input(description="What changes of the rules of a community's exchange.")
class AdoptMatchingRulesInput:
    """What is left out stays as it is."""

    community_id: strawberry.ID = strawberry.field(description="The community.")
    legal_basis: str = strawberry.field(description="The text that they rest on.")
    effective_from: date = strawberry.field(description="The first day on which they hold.")
    needs_a_day: int | None = _figure("How many needs an account posts a day, 1 to 100.")
    open_needs: int | None = _figure("How many of its needs stand at once, 1 to 500.")
    longest_ahead_days: int | None = _figure("How far ahead a time may lie, 1 to 366.")
    orders_ahead_days: int | None = _figure(
        "How many days ahead weekly needs become orders, 1 to 90."
    )
    offer_hours: int | None = _figure("How long an offer waits for its answer, 1 to 168.")
    urgent_offer_minutes: int | None = _figure("How long where it is urgent or near, 5 to 1,440.")
    expiring_minutes: int | None = _figure(
        "How long before its end an offer is reminded of, 5 to 1,440."
    )
    reserves: int | None = _figure("How many reserves stand behind a place, 0 to 20.")
    check_in_before_minutes: int | None = _figure(
        "How long before its time a service may begin, 0 to 240."
    )
    check_out_after_minutes: int | None = _figure("How long after its time it may go on, 0 to 720.")
    starts_soon_minutes: int | None = _figure(
        "How long before its time a service is reminded of, 10 to 1,440."
    )
    no_show_after_minutes: int | None = _figure("How late somebody is missing, 5 to 240.")
    confirm_days: int | None = _figure("How many days there are to confirm, 1 to 30.")
    confirmers: int | None = _figure("How many confirm a service, 1 to 3.")
    rate_days: int | None = _figure("How many days there are to rate, 1 to 90.")
    ratings_k: int | None = _figure("Of how many raters ratings are told, 3 to 50.")
    radius_m: int | None = _figure("How far volunteers go who say nothing, 100 to 100,000.")
    week_cap_minutes: int | None = _figure(
        "How many minutes a week the matcher asks of one volunteer, 30 to 6,000."
    )
    daily_run_days: int | None = _figure(
        "For how many days ahead a run is asked for each day, 0 to 28; 0 is none."
    )
    host_needs: int | None = _figure("How many needs an organisation hosts at once, 1 to 10,000.")
    supervisor_projects: int | None = _figure(
        "How many projects a social worker supervises at once, 1 to 50."
    )
    reservation_hours: int | None = _figure(
        "How long a reserved resource waits to be committed, 1 to 720."
    )
    milestone_days: int | None = _figure(
        "How many days before it is due a milestone is told of, 1 to 60."
    )
    evaluation_k: int | None = _figure(
        "From how many on what those served said of a project is told, 3 to 50."
    )
    figures_k: int | None = _figure("Of how many people figures are told, 3 to 50.")
    unmet_times: int | None = _figure(
        "How many services of a class stay unmet before it is called short, 1 to 50."
    )
    unmet_weeks: int | None = _figure("In how many weeks they do, 1 to 26.")
    bounds: MatchingBoundsInput | None = strawberry.field(
        default=None, description="How far the community reaches."
    )
    idempotency_key: UUID = strawberry.field(description=Key)

    def draft(self) -> service.MatchingRulesDraft:
        """Hand it to the domain."""
        names = (*_FIGURES, *_OF_PROJECTS, *_OF_WATCHING)
        given = {_camel(name): getattr(self, name) for name in names}
        bounds = self.bounds
        return service.MatchingRulesDraft(
            effective_from=self.effective_from,
            legal_basis=self.legal_basis,
            figures=tuple((name, each) for name, each in given.items() if each is not None),
            bounds_e6=(
                None
                if bounds is None
                else (bounds.south_e6, bounds.west_e6, bounds.north_e6, bounds.east_e6)
            ),
        )


_FIGURES = (
    *("needs_a_day", "open_needs", "longest_ahead_days", "orders_ahead_days", "offer_hours"),
    *("urgent_offer_minutes", "expiring_minutes", "reserves", "check_in_before_minutes"),
    *("check_out_after_minutes", "starts_soon_minutes", "no_show_after_minutes"),
    *("confirm_days", "confirmers", "rate_days", "ratings_k", "radius_m", "week_cap_minutes"),
    *("daily_run_days", "host_needs"),
)
_OF_PROJECTS = ("supervisor_projects", "reservation_hours", "milestone_days", "evaluation_k")
_OF_WATCHING = ("figures_k", "unmet_times", "unmet_weeks")


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(each.title() for each in others)


@strawberry.type(description="The rules of an exchange, in force today.")
class MatchingRules:
    """The community's own, or the general ones."""

    title: str = strawberry.field(description="What they are called.")
    legal_basis: str = strawberry.field(description="The text that they rest on.")
    version: int = strawberry.field(description="Which version.")
    is_own: bool = strawberry.field(description="Whether they are the community's own.")
    effective_from: date = strawberry.field(description="The first day on which they hold.")
    needs_a_day: int = strawberry.field(description="How many needs an account posts a day.")
    open_needs: int = strawberry.field(description="How many of its needs stand at once.")
    longest_ahead_days: int = strawberry.field(description="How far ahead a time may lie.")
    orders_ahead_days: int = strawberry.field(
        description="How many days ahead weekly needs become orders."
    )
    offer_hours: int = strawberry.field(description="How long an offer waits for its answer.")
    urgent_offer_minutes: int = strawberry.field(description="How long where it is urgent or near.")
    expiring_minutes: int = strawberry.field(
        description="How long before its end an offer is reminded of."
    )
    reserves: int = strawberry.field(description="How many reserves stand behind a place.")
    check_in_before_minutes: int = strawberry.field(
        description="How long before its time a service may begin."
    )
    check_out_after_minutes: int = strawberry.field(
        description="How long after its time it may go on."
    )
    starts_soon_minutes: int = strawberry.field(
        description="How long before its time a service is reminded of."
    )
    no_show_after_minutes: int = strawberry.field(description="How late somebody is missing.")
    confirm_days: int = strawberry.field(description="How many days there are to confirm.")
    confirmers: int = strawberry.field(description="How many confirm a service.")
    rate_days: int = strawberry.field(description="How many days there are to rate.")
    ratings_k: int = strawberry.field(description="Of how many raters ratings are told.")
    radius_m: int = strawberry.field(description="How far volunteers go who say nothing.")
    week_cap_minutes: int = strawberry.field(
        description="How many minutes a week the matcher asks of one volunteer."
    )
    daily_run_days: int = strawberry.field(
        description="For how many days ahead a run is asked for each day; 0 is none."
    )
    host_needs: int = strawberry.field(description="How many needs an organisation hosts at once.")
    supervisor_projects: int = strawberry.field(
        description="How many projects a social worker supervises at once."
    )
    reservation_hours: int = strawberry.field(
        description="How long a reserved resource waits to be committed."
    )
    milestone_days: int = strawberry.field(
        description="How many days before it is due a milestone is told of."
    )
    evaluation_k: int = strawberry.field(
        description="From how many on what those served said of a project is told."
    )
    figures_k: int = strawberry.field(description="Of how many people figures are told.")
    unmet_times: int = strawberry.field(
        description="How many services of a class stay unmet before it is called short."
    )
    unmet_weeks: int = strawberry.field(description="In how many weeks they do.")
    appeal_hosts: list[str] = strawberry.field(
        description="The designated platforms that an appeal may link to, by host."
    )


@strawberry.type(description="The rules were put in.")
class MatchingRulesAdopted:
    """From when they hold."""

    effective_from: date = strawberry.field(description="The first day on which they hold.")
    replayed: bool = strawberry.field(
        default=False, description="Whether this repeats the answer to an earlier request."
    )


AdoptMatchingRulesResult = Annotated[
    MatchingRulesAdopted | Refused,
    strawberry.union("AdoptMatchingRulesResult", description="From when, or why not."),
]


@strawberry.type
class MatchingRulesQuery:
    """The rules."""

    @strawberry.field(description="The rules of a community's exchange; null where none hold.")
    async def matching_rules(
        self,
        info: Info,
        community_id: Annotated[strawberry.ID, strawberry.argument(description="The community.")],
    ) -> MatchingRules | None:
        """Read them."""
        place = await places.place_of(node.known("area", community_id) or node.NOBODY)
        if place is None:
            return None
        try:
            found = await rules.rules_of(place.community_id)
        except NoRuleInForce:
            return None
        procedure, of_projects = Procedure.of(found), ProjectProcedure.of(found)
        watching = Watching.of(found)
        is_english = info.context.actor.locale.startswith("en")
        return MatchingRules(
            title=found.title_en if is_english else found.title_zh,
            legal_basis=found.legal_basis,
            version=found.version,
            is_own=found.community_id is not None,
            effective_from=found.effective_from,
            **{name: getattr(procedure, name) for name in _FIGURES},
            **{name: getattr(of_projects, name) for name in _OF_PROJECTS},
            **{name: getattr(watching, name) for name in _OF_WATCHING},
            appeal_hosts=sorted(of_projects.appeal_hosts),
        )


@strawberry.type
class MatchingRulesMutation:
    """The rules."""

    @strawberry.mutation(description="Put a version of a community's own rules in.")
    async def adopt_matching_rules(
        self, info: Info, input: Annotated[AdoptMatchingRulesInput, Argument]
    ) -> AdoptMatchingRulesResult:
        """Hand it to the domain."""
        community_id = node.decode("area", input.community_id, path=("input", "communityId"))
        _, replayed = await service.adopt_rules(
            info.context.actor,
            community_id,
            input.draft(),
            idempotency_key=input.idempotency_key,
        )
        return MatchingRulesAdopted(effective_from=input.effective_from, replayed=replayed)
