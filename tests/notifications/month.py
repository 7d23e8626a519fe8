"""A town's month for tests of notices: who lives there, what they do, and what each is told.

The clock goes from hour to hour of the story; at each, whatever the worker does is done until
nothing is due.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from domains.kernel import clock, database
from domains.kernel.actor import Actor, Grant, Role
from domains.matching.service import presets as matching_presets
from domains.membership.service import care, role_endings
from domains.membership.values import OrganisationKind
from domains.notifications.queries import addresses, rendering
from domains.notifications.service import choices, templates
from domains.notifications.service.choices import ProfileDraft, Wish
from domains.notifications.values import Category, Channel, Choice, Locale
from domains.pledges import service as pledges
from domains.pledges.service import MilestoneDraft
from domains.volunteering.service import presets as volunteering
from domains.voting import service as voting
from jobs.schedule import TIMETABLE
from tests import factories
from tests.conftest import Clock
from tests.disclosure import factories as disclosure
from tests.matching import factories as matching
from tests.matching.test_vertical import with_a_scheme
from tests.pledges import factories as promises
from tests.volunteering.factories import registered

FIRST = datetime(2027, 3, 1, tzinfo=clock.SHANGHAI)


def instant(hour: str) -> datetime:
    """An hour of the month, as "14 09:05"."""
    day, time = hour.split()
    return FIRST + timedelta(days=int(day) - 1, hours=int(time[:2]), minutes=int(time[3:]))


_BORN = f"""
SELECT {rendering.SAID}, n.subject_id
FROM notifications_notice n JOIN notifications_occasion o ON o.id = n.occasion_id
WHERE n.created_at >= $1 ORDER BY n.id
"""
_MAILBOX = """
INSERT INTO notifications_address
    (id, person_id, channel, state, address_sealed, address_index, created_at, changed_at)
VALUES ($1, $2, 'email', 'active', $3, $4, kernel_now(), kernel_now())
"""
_PRINTED = re.compile(r"^  notice to (\S+): (.*)$", re.MULTILINE)
# What tells and hands over goes on until nothing is left; everything else is asked between.
_TELLING = ("outbox.", "notifications.", "deliveries.")
# What solves in processes of its own, and what only cleans, tells nobody anything.
_ELSEWHERE = ("sweeping.sweep", "matching.solve_due_runs", "matching.queue_daily_runs")


@dataclass
class Month:
    """The town, and what was told at each hour of the story."""

    clock: Clock
    capsys: pytest.CaptureFixture[str]
    names: dict[UUID | None, str] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)
    ids: dict[str, Any] = field(default_factory=dict)
    told: list[tuple[str, ...]] = field(default_factory=list)
    printed: list[tuple[str, ...]] = field(default_factory=list)
    bodies: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def named(self, name: str, actor: Actor) -> None:
        """Remember somebody by name."""
        self.names[actor.person_id] = name
        self.actors[name] = actor

    def subject(self, name: str, subject_id: UUID) -> None:
        """Remember a subject by name."""
        self.names[subject_id] = name
        self.ids[name] = subject_id

    async def at(self, hour: str, *acts: Callable[[], Awaitable[Any]], down: bool = False) -> None:
        """Go to an hour ("14 09:05"), do what people do, and then what the worker does."""
        began = instant(hour)
        await self.clock.set(began)
        for act in acts:
            await act()
        if not down:
            await all_done()
        await self._note(hour, began)

    async def _note(self, hour: str, began: datetime) -> None:
        """Keep what came to lie in inboxes since, and what was printed."""
        rows = await database.fetch(_BORN, began)
        texts = await rendering.in_language(rows, Locale.ZH_HANS, Channel.IN_APP)
        for row, text in zip(rows, texts, strict=True):
            kind, who = row["kind"], self.names[row["person_id"]]
            of = self.names[row["subject_id"]]
            self.told.append((hour, kind, of, who, text.subject))
            self.bodies[(hour, kind, who)] = text.body
        printed = _PRINTED.findall(self.capsys.readouterr().out)
        self.printed += [(hour, who, text) for who, text in printed]


async def all_done() -> None:
    """Do what is due until nothing is."""
    done = 1
    while done:
        done = await _ticked(lambda name: not name.startswith((*_TELLING, *_ELSEWHERE)))
        telling = 1
        while telling:
            telling = await _ticked(lambda name: name.startswith(_TELLING))
            done += telling


async def _ticked(meant: Callable[[str], bool]) -> int:
    return sum([await tick.run() for tick in TIMETABLE if meant(tick.name)])


async def the_town(month: Month) -> None:
    """In February: the town, its people, what it owes for that month."""
    await month.clock.set(datetime(2027, 2, 10, 12, tzinfo=clock.SHANGHAI))
    await voting.sync_presets()
    await role_endings.sync_presets()
    await templates.sync_presets()
    town = month.ids["town"] = await disclosure.a_town()
    month.subject("社区", town.community.id)
    for name, actor in (
        ("王建国", town.writer),
        ("冯正", town.supervisor),
        ("董洁", town.reviewer),
        ("周倩", town.approver),
        ("林芳", town.resident),
    ):
        month.named(name, actor)
    await disclosure.adopted(town, "R05")
    for tick in TIMETABLE:
        if tick.name == "disclosure.make_obligations":
            await tick.run()
    for name in ("周强", "赵敏", "吴宁", "钱静", "孙远", "刘主持", "陈小军"):
        month.named(name, await factories.a_resident(town.community, name=name))
    month.named(
        "陈桂英", await factories.a_resident(town.community, name="陈桂英", born=date(1941, 3, 2))
    )


async def begins(month: Month) -> None:
    """On the first: who wants what, who helps whom, who volunteers, what is promised."""
    town, people = month.ids["town"], month.actors
    person, area = await factories.a_person("马丽"), town.community
    role = await factories.a_role_grant(
        person, Role.GRID_WORKER, area=area, ends_on=date(2027, 3, 26)
    )
    month.subject("任期", role.id)
    month.named("马丽", factories.as_actor(person, Grant(Role.GRID_WORKER, area_path=area.path)))
    await choices.set_profile(people["吴宁"], ProfileDraft(None, 9 * 60, 20 * 60))
    for name, choice in (("钱静", Choice.OFF), ("赵敏", Choice.DIGEST)):
        wish = Wish(Channel.CONSOLE, choice, category=Category.CAMPAIGN)
        await choices.choose(people[name], (wish,))
    await a_mailbox(people["林芳"], "lin@example.org")
    bond = await care.name_helper(people["陈桂英"], people["陈小军"].person_id)
    month.subject("协助", bond.id)
    await volunteering.sync_presets()
    await matching_presets.sync_presets()
    volunteers = {}
    for name in ("林芳", "周强"):
        volunteers[name] = await registered(people[name], area)
        month.subject(f"志愿者{name}", volunteers[name])
    month.ids["match"] = matching.Town(
        community=area,
        body=await factories.an_organisation(
            area, name="同心社区居民委员会", kind=OrganisationKind.COMMUNITY_BODY
        ),
        committee=people["王建国"],
        second=people["董洁"],
        elder=people["陈桂英"],
        helper=people["陈小军"],
        lin=people["林芳"],
        lin_id=volunteers["林芳"],
        zhou=people["周强"],
        zhou_id=volunteers["周强"],
    )
    await with_a_scheme(month.ids["match"])
    await promised(month)


async def a_mailbox(actor: Actor, address: str) -> None:
    """A verified mailbox."""
    row = database.new_id()
    sealed, index = addresses.sealed(row, address), addresses.index_of(Channel.EMAIL, address)
    await database.execute(_MAILBOX, row, actor.person_id, sealed, index)


async def promised(month: Month) -> None:
    """A pledge that is put to public notice."""
    town, people = month.ids["town"], month.actors
    await pledges.sync_presets()
    body, keeper = await promises.a_body(town.community)
    month.named("陈立", keeper)
    programme_id, _ = await pledges.open_programme(
        people["王建国"], town.community.id, year=2027, introduction="", idempotency_key=uuid4()
    )
    month.subject("年度", programme_id)
    here = promises.Town(
        community=town.community,
        body=body,
        keeper=keeper,
        committee=people["王建国"],
        second=people["董洁"],
        residents=[],
        programme_id=programme_id,
        year=2027,
    )
    draft = await promises.terms(
        here,
        deadline=date(2027, 3, 27),
        milestones=(
            MilestoneDraft("备料", date(2027, 3, 22), 40),
            MilestoneDraft("送餐", date(2027, 3, 27), 60),
        ),
    )
    month.subject("承诺", await promises.a_noticed_pledge(here, draft))
