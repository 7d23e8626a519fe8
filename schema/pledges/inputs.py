"""What is written of a pledge, handed to the domain."""

from datetime import date
from uuid import UUID

import strawberry

from domains.kernel.errors import NotFound
from domains.pledges.queries import pledges
from domains.pledges.service import (
    EvidenceDraft,
    MilestoneDraft,
    ReportDraft,
    Target,
    TermsDraft,
)
from domains.pledges.values.pledges import EvidenceKind, SourceKind
from schema import node
from schema.context import Info
from schema.pledges.delivery import REFERRED
from schema.pledges.references import belonging
from schema.pledges.types import SOURCES
from schema.scalars import Fen

Key = "A key of the client's own: the same command with it happens once."
Argument = strawberry.argument(description="What to do.")


@strawberry.input(description="What a pledge is measured by.")
class PledgeTargetInput:
    """A number, its unit, and how it is measured."""

    number: int = strawberry.field(description="How many, 1 or more.")
    unit: str = strawberry.field(description="Of what, 1 to 20 characters.")
    measure: str = strawberry.field(description="How that is measured, 2 to 500 characters.")


@strawberry.input(description="A step on the way.")
class PledgeMilestoneInput:
    """The weights of all make 100."""

    id: strawberry.ID | None = strawberry.field(
        default=None, description="The milestone, where the pledge has it already."
    )
    title: str = strawberry.field(description="What is to be reached, 2 to 120 characters.")
    due_on: date = strawberry.field(description="By which day; by the deadline at the latest.")
    weight: int = strawberry.field(description="Its share of the whole, in hundredths.")


@strawberry.input(description="What is promised, by whom, where, for whom, by when, how measured.")
class PledgeTermsInput:
    """A pledge without a target or a deadline is refused."""

    title: str = strawberry.field(description="In a line, 2 to 80 characters.")
    content: str = strawberry.field(description="In full, 2 to 5,000 characters.")
    organisation_id: strawberry.ID = strawberry.field(description="The body that answers for it.")
    person_id: strawberry.ID = strawberry.field(
        description="Who answers for it: holds a role in the body, in the community or above it."
    )
    place_area_id: strawberry.ID = strawberry.field(
        description="The area where it is delivered: the community or what lies in it."
    )
    place: str = strawberry.field(default="", description="Where exactly, 200 characters at most.")
    beneficiaries: str = strawberry.field(description="For whom, 2 to 500 characters.")
    budget_fen: Fen = strawberry.field(description="What it may cost, in fen.")
    deadline: date | None = strawberry.field(
        default=None, description="By which day it is delivered; refused without."
    )
    target: PledgeTargetInput | None = strawberry.field(
        default=None, description="What it is measured by; refused without."
    )
    partner_ids: list[strawberry.ID] = strawberry.field(
        default_factory=list, description="Who takes part besides the body, 20 at most."
    )
    milestones: list[PledgeMilestoneInput] = strawberry.field(
        default_factory=list, description="The steps on the way, 1 to 20, in order."
    )

    def draft(self) -> TermsDraft:
        """Hand it to the domain; raises NotFound for ids that name nothing."""
        at = ("input", "terms")
        target = self.target
        return TermsDraft(
            title=self.title,
            content=self.content,
            organisation_id=node.decode(
                "organisation", self.organisation_id, path=(*at, "organisationId")
            ),
            person_id=node.decode("person", self.person_id, path=(*at, "personId")),
            place_area_id=node.decode("area", self.place_area_id, path=(*at, "placeAreaId")),
            place=self.place,
            beneficiaries=self.beneficiaries,
            budget_fen=self.budget_fen,
            deadline=self.deadline,
            target=Target(target.number, target.unit, target.measure) if target else None,
            partner_ids=tuple(
                node.decode("organisation", each, path=(*at, "partnerIds"))
                for each in self.partner_ids
            ),
            milestones=tuple(
                MilestoneDraft(
                    each.title,
                    each.due_on,
                    each.weight,
                    node.decode_optional("pledge_milestone", each.id, path=(*at, "milestones")),
                )
                for each in self.milestones
            ),
        )


@strawberry.input(description="Where a pledge comes from.")
class PledgeSourceInput:
    """A kind, and what it was."""

    kind: SourceKind = strawberry.field(description="What kind of thing.")
    id: strawberry.ID | None = strawberry.field(
        default=None,
        description="Its id, of something that the caller sees; none for the community's own.",
    )

    async def source(self, info: Info, *, to: str | None) -> tuple[SourceKind, UUID | None]:
        """Hand it to the domain; raises NotFound for what is not seen, or not of the area."""
        if self.id is None or self.kind is SourceKind.OWN:
            return self.kind, None
        path = ("input", "source", "id")
        return self.kind, await belonging(info, SOURCES[self.kind], self.id, to=to, path=path)


@strawberry.input(description="What a claim is proven by.")
class PledgeEvidenceInput:
    """A picture, a count of those who came, a disclosure, or a line of the accounts."""

    kind: EvidenceKind = strawberry.field(description="What it is.")
    dated_on: date = strawberry.field(
        description="The day of it: not after the day of what it proves."
    )
    caption: str = strawberry.field(default="", description="What it shows, 200 characters.")
    upload_id: strawberry.ID | None = strawberry.field(
        default=None, description="A picture: a complete upload of the caller's, used once."
    )
    subject_id: strawberry.ID | None = strawberry.field(
        default=None, description="The disclosure, or the line of the accounts."
    )
    head_count: int | None = strawberry.field(
        default=None, description="How many came, for attendance; never who."
    )

    async def draft(self, info: Info, *, to: str | None) -> EvidenceDraft:
        """Hand it to the domain; raises NotFound for what is not seen, or not of the area."""
        path = ("input", "report", "evidence")
        subject_id: UUID | None = None
        if self.subject_id is not None:
            kind = REFERRED.get(self.kind)
            if kind is None:
                raise NotFound(path=path)
            subject_id = await belonging(info, kind, self.subject_id, to=to, path=path)
        return EvidenceDraft(
            kind=self.kind,
            dated_on=self.dated_on,
            caption=self.caption,
            upload_id=node.decode_optional("upload", self.upload_id, path=path),
            subject_id=subject_id,
            head_count=self.head_count,
        )


@strawberry.input(description="A claim, with its evidence.")
class PledgeReportInput:
    """What happened, when, and what proves it."""

    text: str = strawberry.field(description="What happened, 2 to 2,000 characters.")
    happened_on: date = strawberry.field(
        description="On which day: today at the latest, and since the promise was given."
    )
    evidence: list[PledgeEvidenceInput] = strawberry.field(description="What proves it, 1 to 20.")
    milestone_id: strawberry.ID | None = strawberry.field(
        default=None, description="The milestone that is reached by it; none for a delivery."
    )
    achieved_number: int | None = strawberry.field(
        default=None, description="What is reached of the target; a delivery needs it."
    )

    async def draft(self, info: Info, pledge_id: UUID) -> ReportDraft:
        """Hand it to the domain."""
        place = await pledges.pledge_place(pledge_id)
        to = None if place is None else place.area_path
        path = ("input", "report", "milestoneId")
        return ReportDraft(
            text=self.text,
            happened_on=self.happened_on,
            evidence=tuple([await each.draft(info, to=to) for each in self.evidence]),
            milestone_key=node.decode_optional("pledge_milestone", self.milestone_id, path=path),
            achieved_number=self.achieved_number,
        )
