"""Schemes, in the contract: what a community's time bank says, and adopting one."""

from datetime import date
from enum import Enum
from typing import Annotated, Any, Self
from uuid import UUID

import strawberry

from domains.kernel.rules import RuleSet
from domains.timebank.rules.scheme import Scheme
from domains.timebank.service import presets
from domains.timebank.service import schemes as service
from domains.timebank.service.presets import TIME_BANK
from domains.timebank.values import (
    AccountKind,
    CapKind,
    Crossing,
    Excess,
    GiftTo,
    MovingAway,
    OfferKind,
    Succession,
)
from schema import node
from schema.context import Info
from schema.errors import Refused
from schema.scalars import TimeMinutes
from schema.timebank import enums as _enums  # noqa: F401  # describes the enums first
from schema.timebank.inputs import Argument, Key, Replayed


@strawberry.type(description="A class of service, and what it earns.")
class SchemeClass:
    """Its price in time."""

    code: str = strawberry.field(description="Its code.")
    title: str = strawberry.field(description="What it is called.")
    minutes_per_point: TimeMinutes = strawberry.field(
        description="How many minutes of it earn one point."
    )


@strawberry.type(description="The most that somebody is credited.")
class SchemeCap:
    """A cap, and what becomes of the rest."""

    kind: CapKind = strawberry.field(description="Over what it is reckoned.")
    minutes: TimeMinutes = strawberry.field(description="How many minutes.")
    excess: Excess = strawberry.field(description="What becomes of what is over.")


@strawberry.type(description="People whose need goes before others'.")
class SchemeNeedGroup:
    """A group, and its place in the queue."""

    code: str = strawberry.field(description="Its code.")
    title: str = strawberry.field(description="Who is in it.")
    rank: int = strawberry.field(description="Its place: 1 is first; groups may share one.")
    least_age: int | None = strawberry.field(description="From what age, if from any.")


@strawberry.type(description="What people in need may be granted from the fund.")
class SchemeGrants:
    """Null means without limit."""

    month_minutes: TimeMinutes | None = strawberry.field(description="In a calendar month.")
    year_minutes: TimeMinutes | None = strawberry.field(description="In a calendar year.")


@strawberry.type(description="When unused minutes lapse.")
class SchemeExpiry:
    """Off by default."""

    years: int = strawberry.field(description="After how many years unused.")
    notice_days: int = strawberry.field(description="How many days before it is told.")


@strawberry.type(description="A time bank's scheme: no money, no interest, only time.")
class TimeBankScheme:
    """One version of a community's rules, or a preset."""

    preset: str | None = strawberry.field(
        description="The preset's name, as `adoptTimeBankScheme` takes it; null for a community's."
    )
    version: int = strawberry.field(description="Its version.")
    title_zh: str = strawberry.field(description="What it is called, in Chinese.")
    title_en: str = strawberry.field(description="What it is called, in English.")
    legal_basis: str = strawberry.field(description="The text that it rests on.")
    effective_from: date = strawberry.field(description="The first day on which it holds.")
    point_minutes: TimeMinutes = strawberry.field(description="How many minutes a point is worth.")
    classes: list[SchemeClass] = strawberry.field(description="What earns.")
    caps: list[SchemeCap] = strawberry.field(description="The most that is credited.")
    group_donates: bool = strawberry.field(
        description="Whether what a group earns goes to the pool."
    )
    earn_from_age: int | None = strawberry.field(description="From what age somebody earns.")
    holders: list[AccountKind] = strawberry.field(description="Who may hold an account.")
    gifts_to: list[GiftTo] = strawberry.field(description="To whom minutes may be given.")
    crossing: Crossing = strawberry.field(description="How far from home they may go.")
    use_from_age: int | None = strawberry.field(description="From what age they may be used.")
    use_from_age_in_need: int | None = strawberry.field(
        description="From what age by somebody in need; null: from the same."
    )
    redeemable: list[OfferKind] = strawberry.field(description="What they are honoured with.")
    need_groups: list[SchemeNeedGroup] = strawberry.field(description="Whose need goes first.")
    grants: SchemeGrants | None = strawberry.field(
        description="What people in need may be granted; null where nothing."
    )
    expiry: SchemeExpiry | None = strawberry.field(
        description="When unused minutes lapse; null where never."
    )
    succession: Succession = strawberry.field(description="What follows a death.")
    moving_away: MovingAway = strawberry.field(description="What follows a move.")
    reservation_days: int = strawberry.field(
        description="How many days a reservation waits to be honoured."
    )

    @classmethod
    def of(cls, rules: RuleSet) -> Self:
        """Make it from its rule set."""
        scheme = Scheme.of(rules.content)
        own = rules.community_id is not None
        return cls(
            preset=None if own else rules.code.removeprefix(f"{TIME_BANK}_"),
            version=rules.version,
            title_zh=rules.title_zh,
            title_en=rules.title_en,
            legal_basis=rules.legal_basis,
            effective_from=rules.effective_from,
            **_said(scheme),
        )


def _said(scheme: Scheme) -> dict[str, Any]:
    grants, expiry = scheme.grants, scheme.expiry
    return {
        "point_minutes": scheme.point_minutes,
        "classes": [
            SchemeClass(
                code=each.code,
                title=each.title,
                minutes_per_point=TimeMinutes(each.minutes_per_point),
            )
            for each in scheme.classes.values()
        ],
        "caps": [
            SchemeCap(kind=kind, minutes=TimeMinutes(cap.minutes), excess=cap.excess)
            for kind, cap in scheme.caps.items()
        ],
        "group_donates": scheme.group_donates,
        "earn_from_age": scheme.earn_from_age,
        "holders": sorted(scheme.holders),
        "gifts_to": sorted(scheme.gifts_to),
        "crossing": scheme.crossing,
        "use_from_age": scheme.use_from_age,
        "use_from_age_in_need": scheme.use_from_age_in_need,
        "redeemable": [each for each in OfferKind if each in scheme.redeemable],
        "need_groups": [
            SchemeNeedGroup(
                code=each.code, title=each.title, rank=each.rank, least_age=each.least_age
            )
            for each in scheme.need_groups.values()
        ],
        "grants": None
        if grants is None
        else SchemeGrants(
            month_minutes=_limit(grants.month_minutes), year_minutes=_limit(grants.year_minutes)
        ),
        "expiry": None
        if expiry is None
        else SchemeExpiry(years=expiry.years, notice_days=expiry.notice_days),
        "succession": scheme.succession,
        "moving_away": scheme.moving_away,
        "reservation_days": scheme.reservation_days,
    }


def _limit(minutes: int | None) -> TimeMinutes | None:
    return None if minutes is None else TimeMinutes(minutes)


@strawberry.input(description="A class of service.")
class SchemeClassInput:
    """What earns, and how much."""

    code: str = strawberry.field(description="Its code: one word of ASCII.")
    title: str = strawberry.field(description="What it is called, 1 to 60 characters.")
    minutes_per_point: TimeMinutes = strawberry.field(
        description="How many minutes of it earn one point."
    )


@strawberry.input(description="A cap.")
class SchemeCapInput:
    """The most, and what becomes of the rest."""

    kind: CapKind = strawberry.field(description="Over what it is reckoned.")
    minutes: TimeMinutes = strawberry.field(description="How many minutes.")
    excess: Excess = strawberry.field(description="What becomes of what is over.")


@strawberry.input(description="A group whose need goes first.")
class SchemeNeedGroupInput:
    """Who, and in what place."""

    code: str = strawberry.field(description="Its code: one word of ASCII.")
    title: str = strawberry.field(description="Who is in it, 1 to 60 characters.")
    rank: int = strawberry.field(description="Its place, 1 to 20: 1 is first.")
    least_age: int | None = strawberry.field(default=None, description="From what age, if any.")


@strawberry.input(description="What people in need may be granted.")
class SchemeGrantsInput:
    """Null means without limit."""

    month_minutes: TimeMinutes | None = strawberry.field(
        default=None, description="In a calendar month."
    )
    year_minutes: TimeMinutes | None = strawberry.field(
        default=None, description="In a calendar year."
    )


@strawberry.input(description="When unused minutes lapse.")
class SchemeExpiryInput:
    """After how long, and told how long before."""

    years: int = strawberry.field(description="After how many years unused.")
    notice_days: int = strawberry.field(description="How many days before it is told.")


@strawberry.input(description="What changes; what is left out stays as it is.")
class SchemeChangesInput:
    """A list replaces the whole list."""

    point_minutes: TimeMinutes | None = strawberry.field(
        default=strawberry.UNSET, description="How many minutes a point is worth."
    )
    classes: list[SchemeClassInput] | None = strawberry.field(
        default=strawberry.UNSET, description="What earns."
    )
    caps: list[SchemeCapInput] | None = strawberry.field(
        default=strawberry.UNSET, description="The caps; those that are not named fall."
    )
    group_donates: bool | None = strawberry.field(
        default=strawberry.UNSET, description="Whether what a group earns goes to the pool."
    )
    earn_from_age: int | None = strawberry.field(
        default=strawberry.UNSET, description="From what age somebody earns; null: from any."
    )
    holders: list[AccountKind] | None = strawberry.field(
        default=strawberry.UNSET, description="Who may hold an account."
    )
    gifts_to: list[GiftTo] | None = strawberry.field(
        default=strawberry.UNSET, description="To whom minutes may be given."
    )
    crossing: Crossing | None = strawberry.field(
        default=strawberry.UNSET, description="How far from home they may go."
    )
    use_from_age: int | None = strawberry.field(
        default=strawberry.UNSET, description="From what age they may be used; null: from any."
    )
    use_from_age_in_need: int | None = strawberry.field(
        default=strawberry.UNSET, description="From what age by somebody in need."
    )
    redeemable: list[OfferKind] | None = strawberry.field(
        default=strawberry.UNSET, description="What they are honoured with."
    )
    need_groups: list[SchemeNeedGroupInput] | None = strawberry.field(
        default=strawberry.UNSET, description="Whose need goes first."
    )
    grants: SchemeGrantsInput | None = strawberry.field(
        default=strawberry.UNSET, description="What people in need may be granted; null: nothing."
    )
    expiry: SchemeExpiryInput | None = strawberry.field(
        default=strawberry.UNSET, description="When unused minutes lapse; null: never."
    )
    succession: Succession | None = strawberry.field(
        default=strawberry.UNSET, description="What follows a death."
    )
    moving_away: MovingAway | None = strawberry.field(
        default=strawberry.UNSET, description="What follows a move."
    )
    reservation_days: int | None = strawberry.field(
        default=strawberry.UNSET, description="How many days a reservation waits."
    )

    def content(self) -> dict[str, Any]:
        """Return what a rule set's content says of them."""
        said = {
            _camel(name): _plain(value)
            for name, value in vars(self).items()
            if value is not strawberry.UNSET and name != "caps"
        }
        if self.caps is not strawberry.UNSET:
            named = {each.kind.value: each for each in self.caps or ()}
            said["caps"] = {
                kind.value: (
                    {"minutes": named[kind].minutes, "excess": named[kind].excess.value}
                    if kind in named
                    else None
                )
                for kind in CapKind
            }
        return said


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(each.title() for each in rest)


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if hasattr(type(value), "__strawberry_definition__") and not isinstance(value, str):
        return {_camel(name): _plain(each) for name, each in vars(value).items()}
    return value.value if isinstance(value, Enum) else value


@strawberry.input(description="A scheme to be adopted.")
class AdoptTimeBankSchemeInput:
    """From what, with what changes, from when."""

    community_id: strawberry.ID = strawberry.field(description="The community.")
    preset: str | None = strawberry.field(
        default=None,
        description="A preset's name, like `NANJING`; left out, the community's last scheme.",
    )
    changes: SchemeChangesInput | None = strawberry.field(
        default=None, description="What changes of it."
    )
    legal_basis: str = strawberry.field(description="The text that it rests on.")
    effective_from: date = strawberry.field(description="The first day on which it holds.")
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.type(description="The scheme was put in.")
class TimeBankSchemeAdopted:
    """From when it holds."""

    effective_from: date = strawberry.field(description="The first day on which it holds.")
    replayed: bool = strawberry.field(default=False, description=Replayed)


AdoptTimeBankSchemeResult = Annotated[
    TimeBankSchemeAdopted | Refused,
    strawberry.union("AdoptTimeBankSchemeResult", description="From when, or why not."),
]


@strawberry.type
class SchemesQuery:
    """Reading schemes: they are everybody's to read."""

    @strawberry.field(description="The scheme of a community today; null where it has none.")
    async def time_bank_scheme(
        self,
        info: Info,
        community_id: Annotated[strawberry.ID, strawberry.argument(description="The community.")],
    ) -> TimeBankScheme | None:
        """Read it."""
        uuid = node.known("area", community_id)
        found = None if uuid is None else await service.standing(uuid)
        return None if found is None else TimeBankScheme.of(found.rule_set)

    @strawberry.field(description="The schemes that a community may begin with.")
    async def time_bank_presets(self, info: Info) -> list[TimeBankScheme]:
        """Read them."""
        return [TimeBankScheme.of(each) for each in await presets.standing()]


@strawberry.type
class SchemesMutation:
    """Adopting schemes."""

    @strawberry.mutation(
        description="Adopt a scheme for a community's time bank from a day to come."
    )
    async def adopt_time_bank_scheme(
        self, info: Info, input: Annotated[AdoptTimeBankSchemeInput, Argument]
    ) -> AdoptTimeBankSchemeResult:
        """Adopt it."""
        _, replayed = await service.adopt_scheme(
            info.context.actor,
            node.decode("area", input.community_id, path=("input", "communityId")),
            service.SchemeDraft(
                effective_from=input.effective_from,
                legal_basis=input.legal_basis,
                preset=input.preset,
                changes={} if input.changes is None else input.changes.content(),
            ),
            idempotency_key=input.idempotency_key,
        )
        return TimeBankSchemeAdopted(effective_from=input.effective_from, replayed=replayed)
