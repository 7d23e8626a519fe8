"""A community's own rules for pledges and reviews, in the contract."""

from datetime import date
from typing import Annotated
from uuid import UUID

import strawberry

from domains.kernel import clock, rulesets
from domains.kernel.actor import Role
from domains.pledges.rules.review_procedure import GroupRule, ReviewProcedure
from domains.pledges.service import rule_sets as service
from domains.pledges.service.presets import PLEDGE_REVIEW
from domains.pledges.values.reviews import RaterSource
from schema import node
from schema.context import Info
from schema.errors import Refused
from schema.pledges import review_enums as _enums  # noqa: F401  # describes the enums first
from schema.pledges.inputs import Argument, Key
from schema.voting.mutations import FractionInput


@strawberry.input(description="What changes of the rules of a community's pledges.")
class AdoptPledgeRulesInput:
    """What is left out stays as it is."""

    community_id: strawberry.ID = strawberry.field(description="The community.")
    legal_basis: str = strawberry.field(description="The text that they rest on.")
    effective_from: date = strawberry.field(description="The first day on which they hold.")
    notice_days: int | None = strawberry.field(
        default=None, description="Natural days of public notice, 1 to 365."
    )
    change_notice_days: int | None = strawberry.field(
        default=None, description="Natural days of a change's notice."
    )
    objection_answer_days: int | None = strawberry.field(
        default=None, description="Natural days in which an objection is answered."
    )
    contest_answer_working_days: int | None = strawberry.field(
        default=None, description="Working days in which a contest is answered."
    )
    report_working_days: int | None = strawberry.field(
        default=None, description="Working days in which a claim counts for its own day."
    )
    milestone_remind_days: int | None = strawberry.field(
        default=None, description="How many days before it is due a milestone is reminded of."
    )
    accepted_by: list[Role] | None = strawberry.field(
        default=None, description="Who may accept what was delivered."
    )
    least_acceptances: int | None = strawberry.field(
        default=None, description="How many of them it takes."
    )
    refusals: int | None = strawberry.field(
        default=None, description="How many of them send it back."
    )
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="A group of reviewers.")
class ReviewGroupInput:
    """What it weighs, how many it needs, how it comes together."""

    code: str = strawberry.field(description="Its code: one word of ASCII.")
    title: str = strawberry.field(description="What it is called, 2 to 60 characters.")
    weight: int = strawberry.field(description="What it weighs; all together make 100.")
    least: int = strawberry.field(description="How many valid ratings it needs, 5 or more.")
    source: RaterSource = strawberry.field(description="How it comes together.")
    roles: list[Role] = strawberry.field(
        default_factory=list, description="The roles of a group that comes together by role."
    )
    drawn: int = strawberry.field(default=0, description="How many residents are drawn.")
    is_residents: bool = strawberry.field(
        default=False, description="Whether it counts as residents."
    )

    def rule(self) -> GroupRule:
        """Hand it to the domain."""
        return GroupRule(
            code=self.code,
            title=self.title,
            weight=self.weight,
            least=self.least,
            source=self.source,
            roles=tuple(self.roles),
            drawn=self.drawn,
            is_residents=self.is_residents,
        )


@strawberry.input(description="What changes of the rules of a community's reviews.")
class AdoptReviewRulesInput:
    """What is left out stays as it is."""

    community_id: strawberry.ID = strawberry.field(description="The community.")
    legal_basis: str = strawberry.field(description="The text that they rest on.")
    effective_from: date = strawberry.field(description="The first day on which they hold.")
    groups: list[ReviewGroupInput] | None = strawberry.field(
        default=None, description="The groups of reviewers; their weights make 100."
    )
    least_raters: int | None = strawberry.field(
        default=None, description="How many valid ratings a round needs."
    )
    resident_share: FractionInput | None = strawberry.field(
        default=None, description="The share of residents among them that a round needs."
    )
    counts_unknown: bool | None = strawberry.field(
        default=None, description="Whether who does not know counts in the rates."
    )
    items: list[str] | None = strawberry.field(
        default=None, description="What is rated besides the whole, 1 to 14."
    )
    rating_days: int | None = strawberry.field(
        default=None, description="Natural days of rating, 1 to 60."
    )
    report_working_days: int | None = strawberry.field(
        default=None, description="Working days for the work reports, 1 to 60."
    )
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="What changes of what follows a community's reviews.")
class AdoptFollowUpRulesInput:
    """What is left out stays as it is."""

    community_id: strawberry.ID = strawberry.field(description="The community.")
    legal_basis: str = strawberry.field(description="The text that they rest on.")
    effective_from: date = strawberry.field(description="The first day on which they hold.")
    content_share: FractionInput | None = strawberry.field(
        default=None, description="The rate of satisfaction below which somebody has failed."
    )
    failures_in_a_row: int | None = strawberry.field(
        default=None, description="How many failures in a row are flagged, 2 to 10."
    )
    counts_second: bool | None = strawberry.field(
        default=None, description="Whether a review after a rectification counts like others."
    )
    consequence: str | None = strawberry.field(
        default=None, description="What the law says of them, 300 characters."
    )
    consequence_basis: str | None = strawberry.field(
        default=None, description="The text that says so, 300 characters."
    )
    answer_working_days: int | None = strawberry.field(
        default=None, description="Working days in which remarks are answered."
    )
    rectification_days: int | None = strawberry.field(
        default=None, description="Natural days in which something is put right."
    )
    reply_working_days: int | None = strawberry.field(
        default=None, description="Working days in which an appraisal is replied to."
    )
    idempotency_key: UUID = strawberry.field(description=Key)

    def draft(self) -> service.FollowUpRulesDraft:
        """Hand it to the domain."""
        share = self.content_share
        return service.FollowUpRulesDraft(
            effective_from=self.effective_from,
            legal_basis=self.legal_basis,
            content_share=None if share is None else (share.numerator, share.denominator),
            failures_in_a_row=self.failures_in_a_row,
            counts_second=self.counts_second,
            consequence=self.consequence,
            consequence_basis=self.consequence_basis,
            answer_working_days=self.answer_working_days,
            rectification_days=self.rectification_days,
            reply_working_days=self.reply_working_days,
        )


@strawberry.type(description="The rules were put in; what is under way keeps its own.")
class PledgeRulesAdopted:
    """From when they hold."""

    effective_from: date = strawberry.field(description="The first day on which they hold.")
    replayed: bool = strawberry.field(
        default=False, description="Whether this repeats the answer to an earlier request."
    )


AdoptPledgeRulesResult = Annotated[
    PledgeRulesAdopted | Refused,
    strawberry.union("AdoptPledgeRulesResult", description="From when, or why not."),
]
AdoptReviewRulesResult = Annotated[
    PledgeRulesAdopted | Refused,
    strawberry.union("AdoptReviewRulesResult", description="From when, or why not."),
]

AdoptFollowUpRulesResult = Annotated[
    PledgeRulesAdopted | Refused,
    strawberry.union("AdoptFollowUpRulesResult", description="From when, or why not."),
]


@strawberry.type(description="A group of reviewers, as rules say it.")
class ReviewGroupRule:
    """Before anybody is in it."""

    code: str = strawberry.field(description="Its code.")
    title: str = strawberry.field(description="What it is called.")
    weight: int = strawberry.field(description="What it weighs.")
    least: int = strawberry.field(description="How many valid ratings it needs.")
    source: RaterSource = strawberry.field(description="How it comes together.")
    roles: list[Role] = strawberry.field(description="The roles of a group by role.")
    drawn: int = strawberry.field(description="How many residents are drawn.")
    is_residents: bool = strawberry.field(description="Whether it counts as residents.")


@strawberry.type(description="The rules under which a community's next review will be held.")
class ReviewRules:
    """Its own, or the general ones."""

    legal_basis: str = strawberry.field(description="The text that they rest on.")
    is_own: bool = strawberry.field(description="Whether they are the community's own.")
    groups: list[ReviewGroupRule] = strawberry.field(description="The groups, in order.")
    least_raters: int = strawberry.field(description="How many valid ratings a round needs.")
    resident_share_numerator: int = strawberry.field(description="Above the line.")
    resident_share_denominator: int = strawberry.field(description="Below the line.")
    counts_unknown: bool = strawberry.field(
        description="Whether who does not know counts in the rates."
    )
    items: list[str] = strawberry.field(description="What is rated, the whole last.")


@strawberry.type
class PledgeRulesQuery:
    """Reading rules."""

    @strawberry.field(description="The rules of a community's reviews today.")
    async def review_rules(
        self,
        info: Info,
        community_id: Annotated[strawberry.ID, strawberry.argument(description="The community.")],
    ) -> ReviewRules:
        """Read them; of no community, the general ones."""
        rules = await rulesets.in_force(
            PLEDGE_REVIEW, on=await clock.today(), community=node.known("area", community_id)
        )
        procedure = ReviewProcedure.of(rules)
        share = procedure.resident_share
        return ReviewRules(
            legal_basis=rules.legal_basis,
            is_own=rules.community_id is not None,
            groups=[
                ReviewGroupRule(
                    code=each.code,
                    title=each.title,
                    weight=each.weight,
                    least=each.least,
                    source=each.source,
                    roles=list(each.roles),
                    drawn=each.drawn,
                    is_residents=each.is_residents,
                )
                for each in procedure.groups
            ],
            least_raters=procedure.least_raters,
            resident_share_numerator=share.numerator,
            resident_share_denominator=share.denominator,
            counts_unknown=procedure.counts_unknown,
            items=[*procedure.items, procedure.overall],
        )


@strawberry.type
class PledgeRulesMutation:
    """Adopting rules."""

    @strawberry.mutation(
        description="Adopt a community's own rules for programmes opened from a day to come."
    )
    async def adopt_pledge_rules(
        self, info: Info, input: Annotated[AdoptPledgeRulesInput, Argument]
    ) -> AdoptPledgeRulesResult:
        """Adopt them."""
        draft = service.PledgeRulesDraft(
            effective_from=input.effective_from,
            legal_basis=input.legal_basis,
            notice_days=input.notice_days,
            change_notice_days=input.change_notice_days,
            objection_answer_days=input.objection_answer_days,
            contest_answer_working_days=input.contest_answer_working_days,
            report_working_days=input.report_working_days,
            milestone_remind_days=input.milestone_remind_days,
            accepted_by=None if input.accepted_by is None else tuple(input.accepted_by),
            least_acceptances=input.least_acceptances,
            refusals=input.refusals,
        )
        _, replayed = await service.adopt_pledge_rules(
            info.context.actor,
            node.decode("area", input.community_id, path=("input", "communityId")),
            draft,
            idempotency_key=input.idempotency_key,
        )
        return PledgeRulesAdopted(effective_from=input.effective_from, replayed=replayed)

    @strawberry.mutation(
        description="Adopt rules for a community's reviews from a day to come: the street does,"
        " since who is under review does not say how."
    )
    async def adopt_review_rules(
        self, info: Info, input: Annotated[AdoptReviewRulesInput, Argument]
    ) -> AdoptReviewRulesResult:
        """Adopt them; weights make a whole."""
        share = input.resident_share
        draft = service.ReviewRulesDraft(
            effective_from=input.effective_from,
            legal_basis=input.legal_basis,
            groups=(None if input.groups is None else tuple(each.rule() for each in input.groups)),
            least_raters=input.least_raters,
            resident_share=None if share is None else (share.numerator, share.denominator),
            counts_unknown=input.counts_unknown,
            items=None if input.items is None else tuple(input.items),
            rating_days=input.rating_days,
            report_working_days=input.report_working_days,
        )
        _, replayed = await service.adopt_review_rules(
            info.context.actor,
            node.decode("area", input.community_id, path=("input", "communityId")),
            draft,
            idempotency_key=input.idempotency_key,
        )
        return PledgeRulesAdopted(effective_from=input.effective_from, replayed=replayed)

    @strawberry.mutation(
        description="Adopt rules for what follows a community's reviews, for those published from"
        " a day to come: the street does."
    )
    async def adopt_follow_up_rules(
        self, info: Info, input: Annotated[AdoptFollowUpRulesInput, Argument]
    ) -> AdoptFollowUpRulesResult:
        """Adopt them."""
        _, replayed = await service.adopt_follow_up_rules(
            info.context.actor,
            node.decode("area", input.community_id, path=("input", "communityId")),
            input.draft(),
            idempotency_key=input.idempotency_key,
        )
        return PledgeRulesAdopted(effective_from=input.effective_from, replayed=replayed)
