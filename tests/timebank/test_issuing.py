"""What a record of service earns, once a record, within the caps of the scheme of its day."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest

from domains.kernel import clock, database
from domains.kernel.database import transaction
from domains.kernel.errors import DomainError
from domains.timebank.errors import (
    InsufficientBalance,
    MinutesOutOfRange,
    ServiceDiffers,
    ServiceInFuture,
)
from domains.timebank.queries.ledger import balances, faults
from domains.timebank.rules.scheme import Scheme
from domains.timebank.service import giving, issuing, ledger, schemes
from domains.timebank.service.presets import _BASE
from domains.timebank.values import AccountKind, IssueReason
from tests import factories
from tests.timebank.test_ledger import SOUND
from tests.timebank.town import a_holder, a_town


async def a_service(town, actor, minutes=90, **changes):
    given = issuing.Service(
        record_id=uuid4(),
        person_id=actor.person_id,
        community_id=town.community.id,
        service_class="company",
        minutes=minutes,
        served_on=await clock.today(),
    )
    return replace(given, **changes)


async def issue(service):
    async with transaction():
        return await issuing.issue_for(service)


async def take_back(record_id):
    async with transaction():
        return await issuing.take_back(record_id, reason="记录已更正")


def split(issued):
    return issued.credited_minutes, issued.donated_minutes, issued.refused_minutes


async def held(*accounts):
    found = await balances(accounts)
    return [found[each]["balance_minutes"] for each in accounts]


async def the_pool(town):
    own = await ledger.open_scheme(town.community.id, town.community.path)
    return own[AccountKind.DONATION_POOL]


async def issuings():
    return await database.fetch_value("SELECT count(*) FROM timebank_issuing")


async def test_a_record_earns_its_minutes(db):
    town = await a_town()
    lin, account = await a_holder(town)

    issued = await issue(await a_service(town, lin, 90))

    assert split(issued) == (90, 0, 0)
    assert issued.account_id == account
    assert await held(account) == [90]
    assert await faults() == SOUND


async def test_classes_have_prices_of_their_own(db):
    town = await a_town("CHENGDU")
    lin, account = await a_holder(town)

    issued = await issue(await a_service(town, lin, 60, service_class="repairs"))

    assert split(issued) == (120, 0, 0)
    assert await held(account) == [120]


async def test_a_class_that_the_scheme_does_not_name_earns_nothing_and_says_so(db):
    town = await a_town()
    lin, account = await a_holder(town)

    issued = await issue(await a_service(town, lin, service_class="banquet"))

    assert (split(issued), issued.reasons) == ((0, 0, 0), (IssueReason.CLASS_NOT_COUNTED,))
    assert await held(account) == [0]


async def test_a_record_is_issued_for_once(db):
    town = await a_town()
    lin, account = await a_holder(town)
    service = await a_service(town, lin, 90)

    first = await issue(service)
    again = await issue(service)

    assert (first.replayed, again.replayed) == (False, True)
    assert split(again) == (90, 0, 0)
    assert await held(account) == [90]


async def test_of_many_who_issue_for_one_record_at_once_one_does(db):
    town = await a_town()
    lin, account = await a_holder(town)
    service = await a_service(town, lin, 90)

    answers = await asyncio.gather(*(issue(service) for _ in range(8)))

    assert sorted(each.replayed for each in answers) == [False] + [True] * 7
    assert await held(account) == [90]


async def test_a_record_that_says_something_else_is_refused(db):
    town = await a_town()
    lin, account = await a_holder(town)
    service = await a_service(town, lin, 90)
    await issue(service)

    with pytest.raises(ServiceDiffers):
        await issue(replace(service, minutes=91))

    assert await held(account) == [90]


async def test_a_record_in_the_future_is_refused(db):
    town = await a_town()
    lin, account = await a_holder(town)
    tomorrow = await clock.today() + timedelta(days=1)

    with pytest.raises(ServiceInFuture):
        await issue(await a_service(town, lin, served_on=tomorrow))

    assert await held(account) == [0]
    assert await issuings() == 0


@pytest.mark.parametrize("minutes", [0, -60, 600_001, 10**20])
async def test_a_record_of_no_or_enormous_length_is_refused(db, minutes):
    town = await a_town()
    lin, account = await a_holder(town)

    with pytest.raises(MinutesOutOfRange):
        await issue(await a_service(town, lin, minutes))

    assert await held(account) == [0]


async def test_over_a_day_s_cap_is_refused_with_the_reason_where_the_scheme_says_so(db):
    town = await a_town("SHANGHAI")
    lin, account = await a_holder(town)
    await issue(await a_service(town, lin, 90))

    issued = await issue(await a_service(town, lin, 90))

    assert split(issued) == (30, 0, 60)
    assert issued.reasons == (IssueReason.DAY_CAP,)
    assert await held(account) == [120]


async def test_a_day_s_cap_holds_over_all_communities(db):
    town, other = await a_town("SHANGHAI"), await a_town("SHANGHAI", name="邻里社区")
    lin, _ = await a_holder(town)
    await issue(await a_service(town, lin, 120))

    issued = await issue(await a_service(other, lin, 60))

    assert split(issued) == (0, 0, 60)


async def test_over_the_balance_s_cap_goes_to_the_donation_pool(db):
    town = await a_town("NANJING")
    lin, account = await a_holder(town, 1_500 * 60 - 30)

    issued = await issue(await a_service(town, lin, 90))

    assert split(issued) == (30, 60, 0)
    assert issued.reasons == (IssueReason.BALANCE_CAP,)
    assert await held(account, await the_pool(town)) == [90_000, 60]
    assert await faults() == SOUND


async def test_a_year_s_cap_and_a_total_cap_are_kept(moved_clock):
    def caps(**most):
        none = dict.fromkeys(("day", "year", "total", "balance"))
        return none | {k: {"minutes": m, "excess": "donate"} for k, m in most.items()}

    town = await a_town("BEIJING", caps=caps(year=100, total=150))
    lin, account = await a_holder(town)
    await issue(await a_service(town, lin, 80))
    second = await issue(await a_service(town, lin, 80))
    await moved_clock.advance(timedelta(days=366))
    third = await issue(await a_service(town, lin, 80))

    assert (split(second), second.reasons) == ((20, 60, 0), (IssueReason.YEAR_CAP,))
    assert (split(third), third.reasons) == ((50, 30, 0), (IssueReason.TOTAL_CAP,))
    assert await held(account) == [150]


async def test_what_a_group_earns_is_donated_where_the_scheme_says_so(db):
    town = await a_town("NANJING")
    lin, account = await a_holder(town)

    issued = await issue(await a_service(town, lin, 90, in_group=True))

    assert (split(issued), issued.reasons) == ((0, 90, 0), (IssueReason.GROUP_DONATES,))
    assert await held(account, await the_pool(town)) == [0, 90]


@pytest.mark.parametrize(
    ("born", "reason"),
    [(date(2015, 1, 1), IssueReason.TOO_YOUNG), (None, IssueReason.AGE_UNKNOWN)],
)
async def test_who_is_too_young_or_of_unknown_age_does_not_earn(db, born, reason):
    town = await a_town()
    lin, account = await a_holder(town, born=born)

    issued = await issue(await a_service(town, lin, 90))

    assert (split(issued), issued.reasons) == ((0, 0, 90), (reason,))
    assert await held(account) == [0]


async def test_where_no_scheme_stood_on_the_day_nothing_is_issued(db):
    town = await a_town()
    lin, account = await a_holder(town)
    before = await clock.today() - timedelta(days=3)

    issued = await issue(await a_service(town, lin, served_on=before))

    assert issued.reasons == (IssueReason.NO_SCHEME,)
    assert await held(account) == [0]
    assert await issuings() == 0


async def test_issuing_is_undone_with_the_command_that_it_follows_from(db):
    town = await a_town()
    lin, account = await a_holder(town)

    with pytest.raises(ZeroDivisionError):
        async with transaction():
            await issuing.issue_for(await a_service(town, lin, 90))
            raise ZeroDivisionError

    assert await held(account) == [0]
    assert await faults() == SOUND


async def test_what_a_revoked_record_earned_is_taken_back_once(db):
    town = await a_town("NANJING")
    lin, account = await a_holder(town, 1_500 * 60 - 30)
    service = await a_service(town, lin, 90)
    await issue(service)

    taken = [await take_back(service.record_id), await take_back(service.record_id)]

    assert taken == [True, False]
    assert await held(account, await the_pool(town)) == [89_970, 0]
    assert await faults() == SOUND


async def test_what_was_taken_back_counts_towards_no_cap(db):
    town = await a_town("SHANGHAI")
    lin, _ = await a_holder(town)
    service = await a_service(town, lin, 120)
    await issue(service)
    await take_back(service.record_id)

    issued = await issue(replace(service, record_id=uuid4(), minutes=60))

    assert split(issued) == (60, 0, 0)


async def test_what_was_spent_is_not_taken_back(db):
    town = await a_town("SHANGHAI")
    lin, account = await a_holder(town)
    _, theirs = await a_holder(town, name="王芳")
    service = await a_service(town, lin, 90)
    await issue(service)
    await giving.give_minutes(lin, account, theirs, minutes=60, idempotency_key=uuid4())

    with pytest.raises(InsufficientBalance):
        await take_back(service.record_id)

    assert await held(account, theirs) == [30, 60]


async def test_many_records_of_one_person_at_once_pass_no_cap(db):
    town = await a_town("SHANGHAI")
    lin, account = await a_holder(town)
    services = [await a_service(town, lin, 40) for _ in range(6)]

    await asyncio.gather(*(issue(each) for each in services))

    assert await held(account) == [120]
    assert await faults() == SOUND


@pytest.mark.parametrize(
    "odd",
    [{"interest": 3}, {"cashFenPerMinute": 10}, {"pointMinutes": 0}, {"pointMinutes": 1.5}],
)
def test_a_scheme_has_no_word_for_money_or_interest(odd):
    with pytest.raises(ValueError):  # noqa: PT011  # what is unsound is said in the refusal
        Scheme.of(_BASE | odd)


async def test_a_new_ceiling_takes_nothing_and_lets_nothing_more_come(db):
    town = await a_town("BEIJING")
    lin, account = await a_holder(town, 500)
    cap = {
        "day": None,
        "year": None,
        "total": None,
        "balance": {"minutes": 300, "excess": "donate"},
    }
    draft = schemes.SchemeDraft(
        await clock.today() + timedelta(days=1), "社区议定", None, {"caps": cap}
    )
    await schemes.adopt_scheme(town.keeper, town.community.id, draft, idempotency_key=uuid4())
    await database.execute("UPDATE test_clock SET moved = moved + interval '1 day'")

    changed = [await schemes.apply_ceilings(), await schemes.apply_ceilings()]
    issued = await issue(await a_service(town, lin, 60))

    assert changed == [1, 0]
    assert split(issued) == (0, 60, 0)
    assert await held(account) == [500]


async def test_a_scheme_is_adopted_for_a_day_to_come_by_who_may(db):
    town = await a_town()
    stranger = await factories.a_committee_member()
    draft = schemes.SchemeDraft(await clock.today() + timedelta(days=2), "社区议定", None, {})

    codes = []
    for actor, each in (
        (stranger, draft),
        (town.keeper, replace(draft, effective_from=await clock.today())),
        (town.keeper, replace(draft, changes={"interest": 3})),
        (town.keeper, replace(draft, preset="ATLANTIS")),
    ):
        try:
            await schemes.adopt_scheme(actor, town.community.id, each, idempotency_key=uuid4())
        except DomainError as refusal:
            codes.append(refusal.code)

    assert codes == ["NOT_FOUND", "SCHEME_BACKDATED", "SCHEME_UNSOUND", "NO_RULE_IN_FORCE"]
