"""Summaries: a week for residents, a day for who keeps the community."""

from datetime import timedelta

from domains.kernel.actor import Role
from domains.notifications.audiences import people
from domains.notifications.audiences.digests import readers
from domains.notifications.digests import registry as sections
from domains.notifications.digests.section import Period, written
from domains.notifications.kinds.kind import NoticeKind, Text
from domains.notifications.telling import Facts, Resolve, Telling
from domains.notifications.values import Category, Channel, Locale, Rhythm, VariableKind

_VARIABLES = {
    "since": VariableKind.DATE,
    "last": VariableKind.DATE,
    "content": VariableKind.TEXT,
    "own": VariableKind.TEXT,
}
_CHANNELS = frozenset({Channel.WEB_PUSH, Channel.EMAIL, Channel.CONSOLE})
_KEEPERS = (Role.COMMITTEE_MEMBER, Role.SOCIAL_WORKER, Role.GRID_WORKER)


def _saying(rhythm: Rhythm) -> Resolve:
    """Return what says what the days came to; nothing to say is said of the community as that."""

    async def resolve(telling: Telling) -> Facts | None:
        period = Period(
            community_id=telling.subject_id,
            area_path=telling.area_path,
            since=telling.instant("since"),
            until=telling.instant("until"),
        )
        found = [
            (each, await each.lines(period)) for each in sections.ALL if rhythm in each.rhythms
        ]
        return Facts(
            {
                "since": telling.payload["first_day"],
                "last": telling.payload["last_day"],
                "content": {locale.value: written(found, locale) for locale in Locale},
            }
        )

    return resolve


KINDS = (
    NoticeKind(
        code="WEEKLY_DIGEST",
        category=Category.DIGEST,
        subject_kind="area",
        audience=readers(people.residents()),
        resolve=_saying(Rhythm.WEEKLY),
        variables=_VARIABLES,
        personal=frozenset({"own"}),
        channels=_CHANNELS,
        stale_after=timedelta(days=2),
        seconds=False,
        says={
            Locale.ZH_HANS: Text("社区一周:{since}至{last}", "{content}{own}"),
            Locale.EN: Text("The week in your community: {since} to {last}", "{content}{own}"),
        },
    ),
    NoticeKind(
        code="DAILY_DIGEST",
        category=Category.DIGEST,
        subject_kind="area",
        audience=readers(people.holders(*_KEEPERS)),
        resolve=_saying(Rhythm.DAILY),
        variables=_VARIABLES,
        personal=frozenset({"own"}),
        channels=_CHANNELS,
        stale_after=timedelta(hours=12),
        seconds=False,
        says={
            Locale.ZH_HANS: Text("社区日报:{since}", "{content}{own}"),
            Locale.EN: Text("The day in your community: {since}", "{content}{own}"),
        },
    ),
)
