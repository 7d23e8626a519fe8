"""Published and not yet provable: until when is told, and holds."""

from datetime import date, datetime, timedelta
from uuid import UUID

from domains.disclosure.queries import log
from domains.kernel import calendar, clock, database
from domains.kernel.actor import ANONYMOUS
from schema import node
from tests import factories as people
from tests.disclosure import factories
from tests.disclosure.log import a_head, a_publication, logged
from tests.voting.asking import ask

PENDING = """
query ($id: ID!) {
  disclosure(id: $id) { versions { headPendingUntil } }
  inclusionProof(disclosureId: $id, version: 1) { leafIndex }
}
"""


async def standing_of(disclosure_id: UUID) -> tuple[datetime | None, int | None]:
    """Until when no head has its first version, and where the proof has it."""
    answer = await ask(ANONYMOUS, PENDING, id=node.encode("disclosure", disclosure_id))
    (version,) = answer["disclosure"]["versions"]
    proof = answer["inclusionProof"]
    until = version["headPendingUntil"]
    return until and datetime.fromisoformat(until), proof and proof["leafIndex"]


async def test_what_missed_todays_head_says_so_and_is_proved_from_tomorrow_on(moved_clock):
    community = await people.a_community()
    first = await a_publication(community)
    await a_head()
    later = await a_publication(community)
    await logged()
    tomorrow = calendar.start_of(await clock.today() + timedelta(days=1))
    before = [await standing_of(each) for each in (first, later)]

    await moved_clock.set(tomorrow)
    await a_head()

    assert before == [(None, 0), (tomorrow, None)]
    assert [await standing_of(each) for each in (first, later)] == [(None, 0), (None, 1)]


async def test_before_the_logs_first_head_and_before_the_relay_it_is_pending_today(db):
    community = await people.a_community()
    disclosure_id = await a_publication(community)

    today: date = await clock.today()
    assert await standing_of(disclosure_id) == (calendar.start_of(today), None)


async def test_a_draft_waits_for_no_head(db):
    town = await factories.a_town()
    await factories.a_draft(town)
    version_id = await database.fetch_value("SELECT id FROM disclosure_version")

    assert await log.pending_until(ANONYMOUS, [version_id]) == [None]
