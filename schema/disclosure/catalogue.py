"""The catalogue, its duties and how punctual areas are: all of it is public."""

import json
from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

import strawberry

from domains.disclosure.queries import catalogue
from domains.disclosure.queries.catalogue import DutyFilter
from domains.disclosure.rules import texts
from domains.disclosure.rules.forms import Field, fields_of
from domains.disclosure.values import (
    Affair,
    FieldClass,
    FinanceClass,
    Frequency,
    Mask,
    ObligationState,
)
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.membership.values import AreaKind
from schema import node
from schema.connection import After, Connection, First, connection, listing, page
from schema.context import LOADS, Info
from schema.disclosure import enums as _enums  # noqa: F401  # describes the enums first
from schema.disclosure.places import NOWHERE, OfArea, path_of
from schema.membership.types import Area
from schema.node import Node

OfCommunity = Annotated[strawberry.ID, strawberry.argument(description="The community.")]
OfAffair = Annotated[
    Affair | None, strawberry.argument(description="Of one of the three affairs only.")
]
OfYear = Annotated[
    int, strawberry.argument(description="The year in which the last days of the duties lie.")
]


@strawberry.type(description="A field of a structured disclosure.")
class FormField:
    """Its name, how closely it is kept, and what is shown of it."""

    name: str = strawberry.field(description="Its name in rows.")
    title_zh: str = strawberry.field(description="What it is called in Chinese.")
    title_en: str = strawberry.field(description="What it is called in English.")
    field_class: FieldClass = strawberry.field(description="How closely it is kept.")
    mask: Mask = strawberry.field(description="What is shown of it.")

    @classmethod
    def of(cls, given: Field) -> Self:
        """Make it from the form's field."""
        return cls(
            name=given.name,
            title_zh=given.title_zh,
            title_en=given.title_en,
            field_class=given.field_class,
            mask=given.mask,
        )


@strawberry.type(description="How long something may take, and from when.")
class DueRule:
    """A rule as data."""

    from_end: bool = strawberry.field(
        description="Counted from the period's last day; else from its first, or the occurrence."
    )
    unit: str = strawberry.field(description="`naturalDays`, `workingDays` or `months`.")
    count: int = strawberry.field(description="How many.")

    @classmethod
    def of(cls, text: str) -> Self:
        """Read it from its JSON."""
        said = json.loads(text)
        ((unit, count),) = said["within"].items()
        return cls(from_end=said["from"] == "end", unit=unit, count=count)


@strawberry.type(description="One version of something that has to be made public.")
class CatalogueItem(Node):
    """Preset, or a community's own."""

    code: str = strawberry.field(description="Its code; versions share it.")
    version: int = strawberry.field(description="Which version of it.")
    is_preset: bool = strawberry.field(description="Whether it is not a community's own.")
    affair: Affair = strawberry.field(description="Which of the three affairs it is of.")
    finance_class: FinanceClass | None = strawberry.field(description="Which class of finance.")
    title_zh: str = strawberry.field(description="What it is called in Chinese.")
    title_en: str = strawberry.field(description="What it is called in English.")
    frequency: Frequency = strawberry.field(description="How often it is due.")
    due_rule: DueRule = strawberry.field(description="How long it may take.")
    retention_months: int | None = strawberry.field(
        description="For how many months it stays on display; null for ever."
    )
    form: list[FormField] = strawberry.field(description="The fields of its rows, if it has any.")
    legal_basis: str = strawberry.field(description="The law it rests on.")
    source: str = strawberry.field(description="Where its wording and figures come from.")
    effective_from: date = strawberry.field(description="The day from which it holds.")

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        finance_class = row["finance_class"]
        return cls(
            id=node.encode("catalogue_item", row["id"]),
            code=row["code"],
            version=row["version"],
            is_preset=row["community_id"] is None,
            affair=Affair(row["affair"]),
            finance_class=FinanceClass(finance_class) if finance_class else None,
            title_zh=row["title_zh"],
            title_en=row["title_en"],
            frequency=Frequency(row["frequency"]),
            due_rule=DueRule.of(row["due_rule"]),
            retention_months=row["retention_months"],
            form=[FormField.of(each) for each in fields_of(json.loads(row["form"]))],
            legal_basis=row["legal_basis"],
            source=row["source"],
            effective_from=row["effective_from"],
        )

    @classmethod
    async def load(cls, info: Info, item_id: UUID) -> Self | None:
        """Load it with the others of its level."""
        row = await info.context.load(catalogue.items_by_id, item_id)
        return None if row is None else cls.of(row)


@strawberry.type(description="A duty: an item of a period or an occurrence, to be public in time.")
class Obligation(Node):
    """Everybody sees whether it was met."""

    code: str = strawberry.field(description="The item's code.")
    affair: Affair = strawberry.field(description="Which of the three affairs it is of.")
    period_start: date = strawberry.field(description="The first day that it is about.")
    period_end: date = strawberry.field(description="The last day that it is about.")
    occurrence: str | None = strawberry.field(
        description="What occurred, where the item is due at once."
    )
    due_at: datetime = strawberry.field(
        description="The first instant at which it is late: 24:00 of its last day."
    )
    due_certain: bool = strawberry.field(
        description="Whether the working days that the last day rests on were published."
    )
    state: ObligationState = strawberry.field(description="How it stands.")
    met_at: datetime | None = strawberry.field(description="When it was met, in time or late.")
    late_at: datetime | None = strawberry.field(description="When it was found late.")
    waived_at: datetime | None = strawberry.field(description="When it was waived.")
    reason: str | None = strawberry.field(description="Why it was waived.")
    disclosure_id: strawberry.ID | None = strawberry.field(
        description="The disclosure that met it."
    )
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        met_by = row["disclosure_id"]
        return cls(
            id=node.encode("obligation", row["id"]),
            code=row["code"],
            affair=Affair(row["affair"]),
            period_start=row["period_start"],
            period_end=row["period_end"],
            occurrence=row["occurrence"],
            due_at=row["due_at"],
            due_certain=row["due_certain"],
            state=ObligationState(row["state"]),
            met_at=row["met_at"],
            late_at=row["late_at"],
            waived_at=row["waived_at"],
            reason=row["reason"],
            disclosure_id=node.encode("disclosure", met_by) if met_by else None,
            row=row,
        )

    @classmethod
    async def load(cls, info: Info, obligation_id: UUID) -> Self | None:
        """Load it with the others of its level."""
        row = await info.context.load(catalogue.obligations_by_id, obligation_id)
        return None if row is None else cls.of(row)

    @strawberry.field(description="The item, in the version it is owed by.", metadata=LOADS)
    async def item(self, info: Info) -> CatalogueItem | None:
        """Load it with those of the other duties."""
        return await CatalogueItem.load(info, self.row["item_id"])

    @strawberry.field(description="The community that owes it.", metadata=LOADS)
    async def community(self, info: Info) -> Area | None:
        """Load it with those of the other duties."""
        return await Area.load(info, self.row["community_id"])


@strawberry.type(description="How punctual an area was in a year, by the last days of its duties.")
class Punctuality:
    """Counts, and the share that was met in time of what was met or late."""

    year: int = strawberry.field(description="The year.")
    met: int = strawberry.field(description="Duties met in time.")
    late: int = strawberry.field(description="Duties not met in time, made up for or not.")
    made_up: int = strawberry.field(description="Of those, how many were met afterwards.")
    pending: int = strawberry.field(description="Duties that are not due yet.")
    waived: int = strawberry.field(description="Duties that were waived.")
    per_mille: int | None = strawberry.field(
        description="Met in time, of a thousand met or late; null where there is nothing to judge."
    )
    area_uuid: strawberry.Private[UUID]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        judged = row["met"] + row["late"]
        return cls(
            year=row["year"],
            met=row["met"],
            late=row["late"],
            made_up=row["made_up"],
            pending=row["pending"],
            waived=row["waived"],
            per_mille=row["met"] * 1000 // judged if judged else None,
            area_uuid=row["id"],
        )

    @strawberry.field(description="The area.", metadata=LOADS)
    async def area(self, info: Info) -> Area | None:
        """Load it with the others."""
        return await Area.load(info, self.area_uuid)


@strawberry.input(description="What a list of duties is narrowed to.")
class ObligationFilterInput:
    """Every field narrows."""

    area_id: strawberry.ID = strawberry.field(
        description="Duties of this area and of what lies in it."
    )
    states: list[ObligationState] | None = strawberry.field(
        default=None, description="Duties that stand so."
    )
    affairs: list[Affair] | None = strawberry.field(
        default=None, description="Duties of these affairs."
    )
    year: int | None = strawberry.field(
        default=None, description="Duties whose last day lies in this year."
    )
    code: str | None = strawberry.field(default=None, description="Duties of this item.")


@strawberry.input(description="Whose punctuality, and when.")
class PunctualityInput:
    """Areas of a kind within an area, in a year."""

    area_id: strawberry.ID = strawberry.field(description="The area that they lie in.")
    kind: AreaKind = strawberry.field(
        default=AreaKind.COMMUNITY, description="Communities, or the streets above them."
    )
    year: int = strawberry.field(description="The year in which the last days of duties lie.")


async def _items(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    found = await catalogue.items_by_id(actor, ids)
    return [CatalogueItem.of(row) if row else None for row in found]


async def _obligations(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    found = await catalogue.obligations_by_id(actor, ids)
    return [Obligation.of(row) if row else None for row in found]


node.register("catalogue_item", _items)
node.register("obligation", _obligations)


@strawberry.type
class CatalogueQuery:
    """Items and duties: public to everybody."""

    @strawberry.field(description="The preset catalogue of the three affairs, in all versions.")
    async def preset_catalogue(
        self, info: Info, affair: OfAffair = None, first: First = None, after: After = None
    ) -> Connection[CatalogueItem]:
        """Read a page of it."""
        of = listing("presetCatalogue", {"affair": affair})
        at = page(of, first, after)
        found = await catalogue.presets(info.context.actor, affair, at)
        return connection(of, found, at, make=CatalogueItem.of, key=_code_and_version)

    @strawberry.field(description="The items that a community keeps to.")
    async def community_catalogue(
        self,
        info: Info,
        community_id: OfCommunity,
        affair: OfAffair = None,
        first: First = None,
        after: After = None,
    ) -> Connection[CatalogueItem]:
        """Read a page of them."""
        uuid = node.known("area", community_id) or node.NOBODY
        of = listing("communityCatalogue", {"community": uuid, "affair": affair})
        at = page(of, first, after)
        found = await catalogue.kept(info.context.actor, uuid, affair, at)
        return connection(of, found, at, make=CatalogueItem.of, key=_code_and_version)

    @strawberry.field(description="Duties, the last to be due first.")
    async def obligations(
        self,
        info: Info,
        where: Annotated[ObligationFilterInput, strawberry.argument(description="Which.")],
        first: First = None,
        after: After = None,
    ) -> Connection[Obligation]:
        """Read a page of them."""
        asked = DutyFilter(
            area_path=await path_of(where.area_id) or NOWHERE,
            states=tuple(where.states) if where.states is not None else None,
            affairs=tuple(where.affairs) if where.affairs is not None else None,
            year=where.year,
            code=None if where.code is None else texts.code(where.code),
        )
        of = listing("obligations", {"where": asked})
        at = page(of, first, after)
        found = await catalogue.obligations(info.context.actor, asked, at)
        return connection(
            of, found, at, make=Obligation.of, key=lambda row: (row["due_at"], row["id"])
        )

    @strawberry.field(description="How punctual an area was in a year; null where it is none.")
    async def punctuality(self, info: Info, area_id: OfArea, year: OfYear) -> Punctuality | None:
        """Load it with others that are asked for."""
        uuid = node.known("area", area_id)
        if uuid is None:
            return None
        row = await info.context.load(catalogue.punctuality, (uuid, year))
        return None if row is None else Punctuality.of(row)

    @strawberry.field(description="How punctual the areas of a kind within an area were.")
    async def punctuality_by_area(
        self,
        info: Info,
        where: Annotated[PunctualityInput, strawberry.argument(description="Which.")],
        first: First = None,
        after: After = None,
    ) -> Connection[Punctuality]:
        """Read a page of them."""
        within = await path_of(where.area_id) or NOWHERE
        narrowed = {"within": within, "kind": where.kind, "year": where.year}
        of = listing("punctualityByArea", narrowed)
        at = page(of, first, after)
        found = await catalogue.punctuality_below(
            info.context.actor, within, where.kind, where.year, at
        )
        return connection(of, found, at, make=Punctuality.of, key=lambda row: (row["path"],))


def _code_and_version(row: Row) -> tuple[str, int]:
    return row["code"], row["version"]
