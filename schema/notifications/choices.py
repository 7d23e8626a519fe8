"""What somebody chose of what is told, and how they want to be told."""

from typing import Annotated

import strawberry

from domains.notifications.kinds import registry
from domains.notifications.kinds.kind import NoticeKind
from domains.notifications.queries.wishes import Wishes, usual_quiet_hours, wishes
from domains.notifications.rules.choices import choice
from domains.notifications.service import choices
from domains.notifications.service.choices import ProfileDraft, Wish
from domains.notifications.values import Category, Channel, Choice, Locale
from schema.context import Info
from schema.errors import Refused
from schema.notifications import enums as _enums  # noqa: F401  # describes the enums first

Argument = strawberry.argument(description="What to choose.")


@strawberry.type(description="What holds for a kind on a channel.")
class ChannelChoice:
    """As chosen, or as is usual."""

    channel: Channel = strawberry.field(description="The channel.")
    choice: Choice = strawberry.field(description="What holds.")
    can_turn_off: bool = strawberry.field(
        description="Whether it can be turned off: not where the law wants it told."
    )


@strawberry.type(description="A kind of notice, and what the caller chose of it.")
class NoticeKindChoice:
    """Every kind that there is."""

    code: str = strawberry.field(description="Its code.")
    category: Category = strawberry.field(description="What it is about.")
    title: str = strawberry.field(description="Its line, with its variables, in Chinese.")
    is_legal: bool = strawberry.field(description="Whether the law wants it told.")
    is_digestible: bool = strawberry.field(description="Whether it can wait for a summary.")
    channels: list[ChannelChoice] = strawberry.field(description="What holds on each channel.")


@strawberry.type(description="How the caller wants to be told.")
class NoticeProfile:
    """As chosen, or as is usual."""

    locale: Locale = strawberry.field(description="In which language messages are written.")
    quiet_from_minute: int = strawberry.field(
        description="From which minute of the day, in Shanghai, what is not urgent waits."
    )
    quiet_until_minute: int = strawberry.field(
        description="Until which minute it waits; the same as the first: never."
    )
    wants_digests: bool = strawberry.field(description="Whether summaries come.")

    @classmethod
    def of(cls, wish: Wishes) -> "NoticeProfile":
        """Make it from what somebody wants."""
        return cls(
            locale=wish.locale,
            quiet_from_minute=wish.quiet.from_minute,
            quiet_until_minute=wish.quiet.until_minute,
            wants_digests=wish.wants_digests,
        )


@strawberry.input(description="One choice: of a category or of a kind, on a channel.")
class NoticeChoiceInput:
    """A kind's goes before its category's."""

    channel: Channel = strawberry.field(description="The channel.")
    choice: Choice | None = strawberry.field(
        default=None, description="What is wanted; null for what is usual."
    )
    category: Category | None = strawberry.field(default=None, description="A category, or")
    kind: str | None = strawberry.field(default=None, description="a kind's code.")


@strawberry.input(description="Choices, kept all or none.")
class ChooseNoticesInput:
    """A hundred at most."""

    choices: list[NoticeChoiceInput] = strawberry.field(description="The choices: 1 to 100.")


@strawberry.input(description="How the caller wants to be told.")
class SetNoticeProfileInput:
    """What is null is as usual."""

    locale: Locale | None = strawberry.field(default=None, description="The language.")
    quiet_from_minute: int | None = strawberry.field(
        default=None,
        description="From which minute of the day what is not urgent waits: 0 to 1439.",
    )
    quiet_until_minute: int | None = strawberry.field(
        default=None, description="Until which minute; the same as the first: never."
    )
    wants_digests: bool = strawberry.field(default=True, description="Whether summaries come.")


@strawberry.type(description="What holds now for the caller.")
class NoticeChoicesPayload:
    """All of it."""

    kinds: list[NoticeKindChoice] = strawberry.field(description="Every kind and what holds of it.")
    profile: NoticeProfile = strawberry.field(description="How the caller is told.")


ChooseNoticesResult = Annotated[
    NoticeChoicesPayload | Refused,
    strawberry.union("ChooseNoticesResult", description="What holds now, or why it stands."),
]
SetNoticeProfileResult = Annotated[
    NoticeChoicesPayload | Refused,
    strawberry.union("SetNoticeProfileResult", description="What holds now, or why it stands."),
]


async def _wish(info: Info) -> Wishes:
    person_id = info.context.actor.person_id
    if person_id is None:
        return Wishes({}, usual_quiet_hours())
    return (await wishes([person_id]))[person_id]


def _kind(kind: NoticeKind, wish: Wishes) -> NoticeKindChoice:
    channels = [
        ChannelChoice(
            channel=channel,
            choice=choice(
                wish.chosen,
                channel,
                kind=kind.code,
                category=kind.category,
                by_default=channel in kind.channels,
                is_legal=kind.is_legal,
                is_digestible=kind.is_digestible,
            ),
            can_turn_off=not kind.is_legal
            or (channel not in kind.channels and channel is not Channel.IN_APP),
        )
        for channel in Channel
    ]
    return NoticeKindChoice(
        code=kind.code,
        category=kind.category,
        title=kind.says[Locale.ZH_HANS].subject,
        is_legal=kind.is_legal,
        is_digestible=kind.is_digestible,
        channels=channels,
    )


async def _payload(info: Info) -> NoticeChoicesPayload:
    wish = await _wish(info)
    kinds = [_kind(each, wish) for each in registry.ALL]
    return NoticeChoicesPayload(kinds=kinds, profile=NoticeProfile.of(wish))


@strawberry.type
class NoticeChoicesQuery:
    """Reading what holds."""

    @strawberry.field(description="Every kind of notice, and what the caller chose of it.")
    async def notice_choices(self, info: Info) -> NoticeChoicesPayload:
        """Read what holds for the caller; what is usual for the nameless."""
        return await _payload(info)


@strawberry.type
class NoticeChoicesMutation:
    """Choosing what is told, and how."""

    @strawberry.mutation(
        description="Choose by category or kind and by channel. What the law wants told cannot be"
        " turned off; what cannot wait is not gathered in summaries."
    )
    async def choose_notices(
        self, info: Info, input: Annotated[ChooseNoticesInput, Argument]
    ) -> ChooseNoticesResult:
        """Keep the choices."""
        chosen = tuple(
            Wish(each.channel, each.choice, each.category, each.kind) for each in input.choices
        )
        await choices.choose(info.context.actor, chosen)
        return await _payload(info)

    @strawberry.mutation(description="Set language, quiet hours and summaries; safe to repeat.")
    async def set_notice_profile(
        self, info: Info, input: Annotated[SetNoticeProfileInput, Argument]
    ) -> SetNoticeProfileResult:
        """Keep them."""
        await choices.set_profile(
            info.context.actor,
            ProfileDraft(
                input.locale,
                input.quiet_from_minute,
                input.quiet_until_minute,
                input.wants_digests,
            ),
        )
        return await _payload(info)
