"""Rule sets in the contract: the presets, and a community's own."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

import strawberry

from domains.kernel import rulesets
from domains.kernel.database import Row
from domains.kernel.errors import InvalidInput
from domains.kernel.rules import RuleSet as Rules
from domains.kernel.rules import Threshold
from domains.membership.queries import places
from domains.voting.rules.procedure import Procedure, WomanRule
from domains.voting.service import rule_sets as service
from domains.voting.service.rule_sets import RuleSetDraft
from domains.voting.values import ElectorateKind, Measure, PollMethod, Secrecy
from schema import node
from schema.connection import After, Connection, First, connection, listing, page
from schema.context import Info
from schema.errors import Refused
from schema.voting import elections_enums as _enums  # noqa: F401  # describes the enums first
from schema.voting.types import PollRules


@strawberry.type(description="A version of rules that polls may run under.")
class RuleSet:
    """A preset, or a community's own."""

    rules: PollRules = strawberry.field(description="What they ask.")
    is_own: bool = strawberry.field(description="Whether they are the community's own.")
    effective_from: date = strawberry.field(description="The first day on which they hold.")
    effective_to: date | None = strawberry.field(description="The last day, once it is known.")
    electorate: ElectorateKind = strawberry.field(description="Who is on the roll.")
    methods: list[PollMethod] = strawberry.field(description="What a ballot may say.")
    secrecies: list[Secrecy] = strawberry.field(description="Levels of secrecy that they allow.")
    has_public_roll: bool = strawberry.field(
        description="Whether the roll is made public and objected to before it is frozen."
    )
    has_proxies: bool = strawberry.field(description="Whether somebody may vote for another.")
    proxies_carry_over: bool = strawberry.field(
        description="Whether a run-off under them begins with the proxies of the round before."
    )
    wants_woman: bool = strawberry.field(description="Whether an election has to elect a woman.")
    woman_rules: list[WomanRule] = strawberry.field(
        description="What is done in turn, besides saying so, where none is elected."
    )
    is_certified: bool = strawberry.field(
        description="Whether the result is certified and made public for challenges."
    )

    @classmethod
    def of(cls, rule_set: Rules, *, locale: str) -> Self:
        """Show a version."""
        procedure = Procedure.of(rule_set)
        proxies, election = procedure.proxies, procedure.election
        return cls(
            rules=PollRules.of(rule_set, locale=locale),
            is_own=rule_set.community_id is not None,
            effective_from=rule_set.effective_from,
            effective_to=rule_set.effective_to,
            electorate=procedure.electorate,
            methods=sorted(procedure.methods),
            secrecies=sorted(procedure.secrecies),
            has_public_roll=procedure.roll is not None,
            has_proxies=proxies is not None,
            proxies_carry_over=proxies is not None and proxies.carries_over,
            wants_woman=election is not None and election.at_least_one_woman,
            woman_rules=[] if election is None else list(election.woman_rules),
            is_certified=procedure.after_count is not None,
        )


@strawberry.input(description="A share, in one measure.")
class MeasureShareInput:
    """An exact fraction and its bound."""

    measure: Measure = strawberry.field(description="What is counted.")
    numerator: int = strawberry.field(description="Above the line.")
    denominator: int = strawberry.field(description="Below the line.")
    inclusive: bool = strawberry.field(description="Whether the share itself is enough.")


@strawberry.input(description="A community's own rules.")
class AdoptRuleSetInput:
    """What is changed of the rules that it begins from."""

    community_id: strawberry.ID = strawberry.field(description="The community.")
    code: str = strawberry.field(
        description="Their code; that of a preset takes the preset's place in this community."
    )
    based_on: str = strawberry.field(description="The code of the preset to begin from.")
    title_zh: str = strawberry.field(description="Their name in Chinese.")
    title_en: str = strawberry.field(description="Their name in English.")
    legal_basis: str = strawberry.field(description="The text that they rest on.")
    effective_from: date = strawberry.field(description="The first day on which they hold.")
    quorum: list[MeasureShareInput] = strawberry.field(
        default_factory=list, description="Quorums that change."
    )
    majority: list[MeasureShareInput] = strawberry.field(
        default_factory=list, description="Majorities that change."
    )
    recast: bool | None = strawberry.field(
        default=None, description="Whether an OPEN ballot may be cast again."
    )
    notice_days: int | None = strawberry.field(
        default=None, description="Natural days between publishing and voting."
    )
    extension_days: int | None = strawberry.field(
        default=None, description="Natural days by which an inquorate poll is extended once."
    )
    most_proxies: int | None = strawberry.field(
        default=None, description="How many proxies one voter may hold."
    )
    proxies_carry_over: bool | None = strawberry.field(
        default=None,
        description="Whether a run-off under them begins with the proxies of the round before.",
    )
    woman_rules: list[WomanRule] | None = strawberry.field(
        default=None,
        description="What is done in turn where a woman has to be elected, and none is.",
    )
    idempotency_key: UUID = strawberry.field(description="A key of the client's own.")

    def draft(self) -> RuleSetDraft:
        """Hand it to the domain; raises InvalidInput for a share that is none."""
        return RuleSetDraft(
            code=self.code,
            based_on=self.based_on,
            title_zh=self.title_zh,
            title_en=self.title_en,
            legal_basis=self.legal_basis,
            effective_from=self.effective_from,
            quorum=_shares("quorum", self.quorum),
            majority=_shares("majority", self.majority),
            recast=self.recast,
            notice_days=self.notice_days,
            extension_days=self.extension_days,
            most_proxies=self.most_proxies,
            proxies_carry_over=self.proxies_carry_over,
            woman_rules=None if self.woman_rules is None else tuple(self.woman_rules),
        )


def _shares(name: str, given: list[MeasureShareInput]) -> dict[Measure, Threshold]:
    try:
        return {
            each.measure: Threshold(each.numerator, each.denominator, inclusive=each.inclusive)
            for each in given
        }
    except ValueError:
        raise InvalidInput(
            path=("input", name),
            zh="比例须在 0 与 1 之间。",
            en="A share lies between 0 and 1.",
        ) from None


@strawberry.type(description="The rules are adopted.")
class RuleSetAdopted:
    """The version that was put in."""

    rule_code: str = strawberry.field(description="Their code.")
    replayed: bool = strawberry.field(
        description="Whether this repeats the answer to an earlier request."
    )


AdoptRuleSetResult = Annotated[
    RuleSetAdopted | Refused,
    strawberry.union("AdoptRuleSetResult", description="The rules, or why there are none."),
]
Community = Annotated[
    strawberry.ID | None, strawberry.argument(description="The community whose own to show too.")
]


@strawberry.type
class RuleSetQuery:
    """Rules to choose from."""

    @strawberry.field(description="The rule sets that hold everywhere, and a community's own.")
    async def rule_sets(
        self,
        info: Info,
        community_id: Community = None,
        first: First = None,
        after: After = None,
    ) -> Connection[RuleSet]:
        """Read a page of them, by code and version."""
        uuid = node.known("area", community_id) if community_id else None
        community = (await places.place_of(uuid)) if uuid else None
        of = listing("ruleSets", {"community": uuid})
        asked = page(of, first, after)
        found = await rulesets.page_of(
            community.area_id if community else None, asked, saying="methods"
        )
        locale = info.context.actor.locale

        def key(row: Row) -> tuple[str, str, int]:
            return row["code"], str(row["community_id"] or ""), row["version"]

        return connection(
            of,
            found,
            asked,
            make=lambda row: RuleSet.of(rulesets.of_row(row), locale=locale),
            key=key,
        )


@strawberry.type
class RuleSetMutation:
    """Rules of one's own."""

    @strawberry.mutation(
        description="Adopt rules of a community's own: a preset with other figures, from a day on."
    )
    async def adopt_rule_set(
        self,
        info: Info,
        input: Annotated[AdoptRuleSetInput, strawberry.argument(description="The rules.")],
    ) -> AdoptRuleSetResult:
        """Adopt them."""
        community_id = node.decode("area", input.community_id, path=("input", "communityId"))
        _, replayed = await service.adopt_rule_set(
            info.context.actor, community_id, input.draft(), idempotency_key=input.idempotency_key
        )
        return RuleSetAdopted(rule_code=input.code, replayed=replayed)
