"""Proxies within the limits of the rules, and help with casting."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from domains.kernel import clock, database
from domains.kernel.actor import Actor, Role
from domains.kernel.errors import Forbidden, NotFound
from domains.membership.errors import HelperIsPerson
from domains.membership.models import Area, Household, Residency
from domains.membership.values import ConsentForm
from domains.voting import service
from domains.voting.errors import (
    AlreadyVoted,
    CandidateHoldsNoProxy,
    HelperStands,
    HolderUnfit,
    NoProxy,
    NotOnRoll,
    PollNotOpen,
    ProxiesNotTaken,
    ProxyDocumentMissing,
    ProxyEnded,
    ProxyPassedOn,
    ProxyStands,
    ProxyTooLate,
    ProxyTooMany,
)
from domains.voting.models import Poll
from domains.voting.rules.proxies import days_before
from domains.voting.service import staging
from domains.voting.values import ProxyRelation, Secrecy
from jobs import voting as voting_jobs
from tests import factories
from tests.voting.factories import Town, a_draft, a_drafted_poll, a_town, an_open_poll, options_of

OPENS_IN = timedelta(days=24)
VOTER, PARENT = ProxyRelation.VOTER, ProxyRelation.PARENT


async def a_poll_with_proxies(
    town: Town, *, secrecy: Secrecy = Secrecy.OPEN, rule_code: str = "VC_RECALL"
):
    """A poll whose roll is public, long before the first ballot."""
    draft = await a_draft(rule_code=rule_code, opens_in=OPENS_IN, secrecy=secrecy)
    poll_id = await a_drafted_poll(town, draft)
    await service.publish_poll(town.committee, poll_id)
    return poll_id


async def file(principal, poll_id, holder, relation=PARENT, key=None):
    proxy_id, _ = await service.file_proxy(
        principal,
        poll_id,
        holder_id=holder.person_id,
        relation=relation,
        idempotency_key=key or uuid4(),
    )
    return proxy_id


async def until_open(poll_id, moved_clock):
    """Let the time pass in which the roll is frozen and the proxies are made public."""
    opens_at = (await Poll.get(id=poll_id)).opens_at
    await moved_clock.set(days_before(opens_at, 4))
    await service.freeze_due_roll()
    await service.publish_due_proxies()
    await moved_clock.set(opens_at)


async def cast(actor, poll_id, position, *, on_behalf_of=None, key=None):
    option = (await options_of(poll_id))[position - 1]
    return await service.cast_ballot(
        actor, poll_id, [option], idempotency_key=key or uuid4(), on_behalf_of=on_behalf_of
    )


async def proxies():
    return await database.fetch("SELECT * FROM voting_proxy ORDER BY filed_at, id")


async def participations():
    rows = await database.fetch(
        "SELECT r.voter_id, t.channel, t.casts, t.cast_by_id FROM voting_participation t"
        " JOIN voting_roll_entry r ON r.poll_number = t.poll_number AND r.number = t.voter_number"
    )
    return {row["voter_id"]: (row["channel"], row["casts"], row["cast_by_id"]) for row in rows}


async def ballots(poll_id):
    rows = await database.fetch(
        "SELECT r.voter_id, b.marks FROM voting_roll_entry r JOIN voting_participation t"
        " ON t.poll_number = r.poll_number AND t.voter_number = r.number JOIN voting_ballot b"
        " ON b.poll_number = t.poll_number AND b.voter_number = t.voter_number"
        " AND b.revision = t.casts WHERE r.poll_id = $1",
        poll_id,
    )
    return {row["voter_id"]: row["marks"] for row in rows}


def test_the_day_itself_does_not_count_and_the_last_day_ends_at_midnight():
    opens_at = datetime(2026, 3, 20, 1, tzinfo=UTC)  # nine o'clock in Shanghai

    assert days_before(opens_at, 5) == datetime(2026, 3, 15, 16, tzinfo=UTC)


async def test_a_holder_casts_for_the_principal_once_the_proxy_is_public(moved_clock):
    town = await a_town(residents=3)
    principal, holder, _ = town.residents
    poll_id = await a_poll_with_proxies(town)
    await file(principal, poll_id, holder)
    await until_open(poll_id, moved_clock)

    await cast(holder, poll_id, 2, on_behalf_of=principal.person_id)
    await cast(holder, poll_id, 1)

    assert await participations() == {
        principal.person_id: ("proxy", 1, holder.person_id),
        holder.person_id: ("online", 1, None),
    }
    assert await ballots(poll_id) == {principal.person_id: 2, holder.person_id: 1}


async def test_who_holds_no_published_proxy_casts_for_nobody(moved_clock):
    town = await a_town(residents=3)
    principal, holder, other = town.residents
    poll_id = await a_poll_with_proxies(town)
    await until_open(poll_id, moved_clock)
    await database.execute(
        "INSERT INTO voting_proxy (id, poll_id, principal_id, holder_id, relation, filed_by_id,"
        " filed_at) VALUES ($1, $2, $3, $4, 'parent', $3, kernel_now())",
        *(uuid4(), poll_id, principal.person_id, holder.person_id),
    )

    for actor, who in (
        (holder, principal.person_id),
        (other, principal.person_id),
        (holder, uuid4()),
    ):
        with pytest.raises(NoProxy):
            await cast(actor, poll_id, 1, on_behalf_of=who)
    with pytest.raises(NotFound):
        await cast(await factories.a_resident(), poll_id, 1, on_behalf_of=principal.person_id)

    assert await participations() == {}


async def test_who_votes_in_person_takes_the_place_of_their_proxys_named_ballot(moved_clock):
    town = await a_town(residents=2)
    principal, holder = town.residents
    poll_id = await a_poll_with_proxies(town)
    await file(principal, poll_id, holder)
    await until_open(poll_id, moved_clock)
    await cast(holder, poll_id, 2, on_behalf_of=principal.person_id)

    own = await cast(principal, poll_id, 1)
    with pytest.raises(AlreadyVoted):
        await cast(holder, poll_id, 2, on_behalf_of=principal.person_id)
    with pytest.raises(AlreadyVoted):
        await cast(principal, poll_id, 3)

    assert own.revision == 2
    assert await ballots(poll_id) == {principal.person_id: 1}
    assert (await participations())[principal.person_id][:2] == ("online", 2)


async def test_a_secret_ballot_stands_whoever_cast_it(moved_clock):
    town = await a_town(residents=3)
    principal, holder, other = town.residents
    poll_id = await a_poll_with_proxies(town, secrecy=Secrecy.SECRET)
    await file(principal, poll_id, holder)
    await file(other, poll_id, holder)
    await until_open(poll_id, moved_clock)
    await cast(holder, poll_id, 2, on_behalf_of=principal.person_id)
    await cast(other, poll_id, 1)

    with pytest.raises(AlreadyVoted):
        await cast(principal, poll_id, 1)
    with pytest.raises(AlreadyVoted):
        await cast(holder, poll_id, 2, on_behalf_of=other.person_id)

    staged = await database.fetch(f"SELECT marks FROM {staging.table_of(poll_id)} ORDER BY marks")
    assert [row["marks"] for row in staged] == [1, 2]


async def test_a_repeated_ballot_of_a_holder_is_one_ballot(moved_clock):
    town, key = await a_town(residents=2), uuid4()
    principal, holder = town.residents
    poll_id = await a_poll_with_proxies(town)
    await file(principal, poll_id, holder)
    await until_open(poll_id, moved_clock)

    answers = await asyncio.gather(
        *(cast(holder, poll_id, 2, on_behalf_of=principal.person_id, key=key) for _ in range(4))
    )

    assert sorted(each.replayed for each in answers) == [False, True, True, True]
    assert (await participations())[principal.person_id][1] == 1


async def test_proxies_are_filed_in_time_to_the_instant(moved_clock):
    town = await a_town(residents=3)
    poll_id = await a_poll_with_proxies(town)
    until = days_before((await Poll.get(id=poll_id)).opens_at, 5)
    await moved_clock.set(until - timedelta(seconds=1))

    await file(town.residents[0], poll_id, town.residents[2])
    await moved_clock.set(until)
    with pytest.raises(ProxyTooLate):
        await file(town.residents[1], poll_id, town.residents[2])

    assert len(await proxies()) == 1


async def test_proxies_are_published_when_the_days_for_filing_are_over(moved_clock):
    town = await a_town(residents=2)
    poll_id = await a_poll_with_proxies(town)
    await file(town.residents[0], poll_id, town.residents[1])
    until = days_before((await Poll.get(id=poll_id)).opens_at, 5)
    await moved_clock.set(until - timedelta(seconds=1))

    too_early = await service.publish_due_proxies()
    await moved_clock.set(until)
    published = await service.publish_due_proxies()
    again = await service.publish_due_proxies()

    assert (too_early, published, again) == (None, poll_id, None)
    assert [row["published_at"] is not None for row in await proxies()] == [True]


async def test_a_tick_of_the_worker_publishes_every_poll_that_is_due(moved_clock):
    town = await a_town(residents=2)
    polls = [await a_poll_with_proxies(town) for _ in range(2)]
    for poll_id in polls:
        await file(town.residents[0], poll_id, town.residents[1])
    await moved_clock.set(days_before((await Poll.get(id=polls[1])).opens_at, 5))

    ticks = [await voting_jobs.publish_due_proxies() for _ in range(2)]

    assert ticks == [2, 0]
    events = await database.fetch("SELECT name FROM kernel_outbox")
    assert [row["name"] for row in events].count("voting.ProxiesPublished") == 2


async def test_proxies_that_nobody_published_in_time_are_ended(moved_clock):
    town = await a_town(residents=2)
    principal, holder = town.residents
    poll_id = await a_poll_with_proxies(town)
    await file(principal, poll_id, holder)
    opens_at = (await Poll.get(id=poll_id)).opens_at
    await moved_clock.set(days_before(opens_at, 2))
    await service.freeze_due_roll()

    with pytest.raises(ProxyTooLate):
        await service.publish_proxies(town.committee, poll_id)
    await service.publish_due_proxies()
    await moved_clock.set(opens_at)
    with pytest.raises(NoProxy):
        await cast(holder, poll_id, 1, on_behalf_of=principal.person_id)

    assert [row["end_reason"] for row in await proxies()] == ["未按期公布"]
    assert await participations() == {}


async def test_a_convener_publishes_before_the_worker_does(db):
    town = await a_town(residents=2)
    poll_id = await a_poll_with_proxies(town)
    await file(town.residents[0], poll_id, town.residents[1])

    with pytest.raises(Forbidden):
        await service.publish_proxies(town.residents[0], poll_id)
    first = await service.publish_proxies(town.committee, poll_id)
    second = await service.publish_proxies(town.committee, poll_id)

    assert (first, second) == (1, 0)


async def test_one_person_holds_as_many_as_the_rules_let_and_not_one_more(db):
    town = await a_town(residents=5)
    holder = town.residents[4]
    poll_id = await a_poll_with_proxies(town)
    for principal in town.residents[:3]:
        await file(principal, poll_id, holder)

    with pytest.raises(ProxyTooMany) as refusal:
        await file(town.residents[3], poll_id, holder)

    assert refusal.value.details == {"most": 3}
    assert len(await proxies()) == 3


async def test_eight_who_file_at_once_do_not_exceed_the_limit(db):
    town = await a_town(residents=9)
    holder = town.residents[8]
    poll_id = await a_poll_with_proxies(town)

    answers = await asyncio.gather(
        *(file(principal, poll_id, holder) for principal in town.residents[:8]),
        return_exceptions=True,
    )

    assert sum(isinstance(each, ProxyTooMany) for each in answers) == 5
    assert len(await proxies()) == 3


async def test_a_proxy_is_not_passed_on_from_either_end(db):
    town = await a_town(residents=3)
    one, two, three = town.residents
    poll_id = await a_poll_with_proxies(town)
    await file(one, poll_id, two)

    with pytest.raises(ProxyPassedOn):
        await file(two, poll_id, three)
    with pytest.raises(ProxyPassedOn):
        await file(three, poll_id, one)
    with pytest.raises(ProxyStands):
        await file(one, poll_id, three)

    assert len(await proxies()) == 1


async def test_two_who_name_one_another_at_once_make_no_chain(db):
    town = await a_town(residents=2)
    one, two = town.residents
    poll_id = await a_poll_with_proxies(town)

    answers = await asyncio.gather(
        file(one, poll_id, two), file(two, poll_id, one), return_exceptions=True
    )

    assert sum(isinstance(each, ProxyPassedOn) for each in answers) == 1
    assert len(await proxies()) == 1


async def test_who_may_hold_is_for_the_rules_to_say(db):
    town, elsewhere = await a_town(residents=2), await a_town(residents=1)
    poll_id = await a_poll_with_proxies(town)
    principal, holder = town.residents

    for who, relation in ((holder, VOTER), (elsewhere.residents[0], PARENT), (principal, PARENT)):
        with pytest.raises(HolderUnfit):
            await file(principal, poll_id, who, relation)
    with pytest.raises(NotFound):
        await file(elsewhere.residents[0], poll_id, holder)
    with pytest.raises(NotOnRoll):
        await file(town.committee, poll_id, holder)

    assert await proxies() == []


async def stands(poll_id, person_id):
    await database.execute(
        "INSERT INTO voting_candidate (id, poll_id, person_id, name, state, nominated_at)"
        " VALUES ($1, $2, $3, '候选人', 'nominated', kernel_now())",
        *(uuid4(), poll_id, person_id),
    )


@pytest.mark.parametrize("published_before", [False, True])
async def test_candidates_hold_no_proxies_where_the_rules_say_so(moved_clock, published_before):
    town = await a_town(residents=3)
    principal, holder, later = town.residents
    poll_id = await a_poll_with_proxies(town)
    await file(principal, poll_id, later)
    if published_before:
        await service.publish_proxies(town.committee, poll_id)

    await stands(poll_id, holder.person_id)
    await stands(poll_id, later.person_id)
    with pytest.raises(CandidateHoldsNoProxy):
        await file(principal, poll_id, holder)
    await until_open(poll_id, moved_clock)

    assert [row["end_reason"] for row in await proxies()] == ["受托人已成为候选人"]


async def test_a_poll_whose_rules_know_no_proxies_takes_none(db):
    town = await a_town(residents=2)
    poll_id = await a_drafted_poll(town, await a_draft(opens_in=OPENS_IN))
    await service.publish_poll(town.committee, poll_id)

    with pytest.raises(ProxiesNotTaken):
        await file(town.residents[0], poll_id, town.residents[1])

    assert await proxies() == []


async def test_a_repeated_filing_answers_the_same(db):
    town, key = await a_town(residents=2), uuid4()
    poll_id = await a_poll_with_proxies(town)

    first = await file(town.residents[0], poll_id, town.residents[1], key=key)
    again = await file(town.residents[0], poll_id, town.residents[1], key=key)

    assert first == again
    assert len(await proxies()) == 1


async def test_a_revoked_proxy_casts_no_more_and_what_it_cast_stands(moved_clock):
    town = await a_town(residents=3)
    one, two, holder = town.residents
    poll_id = await a_poll_with_proxies(town)
    first, second = await file(one, poll_id, holder), await file(two, poll_id, holder)
    await until_open(poll_id, moved_clock)
    await cast(holder, poll_id, 2, on_behalf_of=one.person_id)

    await service.end_proxy(one, first, reason="本人改为亲自到场")
    await service.end_proxy(holder, second, reason="不便代为投票")
    with pytest.raises(NoProxy):
        await cast(holder, poll_id, 1, on_behalf_of=two.person_id)
    with pytest.raises(ProxyEnded):
        await service.end_proxy(one, first, reason="再次撤销")

    assert await ballots(poll_id) == {one.person_id: 2}


async def test_a_proxy_is_ended_by_its_two_sides_and_conveners_alone(db):
    town, elsewhere = await a_town(residents=3), await a_town(residents=1)
    poll_id = await a_poll_with_proxies(town)
    proxy_id = await file(town.residents[0], poll_id, town.residents[1])

    with pytest.raises(Forbidden):
        await service.end_proxy(town.residents[2], proxy_id, reason="与我无关")
    with pytest.raises(NotFound):
        await service.end_proxy(elsewhere.committee, proxy_id, reason="与我无关")
    with pytest.raises(NotFound):
        await service.end_proxy(town.committee, uuid4(), reason="与我无关")
    assert [row["ended_at"] for row in await proxies()] == [None]

    await service.end_proxy(town.committee, proxy_id, reason="委托人已去世")
    assert [row["end_reason"] for row in await proxies()] == ["委托人已去世"]


@pytest.mark.parametrize("side", [0, 1])
async def test_a_proxy_ends_with_the_standing_of_either_side(db, side):
    town = await a_town(residents=3)
    poll_id = await a_poll_with_proxies(town)
    await file(town.residents[0], poll_id, town.residents[1])

    await service.strike_voter(
        town.committee, poll_id, town.residents[side].person_id, reason="已迁出"
    )

    assert [row["end_reason"] for row in await proxies()] == ["已不在名册上"]


# Help with casting, and with filing.


async def help_to_cast(helper, poll_id, voter, position=1, key=None):
    option = (await options_of(poll_id))[position - 1]
    return await service.cast_ballot_for(
        helper,
        poll_id,
        voter.person_id,
        [option],
        consent=ConsentForm.SPOKEN,
        note="本人到场,视力不便",
        idempotency_key=key or uuid4(),
    )


async def entries():
    return await database.fetch("SELECT * FROM membership_assisted_entry")


@pytest.mark.parametrize("role", [Role.GRID_WORKER, Role.COMMITTEE_MEMBER])
async def test_staff_cast_for_who_is_present_and_the_consent_is_kept(db, role):
    town = await a_town(residents=2)
    helper = await factories.an_officer(role, town.community)
    poll_id = await an_open_poll(town)

    await help_to_cast(helper, poll_id, town.residents[0], 2)

    entry = (await entries())[0]
    assert await participations() == {
        town.residents[0].person_id: ("assisted", 1, helper.person_id)
    }
    assert (entry["helper_id"], entry["person_id"], entry["subject_id"], entry["consent"]) == (
        helper.person_id,
        town.residents[0].person_id,
        poll_id,
        "spoken",
    )


async def test_a_captain_helps_in_their_own_building_alone(db):
    town = await a_town(residents=1)
    home = await Area.get(id=(await Household.first()).area_id)
    other = await factories.a_building(town.community, name="别的楼")
    captain = await factories.a_building_captain(home)
    stranger = await factories.a_building_captain(other)
    poll_id = await an_open_poll(town)

    with pytest.raises(Forbidden):
        await help_to_cast(stranger, poll_id, town.residents[0])
    assert (await participations(), await entries()) == ({}, [])

    await help_to_cast(captain, poll_id, town.residents[0])
    assert len(await entries()) == 1


async def test_nobody_else_helps_and_nobody_is_helped_who_is_not_on_the_roll(db):
    town, elsewhere = await a_town(residents=2), await a_town(residents=1)
    poll_id = await an_open_poll(town)
    bond = await Residency.get(person_id=town.residents[1].person_id)
    own = await factories.an_officer(Role.GRID_WORKER, town.community)
    await Residency.create(
        id=uuid4(),
        person_id=own.person_id,
        household_id=bond.household_id,
        kind=bond.kind,
        state=bond.state,
        since=bond.since,
        created_at=bond.created_at,
    )
    second = await an_open_poll(town)

    with pytest.raises(Forbidden):
        await help_to_cast(town.residents[0], poll_id, town.residents[1])
    with pytest.raises(NotFound):
        await help_to_cast(elsewhere.committee, poll_id, town.residents[1])
    with pytest.raises(NotOnRoll):
        await help_to_cast(town.committee, poll_id, elsewhere.residents[0])
    with pytest.raises(HelperIsPerson):
        await help_to_cast(own, second, own)

    assert (await participations(), await entries()) == ({}, [])


async def test_who_stands_for_election_helps_nobody(db):
    town = await a_town(residents=1)
    poll_id = await a_drafted_poll(town)
    await stands(poll_id, town.committee.person_id)
    await service.publish_poll(town.committee, poll_id)

    with pytest.raises(HelperStands):
        await help_to_cast(town.committee, poll_id, town.residents[0])

    assert (await participations(), await entries()) == ({}, [])


async def test_a_helper_never_takes_the_place_of_what_the_voter_cast(db):
    town = await a_town(residents=1)
    poll_id = await an_open_poll(town)
    await cast(town.residents[0], poll_id, 1)

    with pytest.raises(AlreadyVoted):
        await help_to_cast(town.committee, poll_id, town.residents[0], 2)

    assert await ballots(poll_id) == {town.residents[0].person_id: 1}
    assert await entries() == []


async def test_a_voter_and_a_helper_at_once_cast_one_ballot_and_the_voters_stands(db):
    town = await a_town(residents=1)
    poll_id = await an_open_poll(town)

    await asyncio.gather(
        cast(town.residents[0], poll_id, 1),
        *(help_to_cast(town.committee, poll_id, town.residents[0], 2) for _ in range(3)),
        return_exceptions=True,
    )

    assert await ballots(poll_id) == {town.residents[0].person_id: 1}


async def test_a_repeated_help_is_one_ballot_and_one_entry(db):
    town, key = await a_town(residents=1), uuid4()
    poll_id = await an_open_poll(town)

    answers = await asyncio.gather(
        *(help_to_cast(town.committee, poll_id, town.residents[0], key=key) for _ in range(4)),
        return_exceptions=True,
    )
    again = await help_to_cast(town.committee, poll_id, town.residents[0], key=key)

    assert again.replayed
    assert sum(getattr(each, "replayed", None) is False for each in answers) == 1
    assert len(await entries()) == 1


async def test_a_refused_ballot_leaves_no_entry(moved_clock):
    town = await a_town(residents=1)
    poll_id = await an_open_poll(town)
    await moved_clock.set((await Poll.get(id=poll_id)).closes_at)

    with pytest.raises(PollNotOpen):
        await help_to_cast(town.committee, poll_id, town.residents[0])

    assert (await participations(), await entries()) == ({}, [])


async def test_nothing_joins_an_entry_to_a_secret_ballot_after_the_close(moved_clock):
    town = await a_town(residents=6)
    poll_id = await an_open_poll(town, await a_draft(secrecy=Secrecy.SECRET))
    for number, voter in enumerate(town.residents):
        await help_to_cast(town.committee, poll_id, voter, 1 + number % 2)
    with pytest.raises(AlreadyVoted):
        await help_to_cast(town.committee, poll_id, town.residents[0])
    await moved_clock.set((await Poll.get(id=poll_id)).closes_at)
    await service.close_due_poll()

    kept = await database.fetch("SELECT xmin::text AS xmin, * FROM membership_assisted_entry")
    sealed = await database.fetch("SELECT xmin::text AS xmin FROM voting_sealed_ballot")
    receipts = await database.fetch("SELECT xmin::text AS xmin FROM voting_receipt")
    told = {row["xmin"] for row in kept}
    assert (len(kept), len(sealed), len(receipts)) == (6, 6, 6)
    assert told & {row["xmin"] for row in (*sealed, *receipts)} == set()
    assert {row["note"] for row in kept} == {"本人到场,视力不便"}
    audited = await database.fetch("SELECT command FROM kernel_audit")
    assert "castBallotFor" not in {row["command"] for row in audited}
    assert await database.fetch_value("SELECT count(*) FROM kernel_idempotency") == 1


async def an_upload(owner, *, complete: bool = True):
    upload_id = uuid4()
    await database.execute(
        "INSERT INTO kernel_upload (id, owner_id, file_name, media_type, sniffed_type, size_bytes,"
        " state, created_at, expires_at, sha256, completed_at)"
        " VALUES ($1, $2, '委托书.pdf', 'application/pdf', $3, 10, $4, $5, $6, $7, $8)",
        *(upload_id, owner.person_id, "application/pdf" if complete else None),
        "complete" if complete else "pending",
        await clock.now(),
        None if complete else await clock.now() + timedelta(minutes=5),
        bytes(32) if complete else None,
        await clock.now() if complete else None,
    )
    return upload_id


async def file_for(helper, poll_id, pair, upload_id):
    principal, holder = pair
    return await service.file_proxy_for(
        helper,
        poll_id,
        principal_id=principal.person_id,
        holder_id=holder.person_id,
        relation=PARENT,
        upload_id=upload_id,
        consent=ConsentForm.WRITTEN,
        idempotency_key=uuid4(),
    )


async def test_staff_enter_a_written_proxy_with_its_document_and_consent(db):
    town = await a_town(residents=2)
    poll_id = await a_poll_with_proxies(town)
    worker = await factories.a_grid_worker(town.community)
    upload_id = await an_upload(worker)

    proxy_id, _ = await file_for(worker, poll_id, town.residents, upload_id)

    row, entry = (await proxies())[0], (await entries())[0]
    assert (row["id"], row["upload_id"], row["filed_by_id"]) == (
        proxy_id,
        upload_id,
        worker.person_id,
    )
    assert (entry["subject_id"], entry["consent"]) == (proxy_id, "written")


async def test_a_proxy_without_a_complete_document_of_the_helpers_own_is_not_entered(db):
    town = await a_town(residents=2)
    poll_id = await a_poll_with_proxies(town)
    worker = await factories.a_grid_worker(town.community)

    for upload_id in (
        uuid4(),
        await an_upload(worker, complete=False),
        await an_upload(town.committee),
    ):
        with pytest.raises(ProxyDocumentMissing):
            await file_for(worker, poll_id, town.residents, upload_id)
    with pytest.raises(Forbidden):
        await file_for(town.residents[0], poll_id, town.residents, uuid4())

    assert (await proxies(), await entries()) == ([], [])


async def test_nobody_enters_a_proxy_that_they_would_hold(db):
    town = await a_town(residents=2)
    helper = town.residents[1]
    poll_id = await a_poll_with_proxies(town)
    staff = Actor(helper.person_id, town.committee.grants)

    with pytest.raises(HolderUnfit):
        await file_for(staff, poll_id, town.residents, await an_upload(staff))

    assert (await proxies(), await entries()) == ([], [])
