"""What summaries say of disclosures: what was made public, is owed, demanded, and lies ahead."""

from datetime import timedelta

from domains.kernel import clock
from domains.notifications.digests import disclosure as sections
from domains.notifications.digests.section import Period
from domains.notifications.values import Locale, Rhythm
from jobs import disclosure as jobs
from tests import factories as people
from tests.disclosure import factories
from tests.disclosure.test_demands import raised
from tests.disclosure.test_supervision import planned
from tests.notifications.test_kinds_disclosure import FEBRUARY


async def said(community, *, days: int = 1) -> dict[str, list[str]]:
    """What each section says in Chinese of the days up to a minute from now."""
    until = await clock.now() + timedelta(minutes=1)
    period = Period(community.id, community.path, until - timedelta(days=days), until)
    return {
        each.code: [line[Locale.ZH_HANS] for line in await each.lines(period)]
        for each in sections.SECTIONS
    }


async def test_a_summary_names_what_was_published_demanded_and_is_planned_here_alone(db):
    town = await factories.a_town()
    elsewhere = await factories.a_town("九龙社区")
    for number in range(14):
        await people.a_resident(town.community, name=f"居民{number}")
    await factories.a_disclosure(town)
    await raised(town, town.resident)
    await planned(town)

    here, there = await said(town.community), await said(elsewhere.community)

    assert here["disclosures_published"] == ["停水通知"]
    assert here["demands_collecting"] == ["北门改造工程招标"]
    assert [line.split(" ")[-1] for line in here["gatherings_ahead"]] == ["物业费与公共收益"]
    assert [lines for lines in there.values() if lines] == []


async def test_what_is_owed_within_a_week_or_late_is_in_the_days_summary_until_it_is_met(
    moved_clock,
):
    await moved_clock.set(FEBRUARY)
    town = await factories.a_town()
    await factories.adopted(town, "R01")
    await jobs.make_obligations()
    early = (await said(town.community))["duties_owed"]

    await moved_clock.advance(timedelta(days=120))
    await jobs.mark_late_obligations()
    late = (await said(town.community))["duties_owed"]

    assert (early, len(late)) == ([], 1)
    owed = next(each for each in sections.SECTIONS if each.code == "duties_owed")
    assert owed.rhythms == {Rhythm.DAILY}
