"""A run-off goes on with the first round's proxies, as far as its rules let them stand."""

from datetime import timedelta

import pytest

from domains.kernel import database
from domains.kernel.rulesets import put
from domains.voting import service
from domains.voting.errors import NoProxy
from domains.voting.rules.proxies import days_before
from domains.voting.service import proxies
from domains.voting.service.presets import presets
from domains.voting.values import ProxyRelation, Secrecy
from schema import node
from tests.voting.asking import ask
from tests.voting.elections import Election, an_election
from tests.voting.factories import a_town
from tests.voting.test_proxies import file

PROXIES = """
query ($poll: ID!) {
  pollProxies(pollId: $poll) { nodes { principal holder isCarriedOver publishedAt } }
}
"""


async def a_tie_with_proxies(moved_clock, *pairs: tuple[int, int]) -> Election:
    """Seats 2 of 3: candidate 0 is elected, 1 and 2 tie; of each pair one holds the other's."""
    election = await an_election(residents=7, seats=2, secrecy=Secrecy.SECRET)
    await election.stand(0, 1, 2)
    for principal, holder in pairs:
        await file(
            election.town.residents[principal], election.poll_id, election.town.residents[holder]
        )
    poll = await election.poll()
    await moved_clock.set(poll.nominations_until)
    await service.freeze_due_roll()
    await moved_clock.set(days_before(poll.opens_at, 4))
    await service.publish_due_proxies()
    await moved_clock.set(poll.opens_at)
    await service.open_due_poll()
    for voter, names in enumerate([(0, 1), (0, 1), (0, 2), (0, 2)]):
        await election.cast(voter, *names)
    return election


async def proxies_of(poll_id):
    return await database.fetch(
        "SELECT principal_id, holder_id, published_at IS NOT NULL AS public, ended_at, end_reason,"
        " carried_from_id FROM voting_proxy WHERE poll_id = $1 ORDER BY filed_at, id",
        poll_id,
    )


async def test_a_holder_casts_in_the_runoff_for_whom_they_held_in_the_first_round(moved_clock):
    election = await a_tie_with_proxies(moved_clock, (5, 4))
    principal, holder = election.town.residents[5], election.town.residents[4]
    await election.count(moved_clock)

    runoff = await election.run_off()
    (carried,) = await proxies_of(runoff.poll_id)
    await moved_clock.set((await runoff.poll()).opens_at)
    await service.cast_ballot(
        holder,
        runoff.poll_id,
        [await runoff.option_of(1)],
        idempotency_key=runoff.poll_id,
        on_behalf_of=principal.person_id,
    )

    (first,) = await database.fetch(
        "SELECT id FROM voting_proxy WHERE poll_id = $1", election.poll_id
    )
    assert (carried["principal_id"], carried["holder_id"], carried["public"]) == (
        principal.person_id,
        holder.person_id,
        True,
    )
    assert carried["carried_from_id"] == first["id"]
    told = await database.fetch_value(
        "SELECT count(*) FROM kernel_outbox WHERE name = 'voting.ProxiesPublished'"
        " AND payload ->> 'poll_id' = $1",
        str(runoff.poll_id),
    )
    assert told == 1


async def test_a_proxy_that_had_ended_does_not_come_back(moved_clock):
    election = await a_tie_with_proxies(moved_clock, (5, 4))
    principal, holder = election.town.residents[5], election.town.residents[4]
    proxy_id = await database.fetch_value("SELECT id FROM voting_proxy")
    await proxies.end_proxy(principal, proxy_id, reason="本人到场")
    await election.count(moved_clock)

    runoff = await election.run_off()
    await moved_clock.set((await runoff.poll()).opens_at)

    assert await proxies_of(runoff.poll_id) == []
    with pytest.raises(NoProxy):
        await service.cast_ballot(
            holder,
            runoff.poll_id,
            [await runoff.option_of(1)],
            idempotency_key=runoff.poll_id,
            on_behalf_of=principal.person_id,
        )


async def test_a_carried_proxy_is_revoked_as_any_other_and_the_first_rounds_stands(moved_clock):
    election = await a_tie_with_proxies(moved_clock, (5, 4))
    await election.count(moved_clock)
    runoff = await election.run_off()
    proxy_id = await database.fetch_value(
        "SELECT id FROM voting_proxy WHERE poll_id = $1", runoff.poll_id
    )

    await proxies.end_proxy(election.town.residents[5], proxy_id, reason="改为本人投票")

    assert [row["ended_at"] is None for row in await proxies_of(election.poll_id)] == [True]
    assert [row["end_reason"] for row in await proxies_of(runoff.poll_id)] == ["改为本人投票"]


async def own_runoff_rules(town, **changes):
    """The village's run-off rules with proxies of the community's own."""
    preset = next(each for each in presets() if each.code == "VC_RUNOFF")
    await put(
        code="VC_RUNOFF",
        version=1,
        title_zh="本村另行选举办法",
        title_en="Our own run-off rules",
        legal_basis="村规民约",
        legal_effect=preset.legal_effect,
        effective_from=preset.effective_from,
        content={**preset.content, "proxies": {**preset.content["proxies"], **changes}},
        community_id=town.community.id,
    )


@pytest.mark.parametrize(
    ("changes", "carried"),
    [({"carriesOver": True}, 2), ({"carriesOver": False}, 0), ({"mostPerHolder": 1}, 1)],
)
async def test_what_carries_over_is_for_the_rules_of_the_runoff_to_say(
    moved_clock, changes, carried
):
    election = await a_tie_with_proxies(moved_clock, (5, 4), (6, 4))
    await own_runoff_rules(election.town, **changes)
    await election.count(moved_clock)

    runoff = await election.run_off()

    found = await proxies_of(runoff.poll_id)
    principals = [each.person_id for each in election.town.residents[5:7]]
    assert [row["principal_id"] for row in found] == principals[:carried]


async def test_a_relation_that_the_runoffs_rules_do_not_take_does_not_carry_over(moved_clock):
    town = await a_town(residents=7)
    election = await an_election(seats=2, rule_code="RC_ELECTION", town=town)
    await election.stand(0, 1, 2)
    await file(town.residents[5], election.poll_id, town.residents[4], ProxyRelation.VOTER)
    await file(town.residents[6], election.poll_id, town.residents[4], ProxyRelation.PARENT)
    preset = next(each for each in presets() if each.code == "RC_RUNOFF")
    await put(
        code="RC_RUNOFF",
        version=1,
        title_zh="本社区另行选举办法",
        title_en="Our own run-off rules",
        legal_basis="居民公约",
        legal_effect=preset.legal_effect,
        effective_from=preset.effective_from,
        content={
            **preset.content,
            "proxies": {**preset.content["proxies"], "holders": "near_relatives"},
        },
        community_id=town.community.id,
    )
    poll = await election.poll()
    await moved_clock.set(poll.nominations_until)
    await service.freeze_due_roll()
    await moved_clock.set(days_before(poll.opens_at, 4))
    await service.publish_due_proxies()
    await moved_clock.set(poll.opens_at)
    for voter, names in enumerate([(0, 1), (0, 1), (0, 2), (0, 2)]):
        await election.cast(voter, *names)
    await election.count(moved_clock)

    runoff = await election.run_off(opens_in=timedelta(days=2))

    found = await proxies_of(runoff.poll_id)
    assert [row["principal_id"] for row in found] == [town.residents[6].person_id]


async def test_carried_proxies_are_read_as_such(moved_clock):
    election = await a_tie_with_proxies(moved_clock, (5, 4))
    await election.count(moved_clock)
    runoff = await election.run_off()

    shown = [
        (await ask(election.town.residents[0], PROXIES, poll=node.encode("poll", poll_id)))[
            "pollProxies"
        ]["nodes"]
        for poll_id in (election.poll_id, runoff.poll_id)
    ]

    assert [[each["isCarriedOver"] for each in nodes] for nodes in shown] == [[False], [True]]
    assert shown[1][0]["principal"] == "居民5"
    assert shown[1][0]["publishedAt"] is not None
