"""Reading pledges."""

from datetime import date
from typing import Annotated
from uuid import UUID

import strawberry

from domains.membership.queries import places
from domains.membership.values import AreaKind
from domains.pledges.queries import delivery, pledges, scoreboard
from domains.pledges.queries.pledges import PledgeFilter
from domains.pledges.values.pledges import Keeping, PledgeState, SourceKind
from schema import node
from schema.connection import After, Connection, First, connection, listing, page
from schema.context import Info
from schema.pledges.delivery import (
    PledgeAcceptance,
    PledgeChange,
    PledgeComment,
    PledgeHistoryEntry,
    PledgeObjection,
    PledgeReport,
)
from schema.pledges.scoreboard import AreaPledgeScore, BodyPledgeScore, PledgeScore
from schema.pledges.terms import PledgeTerms
from schema.pledges.types import Pledge, PledgeProgramme

PledgeId = Annotated[strawberry.ID, strawberry.argument(description="The pledge.")]
Within = Annotated[
    strawberry.ID | None, strawberry.argument(description="An area, with what lies in it.")
]
Year = Annotated[int | None, strawberry.argument(description="The year.")]
OfYear = Annotated[int, strawberry.argument(description="The year.")]
_YEARS = range(2000, 3000)


@strawberry.input(description="What a list of pledges is narrowed to.")
class PledgeFilterInput:
    """Every field narrows."""

    area_id: strawberry.ID | None = strawberry.field(
        default=None, description="Pledges to this area and to what lies in it."
    )
    programme_id: strawberry.ID | None = strawberry.field(
        default=None, description="Pledges of this programme."
    )
    year: int | None = strawberry.field(default=None, description="Pledges of this year.")
    states: list[PledgeState] | None = strawberry.field(
        default=None, description="Pledges in one of these states."
    )
    organisation_id: strawberry.ID | None = strawberry.field(
        default=None, description="Pledges of this body."
    )
    person_id: strawberry.ID | None = strawberry.field(
        default=None, description="Pledges that this person answers for."
    )
    partner_id: strawberry.ID | None = strawberry.field(
        default=None, description="Pledges in which this organisation takes part."
    )
    sources: list[SourceKind] | None = strawberry.field(
        default=None, description="Pledges that come from one of these."
    )
    keeping: Keeping | None = strawberry.field(
        default=None, description="Pledges that were so kept."
    )
    due_by: date | None = strawberry.field(
        default=None, description="Pledges whose deadline in force is this day or earlier."
    )
    holds: str | None = strawberry.field(
        default=None,
        description="Pledges whose title, content, place or beneficiaries hold these words.",
    )
    followed: bool = strawberry.field(default=False, description="Pledges that the caller follows.")

    async def narrowed(self, info: Info) -> PledgeFilter:
        """Hand it to the domain; what names nothing finds nothing."""
        person_id = info.context.actor.person_id
        return PledgeFilter(
            area_path=await path_of(self.area_id),
            year=year_of(self.year),
            states=tuple(self.states) if self.states is not None else None,
            organisation_id=_named("organisation", self.organisation_id),
            person_id=_named("person", self.person_id),
            partner_id=_named("organisation", self.partner_id),
            sources=tuple(self.sources) if self.sources is not None else None,
            keeping=self.keeping,
            due_by=self.due_by,
            holds=self.holds.replace("\x00", "") if self.holds else None,
            followed_by=(person_id or node.NOBODY) if self.followed else None,
            programme_id=_named("pledge_programme", self.programme_id),
        )


Where = Annotated[
    PledgeFilterInput | None, strawberry.argument(description="What to narrow the list to.")
]


def _named(kind: str, text: str | None) -> UUID | None:
    return None if text is None else node.known(kind, text) or node.NOBODY


def year_of(year: int | None) -> int | None:
    """Return a year that a programme can have; another finds nothing."""
    return year if year is None or year in _YEARS else 0


async def path_of(area_id: str | None) -> str | None:
    """Return an area's path to narrow a list by; one that is nowhere where the id names none."""
    if area_id is None:
        return None
    uuid = node.known("area", area_id)
    place = None if uuid is None else await places.place_of(uuid)
    return place.area_path if place else "//"


@strawberry.type
class PledgesQuery:
    """Promises and how they are kept."""

    @strawberry.field(description="A pledge; null where it cannot be seen.")
    async def pledge(self, info: Info, id: PledgeId) -> Pledge | None:
        """Answer alike for malformed, absent and invisible."""
        pledge_id = node.known("pledge", id)
        return None if pledge_id is None else await Pledge.load(info, pledge_id)

    @strawberry.field(description="The pledges that the caller sees, the latest proposed first.")
    async def pledges(
        self, info: Info, where: Where = None, first: First = None, after: After = None
    ) -> Connection[Pledge]:
        """Read a page of them."""
        narrowed = await (where or PledgeFilterInput()).narrowed(info)
        of = listing("pledges", {"where": narrowed})
        at = page(of, first, after)
        found = await pledges.pledges(info.context.actor, narrowed, at)
        return connection(
            of, found, at, make=Pledge.of, key=lambda row: (row["proposed_at"], row["id"])
        )

    @strawberry.field(description="The programmes of pledges, the latest year first.")
    async def pledge_programmes(
        self,
        info: Info,
        area_id: Within = None,
        year: Year = None,
        first: First = None,
        after: After = None,
    ) -> Connection[PledgeProgramme]:
        """Read a page of them."""
        path = await path_of(area_id)
        of = listing("pledgeProgrammes", {"path": path, "year": year})
        at = page(of, first, after)
        found = await pledges.programmes(
            info.context.actor, area_path=path, year=year_of(year), page=at
        )
        return connection(
            of, found, at, make=PledgeProgramme.of, key=lambda row: (row["year"], row["id"])
        )

    @strawberry.field(description="What was claimed of a pledge, the first first.")
    async def pledge_reports(
        self, info: Info, pledge_id: PledgeId, first: First = None, after: After = None
    ) -> Connection[PledgeReport]:
        """Read a page of them."""
        uuid = node.known("pledge", pledge_id) or node.NOBODY
        of = listing("pledgeReports", {"pledge": uuid})
        at = page(of, first, after)
        found = await delivery.reports(info.context.actor, uuid, at)
        return connection(
            of, found, at, make=PledgeReport.of, key=lambda row: (row["reported_at"], row["id"])
        )

    @strawberry.field(description="The changes of a pledge, the first first.")
    async def pledge_changes(
        self, info: Info, pledge_id: PledgeId, first: First = None, after: After = None
    ) -> Connection[PledgeChange]:
        """Read a page of them."""
        uuid = node.known("pledge", pledge_id) or node.NOBODY
        of = listing("pledgeChanges", {"pledge": uuid})
        at = page(of, first, after)
        found = await delivery.changes(info.context.actor, uuid, at)
        return connection(of, found, at, make=PledgeChange.of, key=lambda row: (row["version"],))

    @strawberry.field(description="All that the terms of a pledge have said, version by version.")
    async def pledge_versions(
        self, info: Info, pledge_id: PledgeId, first: First = None, after: After = None
    ) -> Connection[PledgeTerms]:
        """Read a page of them."""
        uuid = node.known("pledge", pledge_id) or node.NOBODY
        of = listing("pledgeVersions", {"pledge": uuid})
        at = page(of, first, after)
        found = await delivery.versions(info.context.actor, uuid, at)
        return connection(
            of,
            found,
            at,
            make=lambda row: PledgeTerms.of(row, (row["pledge_id"], row["version"])),
            key=lambda row: (row["version"],),
        )

    @strawberry.field(description="Objections to a pledge and contests of its claims.")
    async def pledge_objections(
        self, info: Info, pledge_id: PledgeId, first: First = None, after: After = None
    ) -> Connection[PledgeObjection]:
        """Read a page of them, the first first."""
        uuid = node.known("pledge", pledge_id) or node.NOBODY
        of = listing("pledgeObjections", {"pledge": uuid})
        at = page(of, first, after)
        found = await delivery.objections(info.context.actor, uuid, at)
        return connection(
            of, found, at, make=PledgeObjection.of, key=lambda row: (row["filed_at"], row["id"])
        )

    @strawberry.field(description="Comments on a pledge, the first first.")
    async def pledge_comments(
        self, info: Info, pledge_id: PledgeId, first: First = None, after: After = None
    ) -> Connection[PledgeComment]:
        """Read a page of them."""
        uuid = node.known("pledge", pledge_id) or node.NOBODY
        of = listing("pledgeComments", {"pledge": uuid})
        at = page(of, first, after)
        found = await delivery.comments(info.context.actor, uuid, at)
        return connection(
            of, found, at, make=PledgeComment.of, key=lambda row: (row["at"], row["id"])
        )

    @strawberry.field(description="What was said of a pledge's deliveries, the first first.")
    async def pledge_acceptances(
        self, info: Info, pledge_id: PledgeId, first: First = None, after: After = None
    ) -> Connection[PledgeAcceptance]:
        """Read a page of it."""
        uuid = node.known("pledge", pledge_id) or node.NOBODY
        of = listing("pledgeAcceptances", {"pledge": uuid})
        at = page(of, first, after)
        found = await delivery.acceptances(info.context.actor, uuid, at)
        return connection(
            of, found, at, make=PledgeAcceptance.of, key=lambda row: (row["at"], row["id"])
        )

    @strawberry.field(description="The public history of a pledge, from its beginning.")
    async def pledge_history(
        self, info: Info, pledge_id: PledgeId, first: First = None, after: After = None
    ) -> Connection[PledgeHistoryEntry]:
        """Read a page of it."""
        uuid = node.known("pledge", pledge_id) or node.NOBODY
        of = listing("pledgeHistory", {"pledge": uuid})
        at = page(of, first, after)
        found = await delivery.history(info.context.actor, uuid, at)
        return connection(of, found, at, make=PledgeHistoryEntry.of, key=lambda row: (row["seq"],))


@strawberry.type
class ScoreboardQuery:
    """How promises were kept."""

    @strawberry.field(description="How the pledges of a year were kept, in an area or everywhere.")
    async def pledge_score(self, info: Info, year: OfYear, area_id: Within = None) -> PledgeScore:
        """Sum them."""
        path = await path_of(area_id)
        found = await scoreboard.whole(info.context.actor, year=year_of(year) or 0, within=path)
        return PledgeScore.of(found)

    @strawberry.field(description="The scoreboard by area, in the order of the areas' codes.")
    async def pledge_scores_by_area(
        self,
        info: Info,
        *,
        year: OfYear,
        kind: Annotated[
            AreaKind, strawberry.argument(description="Communities, streets, districts or cities.")
        ],
        area_id: Within = None,
        first: First = None,
        after: After = None,
    ) -> Connection[AreaPledgeScore]:
        """Read a page of it."""
        path = await path_of(area_id)
        of = listing("pledgeScoresByArea", {"year": year, "kind": kind, "path": path})
        at = page(of, first, after)
        found = await scoreboard.by_area(
            info.context.actor, kind=kind, year=year_of(year) or 0, within=path, page=at
        )
        return connection(of, found, at, make=AreaPledgeScore.of, key=lambda row: (row["path"],))

    @strawberry.field(description="The scoreboard by responsible body.")
    async def pledge_scores_by_body(
        self,
        info: Info,
        year: OfYear,
        area_id: Within = None,
        first: First = None,
        after: After = None,
    ) -> Connection[BodyPledgeScore]:
        """Read a page of it, in the order of the bodies' ids."""
        path = await path_of(area_id)
        of = listing("pledgeScoresByBody", {"year": year, "path": path})
        at = page(of, first, after)
        found = await scoreboard.by_body(
            info.context.actor, year=year_of(year) or 0, within=path, page=at
        )
        return connection(
            of, found, at, make=BodyPledgeScore.of, key=lambda row: (row["organisation_id"],)
        )
