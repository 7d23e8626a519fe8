"""Tags: what is recorded of people and households, so that what is meant for them finds them."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

import strawberry

from domains.kernel import clock
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.membership.queries import areas, tags
from domains.membership.queries.tags import TagTold
from domains.membership.rules.figures import told_roughly
from domains.membership.values import TagSensitivity, TagSubject
from schema import node
from schema.connection import After, Connection, First, connection, listing, page
from schema.context import LOADS, Info
from schema.membership import enums as _enums  # noqa: F401  # describes the enums first
from schema.membership.types import Household, Person
from schema.node import Node


@strawberry.type(description="A kind of tag: preset for everybody, or a community's own.")
class TagKind:
    """Which kinds there are is public; of whom they are said is not."""

    code: str = strawberry.field(description="Its code.")
    subject: TagSubject = strawberry.field(description="What it is said of.")
    title: str = strawberry.field(description="Its title, in the caller's language.")
    sensitivity: TagSensitivity = strawberry.field(description="How much it could hurt.")
    needs_consent: bool = strawberry.field(
        description="Whether it reaches only who has allowed that."
    )
    review_months: int = strawberry.field(
        description="After how many months what it says is looked at again, unless told."
    )
    basis: str = strawberry.field(description="What allows that it is kept.")
    retired_at: datetime | None = strawberry.field(description="From when it is said no more.")

    @classmethod
    def of(cls, row: Row, locale: str) -> Self:
        """Make it from its row."""
        return cls(
            code=row["code"],
            subject=TagSubject(row["subject"]),
            title=row["title_en"] if locale.startswith("en") else row["title_zh"],
            sensitivity=TagSensitivity(row["sensitivity"]),
            needs_consent=row["needs_consent"],
            review_months=row["review_months"],
            basis=row["basis"],
            retired_at=row["retired_at"],
        )


@strawberry.type(description="What is recorded of a person or a household.")
class Tag(Node):
    """Read by whom it is said of; by staff, who open it, which is audited."""

    source: str = strawberry.field(description="How it is known.")
    since: date = strawberry.field(description="From when it is so.")
    review_on: date = strawberry.field(
        description="The day by which it is looked at again; after it, it reaches nobody."
    )
    set_at: datetime = strawberry.field(description="When it was recorded.")
    ended_at: datetime | None = strawberry.field(description="When it ended.")
    needs_consent: bool = strawberry.field(description="Whether its use has to be allowed.")
    consented_at: datetime | None = strawberry.field(
        description="When its use was allowed; null where it was not, or was withdrawn."
    )
    contested_at: datetime | None = strawberry.field(description="When it was last contested.")
    contest: str | None = strawberry.field(description="What the contest says.")
    settled_at: datetime | None = strawberry.field(description="When the contest was answered.")
    answer: str | None = strawberry.field(description="What was answered.")
    told: strawberry.Private[TagTold]

    @classmethod
    def of(cls, told: TagTold) -> Self:
        """Make it from what was opened."""
        return cls(
            id=node.encode("tag", told.id),
            source=told.source,
            since=told.since,
            review_on=told.review_on,
            set_at=told.set_at,
            ended_at=told.ended_at,
            needs_consent=told.needs_consent,
            consented_at=told.consented_at,
            contested_at=told.contested_at,
            contest=told.contest,
            settled_at=told.settled_at,
            answer=told.answer,
            told=told,
        )

    @strawberry.field(description="Its kind.", metadata=LOADS)
    async def kind(self, info: Info) -> TagKind | None:
        """Load it with those of the other tags."""
        row = await info.context.load(tags.kinds_by_code, self.told.code)
        return None if row is None else TagKind.of(row, info.context.actor.locale)

    @strawberry.field(description="The person; null for a household's.", metadata=LOADS)
    async def person(self, info: Info) -> Person | None:
        """Load them with those of the other tags."""
        person_id = self.told.person_id
        return None if person_id is None else await Person.load(info, person_id)

    @strawberry.field(description="The household; null for a person's.", metadata=LOADS)
    async def household(self, info: Info) -> Household | None:
        """Load it with those of the other tags."""
        household_id = self.told.household_id
        return None if household_id is None else await Household.load(info, household_id)

    @strawberry.field(description="Who recorded it; a masked name for who may not know it.")
    async def set_by(self, info: Info) -> Person | None:
        """Load them with the others."""
        set_by_id = self.told.set_by_id
        return None if set_by_id is None else await Person.load(info, set_by_id)


@strawberry.type(description="How often a kind is said in an area.")
class TagFigure:
    """Small figures are not told: they would tell of people."""

    kind: TagKind = strawberry.field(description="The kind.")
    tagged: int | None = strawberry.field(
        description="How many, in fives; a kind that is said of fewer than five is not listed."
    )
    usable: int | None = strawberry.field(
        description="How many may be reached by it, in fives; null below five."
    )


@strawberry.type
class TagQuery:
    """Kinds, one's own tags, figures."""

    @strawberry.field(description="The kinds of tags, in the order of their codes.")
    async def tag_kinds(
        self,
        info: Info,
        subject: Annotated[
            TagSubject | None, strawberry.argument(description="Only those said of this.")
        ] = None,
        retired_too: Annotated[
            bool, strawberry.argument(description="Also those that are said no more.")
        ] = False,
        first: First = None,
        after: After = None,
    ) -> Connection[TagKind]:
        """The presets, and those of where the caller belongs."""
        of = listing("tagKinds", {"subject": subject, "retired": retired_too})
        asked = page(of, first, after)
        actor = info.context.actor
        found = await tags.kinds(actor, subject, asked, retired=retired_too)
        return connection(
            of,
            found,
            asked,
            make=lambda row: TagKind.of(row, actor.locale),
            key=lambda row: (row["code"],),
        )

    @strawberry.field(
        description="What is recorded of the caller and of the caller's household, newest first."
    )
    async def my_tags(
        self,
        info: Info,
        ended_too: Annotated[
            bool, strawberry.argument(description="Also those that have ended.")
        ] = False,
        first: First = None,
        after: After = None,
    ) -> Connection[Tag]:
        """Everybody may know what is recorded of them (PIPL, article 45)."""
        of = listing("myTags", {"ended": ended_too})
        asked = page(of, first, after)
        found = await tags.my_tags(info.context.actor, asked, ended=ended_too)
        return connection(
            of, found, asked, make=lambda row: Tag.of(tags.told(row)), key=lambda row: (row["id"],)
        )

    @strawberry.field(
        description="How often each kind is said in an area; empty for who does not keep tags."
    )
    async def tag_figures(
        self,
        info: Info,
        area_id: Annotated[strawberry.ID, strawberry.argument(description="The area.")],
    ) -> list[TagFigure]:
        """For staff of the area, without the small figures."""
        uuid = node.known("area", area_id)
        area = None if uuid is None else await info.context.load(areas.areas_by_id, uuid)
        if area is None or not tags.may_keep(info.context.actor, area["path"]):
            return []
        return await _figures(info, area["path"])


async def _figures(info: Info, area_path: str) -> list[TagFigure]:
    counted = await tags.counts(area_path, await clock.today())
    rows = await tags.all_kinds()
    found = []
    for row in rows:
        tagged, usable = counted.get(tags.kind_index(row["code"]), (0, 0))
        said = told_roughly(tagged)
        if said is not None:
            kind = TagKind.of(row, info.context.actor.locale)
            found.append(TagFigure(kind=kind, tagged=said, usable=told_roughly(usable)))
    return found


async def _tags(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    rows = await tags.own_by_id(actor, ids)
    return [Tag.of(tags.told(row)) if row else None for row in rows]


node.register("tag", _tags)
