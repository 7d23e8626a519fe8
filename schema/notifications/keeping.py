"""What the platform's keepers see: templates with their versions, and what was told or failed."""

import json
from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

import strawberry

from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.notifications.kinds import registry
from domains.notifications.kinds.kind import Text
from domains.notifications.queries import occasions, templates
from domains.notifications.service import expansion
from domains.notifications.service import templates as writing
from domains.notifications.values import Channel, Locale, OccasionState, VariableKind
from schema import node
from schema.connection import After, Connection, First, connection, listing, page
from schema.context import Info
from schema.errors import Outdated, Refused
from schema.node import Node
from schema.notifications import enums as _enums  # noqa: F401  # describes the enums first

Argument = strawberry.argument(description="What to do.")


@strawberry.type(description="A variable that a kind's templates may name.")
class NoticeVariable:
    """Its name between braces, and what it holds."""

    name: str = strawberry.field(description="Its name.")
    kind: VariableKind = strawberry.field(description="What it holds.")


@strawberry.type(description="What a kind of notice says on a channel in a language.")
class NoticeTemplate(Node):
    """A version never changes."""

    kind: str = strawberry.field(description="Which kind of notice.")
    channel: Channel = strawberry.field(description="On which channel.")
    locale: Locale = strawberry.field(description="In which language.")
    version: int = strawberry.field(description="Which version; the highest is used.")
    subject: str = strawberry.field(description="The line, with variables between braces.")
    body: str = strawberry.field(description="What follows it.")
    provider_code: str | None = strawberry.field(
        description="The provider's own template, for text messages and WeChat."
    )
    variables: list[str] = strawberry.field(
        description="The variables that the provider's template takes, in its order."
    )
    is_preset: bool = strawberry.field(description="Whether it came with the product.")
    created_at: datetime = strawberry.field(description="When it was written.")

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("noticeTemplate", row["id"]),
            kind=row["kind"],
            channel=Channel(row["channel"]),
            locale=Locale(row["locale"]),
            version=row["version"],
            subject=row["subject"],
            body=row["body"],
            provider_code=row["provider_code"],
            variables=json.loads(row["variables"]),
            is_preset=row["author_id"] is None,
            created_at=row["created_at"],
        )

    @strawberry.field(description="What its kind's templates may name.")
    def allowed(self) -> list[NoticeVariable]:
        """Tell the kind's variables."""
        kind = registry.BY_CODE.get(self.kind)
        declared = {} if kind is None else kind.variables
        return [NoticeVariable(name=name, kind=of) for name, of in declared.items()]


@strawberry.type(description="Something that was, is or could not be told.")
class NoticeOccasion(Node):
    """Figures only: whom it reached is theirs alone."""

    kind: str = strawberry.field(description="Which kind of notice.")
    slot: str = strawberry.field(description="What tells it apart from others of its subject.")
    state: OccasionState = strawberry.field(description="How far its telling has come.")
    due_at: datetime = strawberry.field(description="When it was to be told.")
    stale_at: datetime | None = strawberry.field(description="From when it matters no more.")
    begun_at: datetime | None = strawberry.field(description="When its telling began.")
    ended_at: datetime | None = strawberry.field(description="When its telling ended.")
    notice_count: int = strawberry.field(description="How many notices were written.")
    second_count: int = strawberry.field(description="How many of them for helpers and guardians.")
    delivery_count: int = strawberry.field(description="How many messages were put down.")
    gone_count: int = strawberry.field(description="How many addressees had left.")
    muted_count: int = strawberry.field(description="How many wanted nothing of it.")
    withdrawn_count: int = strawberry.field(description="How many notices were taken back.")
    attempts: int = strawberry.field(description="How often in a row it failed.")
    failure: str | None = strawberry.field(description="Why it failed, or was not told.")

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("noticeOccasion", row["id"]),
            kind=row["kind"],
            slot=row["slot"],
            state=OccasionState(row["state"]),
            due_at=row["due_at"],
            stale_at=row["stale_at"],
            begun_at=row["begun_at"],
            ended_at=row["ended_at"],
            notice_count=row["notice_count"],
            second_count=row["second_count"],
            delivery_count=row["delivery_count"],
            gone_count=row["gone_count"],
            muted_count=row["muted_count"],
            withdrawn_count=row["withdrawn_count"],
            attempts=row["attempts"],
            failure=row["failure"],
        )


async def _templates(actor: Actor, template_ids: list[UUID]) -> list[NoticeTemplate | None]:
    rows = await templates.templates_by_id(actor, template_ids)
    return [None if row is None else NoticeTemplate.of(row) for row in rows]


async def _occasions(actor: Actor, occasion_ids: list[UUID]) -> list[NoticeOccasion | None]:
    rows = await occasions.occasions_by_id(actor, occasion_ids)
    return [None if row is None else NoticeOccasion.of(row) for row in rows]


node.register("noticeTemplate", _templates)
node.register("noticeOccasion", _occasions)


@strawberry.input(description="What a list of templates is narrowed to.")
class NoticeTemplateFilterInput:
    """The newest versions, unless all are asked for."""

    kind: str | None = strawberry.field(default=None, description="Only of this kind.")
    channel: Channel | None = strawberry.field(default=None, description="Only of this channel.")
    locale: Locale | None = strawberry.field(default=None, description="Only in this language.")
    all_versions: bool = strawberry.field(
        default=False, description="Whether earlier versions too."
    )


@strawberry.input(description="A new version of what a kind says on a channel in a language.")
class WriteNoticeTemplateInput:
    """Every variable that it names is one of its kind's."""

    kind: str = strawberry.field(description="Which kind of notice.")
    channel: Channel = strawberry.field(description="On which channel.")
    locale: Locale = strawberry.field(description="In which language.")
    expected_version: int = strawberry.field(
        description="The version that it follows; 0 where there is none."
    )
    subject: str = strawberry.field(description="The line, 1 to 200 characters.")
    body: str = strawberry.field(default="", description="What follows it, up to 4,000 characters.")
    provider_code: str | None = strawberry.field(
        default=None, description="The provider's template, for text messages and WeChat alone."
    )
    variables: list[str] = strawberry.field(
        default_factory=list, description="What the provider's template takes, in its order."
    )


@strawberry.input(description="Something that could not be told, to be tried again.")
class TellOccasionAgainInput:
    """It failed ten times."""

    occasion_id: strawberry.ID = strawberry.field(description="The occasion.")


@strawberry.type(description="The template that was written.")
class NoticeTemplatePayload:
    """It is used from now on."""

    template: NoticeTemplate = strawberry.field(description="The new version.")


@strawberry.type(description="The occasion, as it is now.")
class NoticeOccasionPayload:
    """It has its turn again."""

    occasion: NoticeOccasion = strawberry.field(description="The occasion.")


WriteNoticeTemplateResult = Annotated[
    NoticeTemplatePayload | Outdated | Refused,
    strawberry.union("WriteNoticeTemplateResult", description="The version, or why there is none."),
]
TellOccasionAgainResult = Annotated[
    NoticeOccasionPayload | Refused,
    strawberry.union("TellOccasionAgainResult", description="The occasion, or why it stands."),
]
OfKind = Annotated[str | None, strawberry.argument(description="Only of this kind.")]


@strawberry.type
class NoticeKeepingQuery:
    """Reading templates and occasions."""

    @strawberry.field(
        description="Templates, for who keeps the platform: by kind, channel and language, the"
        " newest version of each unless all are asked for."
    )
    async def notice_templates(
        self,
        info: Info,
        filter: Annotated[
            NoticeTemplateFilterInput | None, strawberry.argument(description="What to narrow to.")
        ] = None,
        first: First = None,
        after: After = None,
    ) -> Connection[NoticeTemplate]:
        """Read a page of them."""
        asked = filter or NoticeTemplateFilterInput()
        of = listing("noticeTemplates", vars(asked))
        at = page(of, first, after)
        found = await templates.templates(
            info.context.actor,
            kind=asked.kind,
            channel=asked.channel,
            locale=asked.locale,
            all_versions=asked.all_versions,
            page=at,
        )
        return connection(
            of,
            found,
            at,
            make=NoticeTemplate.of,
            key=lambda row: (row["kind"], row["channel"], row["locale"], row["version"]),
        )

    @strawberry.field(
        description="What was told, is being told or failed, for who keeps the platform; the"
        " latest first."
    )
    async def notice_occasions(
        self,
        info: Info,
        states: Annotated[
            list[OccasionState] | None, strawberry.argument(description="Only in these states.")
        ] = None,
        kind: OfKind = None,
        first: First = None,
        after: After = None,
    ) -> Connection[NoticeOccasion]:
        """Read a page of them."""
        of = listing("noticeOccasions", {"states": states, "kind": kind})
        at = page(of, first, after)
        found = await occasions.occasions(info.context.actor, states, kind, at)
        return connection(of, found, at, make=NoticeOccasion.of, key=lambda row: (row["id"],))


@strawberry.type
class NoticeKeepingMutation:
    """Writing templates, and trying again."""

    @strawberry.mutation(
        description="Write a new version of what a kind says; safe to repeat, because it names"
        " the version that it follows."
    )
    async def write_notice_template(
        self, info: Info, input: Annotated[WriteNoticeTemplateInput, Argument]
    ) -> WriteNoticeTemplateResult:
        """Write it."""
        template_id = await writing.write_template(
            info.context.actor,
            input.kind,
            channel=input.channel,
            locale=input.locale,
            expected_version=input.expected_version,
            text=Text(input.subject, input.body),
            provider_code=input.provider_code,
            variables=tuple(input.variables),
        )
        row = (await templates.templates_by_id(info.context.actor, [template_id]))[0]
        assert row is not None, "who writes templates sees them"
        return NoticeTemplatePayload(template=NoticeTemplate.of(row))

    @strawberry.mutation(description="Let what could not be told be tried again; safe to repeat.")
    async def tell_occasion_again(
        self, info: Info, input: Annotated[TellOccasionAgainInput, Argument]
    ) -> TellOccasionAgainResult:
        """Try again."""
        uuid = node.decode("noticeOccasion", input.occasion_id, path=("input", "occasionId"))
        await expansion.tell_again(info.context.actor, uuid)
        row = (await occasions.occasions_by_id(info.context.actor, [uuid]))[0]
        assert row is not None, "who lets it be tried again sees it"
        return NoticeOccasionPayload(occasion=NoticeOccasion.of(row))
