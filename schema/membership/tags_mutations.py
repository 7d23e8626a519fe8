"""Acting on tags. Each result is the payload or the refusal."""

from datetime import date
from typing import Annotated
from uuid import UUID

import strawberry

from domains.membership.queries import tags
from domains.membership.rules.tags import TagKindPreset
from domains.membership.service import tag_kinds, tagging
from domains.membership.values import (
    ConsentForm,
    TagConsent,
    TagDraft,
    TagSensitivity,
    TagSubject,
)
from schema import node
from schema.context import Info
from schema.errors import Refused
from schema.membership.people_mutations import Argument, Key
from schema.membership.tags import Tag, TagKind


@strawberry.input(description="A community's own kind of tag.")
class CreateTagKindInput:
    """What it is, and what allows that it is kept."""

    area_id: strawberry.ID = strawberry.field(description="The area whose kind it is.")
    code: str = strawberry.field(description="Small letters, digits and underscores; unique.")
    subject: TagSubject = strawberry.field(description="What it is said of.")
    title_zh: str = strawberry.field(description="Its Chinese title.")
    title_en: str = strawberry.field(description="Its English title.")
    sensitivity: TagSensitivity = strawberry.field(description="How much it could hurt.")
    basis: str = strawberry.field(description="What allows that it is kept.")
    review_months: int = strawberry.field(
        default=12, description="After how many months it is looked at again; 1 to 60."
    )


@strawberry.input(description="A community's own kind that is to be said no more.")
class RetireTagKindInput:
    """Which."""

    area_id: strawberry.ID = strawberry.field(description="The area whose kind it is.")
    code: str = strawberry.field(description="Its code.")


@strawberry.input(description="What is to be recorded.")
class TagDraftInput:
    """A kind, how it is known, and for how long."""

    code: str = strawberry.field(description="The kind's code.")
    source: str = strawberry.field(description="How it is known, 200 characters.")
    since: date | None = strawberry.field(default=None, description="From when; today if null.")
    review_on: date | None = strawberry.field(
        default=None, description="When it is looked at again; as its kind says if null."
    )

    def draft(self) -> TagDraft:
        """Hand it to the domain."""
        return TagDraft(
            code=self.code, source=self.source, since=self.since, review_on=self.review_on
        )


@strawberry.input(description="Something to be recorded of a person.")
class TagPersonInput:
    """Whom, and what."""

    person_id: strawberry.ID = strawberry.field(description="The person; oneself, or as staff.")
    tag: TagDraftInput = strawberry.field(description="What.")
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="Something to be recorded of a household.")
class TagHouseholdInput:
    """Which, and what."""

    household_id: strawberry.ID = strawberry.field(description="The household.")
    tag: TagDraftInput = strawberry.field(description="What.")
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="A tag that is found to be true still.")
class RenewTagInput:
    """Which, and until when."""

    tag_id: strawberry.ID = strawberry.field(description="The tag.")
    review_on: date = strawberry.field(description="The next day by which it is looked at.")


@strawberry.input(description="A tag that is to end.")
class EndTagInput:
    """Which."""

    tag_id: strawberry.ID = strawberry.field(description="The tag.")


@strawberry.input(description="A consent to use a tag.")
class AllowTagUseInput:
    """Which; staff say how it was given."""

    tag_id: strawberry.ID = strawberry.field(description="The tag.")
    form: ConsentForm | None = strawberry.field(
        default=None, description="How it was given, where staff enter it; null for one's own."
    )
    text_version: int = strawberry.field(
        default=tagging.CONSENT_TEXT_VERSION, description="The version of the text that was read."
    )


@strawberry.input(description="A consent that is withdrawn.")
class WithdrawTagUseInput:
    """Which."""

    tag_id: strawberry.ID = strawberry.field(description="The tag.")


@strawberry.input(description="A tag that is not true.")
class ContestTagInput:
    """Which, and why."""

    tag_id: strawberry.ID = strawberry.field(description="The tag.")
    reason: str = strawberry.field(description="What is wrong, 200 characters.")


@strawberry.input(description="The answer to a contest.")
class SettleTagContestInput:
    """Which, and whether it stands."""

    tag_id: strawberry.ID = strawberry.field(description="The tag.")
    stands: bool = strawberry.field(description="Whether the tag stands; else it ends.")
    answer: str = strawberry.field(description="What is answered, 200 characters.")


@strawberry.input(one_of=True, description="Whose tags to read, as staff.")
class OpenTagsInput:
    """Exactly one."""

    person_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="A person's."
    )
    household_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="A household's."
    )


@strawberry.type(description="The kind as it stands now.")
class TagKindSaved:
    """After the command."""

    kind: TagKind | None = strawberry.field(description="The kind.")


@strawberry.type(description="The tag as it stands now.")
class TagSaved:
    """After the command."""

    tag: Tag = strawberry.field(description="The tag.")
    replayed: bool = strawberry.field(default=False, description="Whether it had happened before.")


@strawberry.type(description="Tags, opened. The reading has been audited.")
class TagsOpened:
    """Told to who keeps them, and to nobody else."""

    tags: list[Tag] = strawberry.field(description="The tags that stand, the newest first.")


CreateTagKindResult = Annotated[
    TagKindSaved | Refused, strawberry.union("CreateTagKindResult", description="Made or refused.")
]
RetireTagKindResult = Annotated[
    TagKindSaved | Refused, strawberry.union("RetireTagKindResult", description="Done or refused.")
]
TagPersonResult = Annotated[
    TagSaved | Refused, strawberry.union("TagPersonResult", description="Recorded or refused.")
]
TagHouseholdResult = Annotated[
    TagSaved | Refused, strawberry.union("TagHouseholdResult", description="Recorded or refused.")
]
RenewTagResult = Annotated[
    TagSaved | Refused, strawberry.union("RenewTagResult", description="Done or refused.")
]
EndTagResult = Annotated[
    TagSaved | Refused, strawberry.union("EndTagResult", description="Ended or refused.")
]
AllowTagUseResult = Annotated[
    TagSaved | Refused, strawberry.union("AllowTagUseResult", description="Allowed or refused.")
]
WithdrawTagUseResult = Annotated[
    TagSaved | Refused, strawberry.union("WithdrawTagUseResult", description="Done or refused.")
]
ContestTagResult = Annotated[
    TagSaved | Refused, strawberry.union("ContestTagResult", description="Contested or refused.")
]
SettleTagContestResult = Annotated[
    TagSaved | Refused,
    strawberry.union("SettleTagContestResult", description="Answered or refused."),
]
OpenTagsResult = Annotated[
    TagsOpened | Refused, strawberry.union("OpenTagsResult", description="Told or refused.")
]


async def _saved(tag_id: UUID, *, replayed: bool = False) -> TagSaved:
    rows = await tags.by_id([tag_id])
    return TagSaved(tag=Tag.of(tags.told(rows[tag_id])), replayed=replayed)


async def _kind(info: Info, code: str) -> TagKindSaved:
    actor = info.context.actor
    row = (await tags.kinds_by_code(actor, [code]))[0]
    return TagKindSaved(kind=None if row is None else TagKind.of(row, actor.locale))


def _tag(given: strawberry.ID) -> UUID:
    return node.decode("tag", given, path=("input", "tagId"))


@strawberry.type
class TagMutation:
    """What staff record, and what whom it is said of may do about it."""

    @strawberry.mutation(description="Add a community's own kind of tag.")
    async def create_tag_kind(
        self, info: Info, input: Annotated[CreateTagKindInput, Argument]
    ) -> CreateTagKindResult:
        """What is sensitive is used by consent only."""
        kind = TagKindPreset(
            code=input.code,
            subject=input.subject,
            title_zh=input.title_zh,
            title_en=input.title_en,
            sensitivity=input.sensitivity,
            basis=input.basis,
            review_months=input.review_months,
        )
        area_id = node.decode("area", input.area_id, path=("input", "areaId"))
        await tag_kinds.create_tag_kind(info.context.actor, area_id, kind)
        return await _kind(info, input.code)

    @strawberry.mutation(description="Let a community's own kind be said no more.")
    async def retire_tag_kind(
        self, info: Info, input: Annotated[RetireTagKindInput, Argument]
    ) -> RetireTagKindResult:
        """What was said stays until it ends."""
        area_id = node.decode("area", input.area_id, path=("input", "areaId"))
        await tag_kinds.retire_tag_kind(info.context.actor, area_id, input.code)
        return await _kind(info, input.code)

    @strawberry.mutation(description="Record something of a person, or of oneself.")
    async def tag_person(
        self, info: Info, input: Annotated[TagPersonInput, Argument]
    ) -> TagPersonResult:
        """What one says of oneself is allowed to be used."""
        made = await tagging.tag_person(
            info.context.actor,
            node.decode("person", input.person_id, path=("input", "personId")),
            input.tag.draft(),
            idempotency_key=input.idempotency_key,
        )
        return await _saved(made.id, replayed=made.replayed)

    @strawberry.mutation(description="Record something of a household.")
    async def tag_household(
        self, info: Info, input: Annotated[TagHouseholdInput, Argument]
    ) -> TagHouseholdResult:
        """As staff."""
        made = await tagging.tag_household(
            info.context.actor,
            node.decode("household", input.household_id, path=("input", "householdId")),
            input.tag.draft(),
            idempotency_key=input.idempotency_key,
        )
        return await _saved(made.id, replayed=made.replayed)

    @strawberry.mutation(description="Find that a tag is still true, until a later day.")
    async def renew_tag(
        self, info: Info, input: Annotated[RenewTagInput, Argument]
    ) -> RenewTagResult:
        """As staff."""
        tag_id = _tag(input.tag_id)
        await tagging.renew_tag(info.context.actor, tag_id, review_on=input.review_on)
        return await _saved(tag_id)

    @strawberry.mutation(description="Let a tag be said no more.")
    async def end_tag(self, info: Info, input: Annotated[EndTagInput, Argument]) -> EndTagResult:
        """By staff, or by whom it is said of."""
        tag_id = _tag(input.tag_id)
        await tagging.end_tag(info.context.actor, tag_id)
        return await _saved(tag_id)

    @strawberry.mutation(description="Allow that a tag is used to reach whom it is said of.")
    async def allow_tag_use(
        self, info: Info, input: Annotated[AllowTagUseInput, Argument]
    ) -> AllowTagUseResult:
        """By oneself; staff enter a consent that they were given."""
        tag_id = _tag(input.tag_id)
        given = input.form
        consent = None if given is None else TagConsent(given, text_version=input.text_version)
        await tagging.allow_tag_use(info.context.actor, tag_id, consent)
        return await _saved(tag_id)

    @strawberry.mutation(description="Withdraw a consent; from now on the tag reaches nobody.")
    async def withdraw_tag_use(
        self, info: Info, input: Annotated[WithdrawTagUseInput, Argument]
    ) -> WithdrawTagUseResult:
        """As easily as it was given."""
        tag_id = _tag(input.tag_id)
        await tagging.withdraw_tag_use(info.context.actor, tag_id)
        return await _saved(tag_id)

    @strawberry.mutation(
        description="Say that a tag is not true; until answered it reaches nobody."
    )
    async def contest_tag(
        self, info: Info, input: Annotated[ContestTagInput, Argument]
    ) -> ContestTagResult:
        """By whom it is said of."""
        tag_id = _tag(input.tag_id)
        await tagging.contest_tag(info.context.actor, tag_id, reason=input.reason)
        return await _saved(tag_id)

    @strawberry.mutation(description="Answer a contest: the tag stands, or it ends.")
    async def settle_tag_contest(
        self, info: Info, input: Annotated[SettleTagContestInput, Argument]
    ) -> SettleTagContestResult:
        """By another than who recorded it."""
        tag_id = _tag(input.tag_id)
        await tagging.settle_tag_contest(
            info.context.actor, tag_id, stands=input.stands, answer=input.answer
        )
        return await _saved(tag_id)

    @strawberry.mutation(description="Read somebody's tags as staff; the reading is audited.")
    async def open_tags(
        self, info: Info, input: Annotated[OpenTagsInput, Argument]
    ) -> OpenTagsResult:
        """For who keeps them."""
        opened = await tagging.open_tags(
            info.context.actor,
            person_id=node.decode_optional(
                "person", input.person_id or None, path=("input", "personId")
            ),
            household_id=node.decode_optional(
                "household", input.household_id or None, path=("input", "householdId")
            ),
        )
        return TagsOpened(tags=[Tag.of(each) for each in opened])
