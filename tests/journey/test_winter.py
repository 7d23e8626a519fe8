"""The demo town's winter over GraphQL: a lift, meals, homework and a clinic day.

Each needs the five parties: the community that stands by it, a social organisation that hosts
it, a social worker, volunteers, and money or things that were given for it.
"""

from collections.abc import Iterator

import pytest

from domains.kernel import crypto, settings
from tests.conftest import Clock
from tests.journey.conftest import Programs
from tests.journey.winter import Story, banked, registered, the_town
from tests.journey.winter_projects import a_clinic_day_is_held, the_lift_is_repaired
from tests.journey.winter_services import homework_is_helped_with, meals_are_brought

REPORT = """
query ($area: ID!, $since: Date, $until: Date) {
  matchingReport(areaId: $area, since: $since, until: $until) {
    whole { services placesWanted placesFilled }
    weeks { figures { placesFilled } } unmet { serviceClass services places } } }
"""


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keys that the server seals with and this process, which does what is due, opens with."""
    monkeypatch.setenv("GONGYI_FIELD_KEYS", f"winter:{crypto.new_key()}")
    for name in ("GONGYI_BLIND_INDEX_KEY", "GONGYI_TOKEN_KEY"):
        monkeypatch.setenv(name, crypto.new_key())
    settings.current.cache_clear()
    yield
    settings.current.cache_clear()


async def test_five_parties_bring_the_demo_town_through_the_winter(
    keys: None, programs_here: Programs, moved_clock: Clock
):
    async with the_town(programs_here, moved_clock) as story:
        for name in ("lin", "zhou", "wang"):
            await registered(story, name)
            await banked(story, name)
        await the_lift_is_repaired(story)
        await meals_are_brought(story)
        await homework_is_helped_with(story)
        await a_clinic_day_is_held(story)
        await the_winter_is_looked_back_on(story)


async def the_winter_is_looked_back_on(story: Story) -> None:
    """Eight of nine services found their people; for the lamp somebody is to be recruited."""
    found = await story.people["committee"].asks(
        REPORT, area=story.place, since=story.day(0), until=story.day(34)
    )
    report = found["matchingReport"]
    assert report["whole"] == {"services": 9, "placesWanted": 10, "placesFilled": 9}
    assert report["unmet"] == [{"serviceClass": "REPAIRS", "services": 1, "places": 1}]
    by_week = [each["figures"]["placesFilled"] for each in report["weeks"]]
    assert by_week == [1, 4, 1, 1, 2]
