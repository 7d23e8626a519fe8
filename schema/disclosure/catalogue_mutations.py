"""Acting on the catalogue and its duties."""

from datetime import date
from typing import Annotated
from uuid import UUID

import strawberry

from domains.disclosure.rules.forms import Field
from domains.disclosure.service import catalogue, obligations
from domains.disclosure.service.catalogue import ItemDraft
from domains.disclosure.values import (
    Affair,
    FieldClass,
    FinanceClass,
    Frequency,
    Mask,
)
from domains.kernel.errors import InvalidInput
from schema import node
from schema.context import Info
from schema.disclosure.catalogue import CatalogueItem, Obligation
from schema.disclosure.writing_inputs import Argument, Key
from schema.errors import Refused
from schema.membership.types import reloaded

COMMUNITY = "The community."


@strawberry.input(description="Preset items that a community is to keep to.")
class AdoptCatalogueItemsInput:
    """Which, or all that it does not keep to yet."""

    community_id: strawberry.ID = strawberry.field(description=COMMUNITY)
    codes: list[str] | None = strawberry.field(
        default=None, description="Their codes; without them, all of the preset catalogue."
    )
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="A field of an item's form.")
class FormFieldInput:
    """Its class decides which masks it may have."""

    name: str = strawberry.field(description="Its name in rows, 1 to 40 characters.")
    title_zh: str = strawberry.field(description="What it is called in Chinese.")
    title_en: str = strawberry.field(description="What it is called in English.")
    field_class: FieldClass = strawberry.field(description="How closely it is kept.")
    mask: Mask = strawberry.field(description="What is shown of it.")

    def field(self) -> Field:
        """Hand it to the domain."""
        return Field(self.name, self.title_zh, self.title_en, self.field_class, self.mask)


@strawberry.input(description="How long something may take: one of the three.", one_of=True)
class PeriodInput:
    """Counted as the Civil Code counts."""

    natural_days: int | None = strawberry.field(
        default=strawberry.UNSET, description="Days one after another."
    )
    working_days: int | None = strawberry.field(
        default=strawberry.UNSET, description="Days on which offices work."
    )
    months: int | None = strawberry.field(
        default=strawberry.UNSET, description="To the corresponding day."
    )

    def as_json(self) -> dict[str, int]:
        """Return it as rules hold it; raises InvalidInput where it is none or endless."""
        named = (
            ("naturalDays", self.natural_days),
            ("workingDays", self.working_days),
            ("months", self.months),
        )
        given = {name: count for name, count in named if isinstance(count, int)}
        if any(not 1 <= count <= 1000 for count in given.values()):
            raise InvalidInput(
                path=("input", "within"), zh="期限须为 1 至 1000。", en="A period is 1 to 1,000."
            )
        return given


@strawberry.input(description="An item of a community's own, or its own version of a preset one.")
class CreateCatalogueItemInput:
    """What it is, how often, and how long it may take."""

    community_id: strawberry.ID = strawberry.field(description=COMMUNITY)
    code: str = strawberry.field(
        description="Its code; a preset's, to publish more often than that has it."
    )
    affair: Affair = strawberry.field(description="Which of the three affairs it is of.")
    finance_class: FinanceClass | None = strawberry.field(
        default=None, description="Which class of finance."
    )
    title_zh: str = strawberry.field(description="What it is called in Chinese.")
    title_en: str = strawberry.field(description="What it is called in English.")
    frequency: Frequency = strawberry.field(description="How often it is due.")
    from_end: bool = strawberry.field(
        default=True, description="Whether the time it may take begins with the period's end."
    )
    within: PeriodInput = strawberry.field(description="How long it may take.")
    retention_months: int | None = strawberry.field(
        default=None, description="For how many months it stays on display; null for ever."
    )
    form: list[FormFieldInput] = strawberry.field(
        default_factory=list, description="The fields of its rows, 20 at most."
    )
    legal_basis: str = strawberry.field(description="What it rests on.")
    idempotency_key: UUID = strawberry.field(description=Key)

    def draft(self) -> ItemDraft:
        """Hand it to the domain."""
        return ItemDraft(
            code=self.code,
            affair=self.affair,
            finance_class=self.finance_class,
            title_zh=self.title_zh,
            title_en=self.title_en,
            frequency=self.frequency,
            due_rule={
                "from": "end" if self.from_end else "start",
                "within": self.within.as_json(),
            },
            retention_months=self.retention_months,
            form=tuple(each.field() for each in self.form),
            legal_basis=self.legal_basis,
        )


@strawberry.input(description="An item that a community is to keep to no more.")
class EndCatalogueAdoptionInput:
    """Which."""

    community_id: strawberry.ID = strawberry.field(description=COMMUNITY)
    code: str = strawberry.field(description="The item's code.")


@strawberry.input(description="Something that occurred and is to be public at once.")
class RecordOccurrenceInput:
    """Of which item, when, and what."""

    community_id: strawberry.ID = strawberry.field(description=COMMUNITY)
    code: str = strawberry.field(description="The item's code.")
    occurred_on: date = strawberry.field(description="The day; never one to come.")
    occurrence: str = strawberry.field(
        description="What occurred, 2 to 120 characters; everybody reads it."
    )
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="A duty to be waived.")
class WaiveObligationInput:
    """Which, and why."""

    obligation_id: strawberry.ID = strawberry.field(description="The duty.")
    reason: str = strawberry.field(description="Why, 2 to 500 characters; everybody reads it.")
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.type(description="The community keeps to its catalogue.")
class CatalogueAdopted:
    """How much of it is new."""

    adopted: int = strawberry.field(description="How many items were adopted.")


@strawberry.type(description="The item that the community keeps to.")
class CatalogueItemPayload:
    """What came of a command."""

    item: CatalogueItem = strawberry.field(description="The item.")
    replayed: bool = strawberry.field(description="Whether the key had been used before.")


@strawberry.type(description="The community keeps to the item no more.")
class CatalogueAdoptionEnded:
    """Duties that have come up stay."""

    item_code: str = strawberry.field(description="The item's code.")


@strawberry.type(description="The duty as it stands now.")
class ObligationPayload:
    """What came of a command."""

    obligation: Obligation = strawberry.field(description="The duty.")
    replayed: bool = strawberry.field(description="Whether the key had been used before.")


AdoptCatalogueItemsResult = Annotated[
    CatalogueAdopted | Refused,
    strawberry.union("AdoptCatalogueItemsResult", description="How many, or why none."),
]
CreateCatalogueItemResult = Annotated[
    CatalogueItemPayload | Refused,
    strawberry.union("CreateCatalogueItemResult", description="The item, or why there is none."),
]
EndCatalogueAdoptionResult = Annotated[
    CatalogueAdoptionEnded | Refused,
    strawberry.union("EndCatalogueAdoptionResult", description="What ended, or why it goes on."),
]
RecordOccurrenceResult = Annotated[
    ObligationPayload | Refused,
    strawberry.union("RecordOccurrenceResult", description="The duty, or why there is none."),
]
WaiveObligationResult = Annotated[
    ObligationPayload | Refused,
    strawberry.union("WaiveObligationResult", description="The duty, or why it stands."),
]


def _community(community_id: str) -> UUID:
    return node.decode("area", community_id, path=("input", "communityId"))


async def _obligation(info: Info, uuid: UUID, *, replayed: bool = False) -> ObligationPayload:
    found = await reloaded(info, Obligation.load, uuid)
    assert found is not None, "a duty is never removed"
    return ObligationPayload(obligation=found, replayed=replayed)


@strawberry.type
class CatalogueMutation:
    """The catalogue and its duties."""

    @strawberry.mutation(description="Let a community keep to preset items, in their last version.")
    async def adopt_catalogue_items(
        self, info: Info, input: Annotated[AdoptCatalogueItemsInput, Argument]
    ) -> AdoptCatalogueItemsResult:
        """Adopt them."""
        adopted = await catalogue.adopt_items(
            info.context.actor,
            _community(input.community_id),
            codes=input.codes,
            idempotency_key=input.idempotency_key,
        )
        return CatalogueAdopted(adopted=adopted)

    @strawberry.mutation(
        description="Add an item of a community's own, or its next version, and keep to it."
    )
    async def create_catalogue_item(
        self, info: Info, input: Annotated[CreateCatalogueItemInput, Argument]
    ) -> CreateCatalogueItemResult:
        """Create it."""
        item_id, replayed = await catalogue.create_item(
            info.context.actor,
            _community(input.community_id),
            input.draft(),
            idempotency_key=input.idempotency_key,
        )
        found = await reloaded(info, CatalogueItem.load, item_id)
        assert found is not None, "an item is never removed"
        return CatalogueItemPayload(item=found, replayed=replayed)

    @strawberry.mutation(description="Let a community keep to an item no more.")
    async def end_catalogue_adoption(
        self, info: Info, input: Annotated[EndCatalogueAdoptionInput, Argument]
    ) -> EndCatalogueAdoptionResult:
        """End it."""
        community_id = _community(input.community_id)
        await catalogue.end_adoption(info.context.actor, community_id, code=input.code)
        return CatalogueAdoptionEnded(item_code=input.code)

    @strawberry.mutation(description="Say that something occurred which is to be public at once.")
    async def record_occurrence(
        self, info: Info, input: Annotated[RecordOccurrenceInput, Argument]
    ) -> RecordOccurrenceResult:
        """Record it."""
        obligation_id, replayed = await obligations.record_occurrence(
            info.context.actor,
            _community(input.community_id),
            code=input.code,
            occurred_on=input.occurred_on,
            occurrence=input.occurrence,
            idempotency_key=input.idempotency_key,
        )
        return await _obligation(info, obligation_id, replayed=replayed)

    @strawberry.mutation(description="Waive a duty before it is late, with a public reason.")
    async def waive_obligation(
        self, info: Info, input: Annotated[WaiveObligationInput, Argument]
    ) -> WaiveObligationResult:
        """Waive it."""
        obligation_id = node.decode(
            "obligation", input.obligation_id, path=("input", "obligationId")
        )
        replayed = await obligations.waive_obligation(
            info.context.actor,
            obligation_id,
            reason=input.reason,
            idempotency_key=input.idempotency_key,
        )
        return await _obligation(info, obligation_id, replayed=replayed)
