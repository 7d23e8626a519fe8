"""A promise from its proposal to its close."""

from domains.pledges import service
from tests.pledges.factories import (
    a_committed_pledge,
    a_delivered_pledge,
    a_town,
    accept,
    an_object,
)


async def test_a_promise_is_committed_at_the_end_of_its_notice_with_its_deadline(moved_clock):
    town = await a_town()

    pledge_id = await a_committed_pledge(town, moved_clock)

    pledge = await an_object(pledge_id)
    assert (pledge["state"], pledge["first_deadline"]) == ("committed", pledge["deadline"])


async def test_a_promise_is_delivered_accepted_and_closed(moved_clock):
    town = await a_town()
    pledge_id = await a_delivered_pledge(town, moved_clock)

    await accept(town, pledge_id)
    await service.close_pledge(town.committee, pledge_id, summary="年度送餐服务完成")

    pledge = await an_object(pledge_id)
    assert (pledge["state"], pledge["reached_weight"]) == ("closed", 100)
