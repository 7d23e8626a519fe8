"""The inbox over real sockets: each hears of their own and of nobody else's."""

from domains.kernel.paging import Page
from domains.notifications.queries import inbox
from domains.notifications.queries.inbox import InboxFilter
from domains.notifications.service import inbox as commands
from domains.voting import service as voting
from jobs import outbox
from tests.notifications.telling import a_poll_that_closes_soon, all_told

NEWS = "subscription { inboxChanged { unread newest { id title } } }"


async def hears(client):
    """The next news of an inbox."""
    message = await client.hear()
    assert (message["id"], message["type"]) == ("n", "next"), message
    return message["payload"]["data"]["inboxChanged"]


async def test_who_is_told_hears_it_and_who_is_not_hears_nothing(hall, moved_clock):
    town, _ = await a_poll_that_closes_soon(moved_clock)
    voted, waiting = town.residents[0], town.residents[1]

    async with hall.joined(voted) as deaf, hall.joined(waiting) as client:
        await deaf.subscribe("n", NEWS)
        await client.subscribe("n", NEWS)
        await hall.settled(2)
        await all_told()
        news = await hears(client)
        await commands.mark_all_read(waiting)
        await outbox.relay()
        read = await hears(client)
        # Had the other heard anything, it would come before what they ask for now.
        await deaf.subscribe("q", "query { inboxCounts { unread } }")
        answer = await deaf.hear()

    assert (news["unread"], len(news["newest"])) == (1, 1)
    assert read == {"unread": 0, "newest": []}
    assert (answer["id"], answer["payload"]["data"]) == ("q", {"inboxCounts": {"unread": 0}})


async def test_what_is_taken_back_is_heard_of(hall, moved_clock):
    town, poll_id = await a_poll_that_closes_soon(moved_clock)
    waiting = town.residents[1]
    await all_told()

    async with hall.joined(waiting) as client:
        await client.subscribe("n", NEWS)
        await hall.settled(1)
        await voting.cancel_poll(town.committee, poll_id, reason="本次表决取消,另行安排。")
        await all_told()
        news = await hears(client)

    assert news == {"unread": 0, "newest": []}
    assert (await inbox.inbox(waiting, InboxFilter(), Page())).rows == []
