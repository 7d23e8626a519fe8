"""The demo town shows deliberation: a council, a meeting behind it and one ahead, issues."""

from domains.kernel import database
from domains.voting import service as voting
from seeds import deliberation, demo


async def _pairs(sql: str) -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in await database.fetch(sql)]


async def test_the_demo_town_deliberates(db):
    await voting.sync_presets()
    community, buildings = await demo._places()
    committee = await demo._people(community, await demo._households(buildings))
    await demo._organisations(community)

    await deliberation.plant(community, committee)

    assert await _pairs("SELECT title, state FROM meetings_issue ORDER BY id") == [
        ("广场舞噪音扰民", "implementing"),
        ("流浪猫定点喂养", "scheduled"),
        ("电动车进楼道充电", "reported"),
        ("早市占道经营", "triaged"),
    ]
    assert await _pairs("SELECT title, state FROM meetings_meeting ORDER BY id") == [
        ("广场舞噪音协商会", "minutes_confirmed"),
        ("流浪猫定点喂养协商", "agenda_published"),
    ]
    assert await _pairs("SELECT state, percent FROM meetings_resolution") == [("in_progress", 60)]
    assert await _pairs("SELECT state, in_favour, against, silent FROM meetings_vote") == [
        ("carried", 4, 1, 1)
    ]
    assert await _pairs("SELECT state FROM meetings_whistle") == [("called",)]
