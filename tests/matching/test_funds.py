"""Purpose-bound money: only existing, only for its purpose, every fen in one place."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest

from domains.kernel import clock, database
from domains.kernel.actor import ANONYMOUS
from domains.kernel.errors import Forbidden, InvalidInput, NotFound
from domains.matching.errors.funds import (
    FundClosed,
    FundConditionsUnmet,
    FundNotEmpty,
    FundPurposeUnfit,
    MatchUnsound,
    MoneyMissing,
    SpenderApproved,
    SpendingDecided,
)
from domains.matching.errors.projects import (
    AppealInText,
    BudgetLineTooSmall,
    ProjectStateUnfit,
)
from domains.matching.errors.resources import ProofUnfit, ResourceKindUnfit
from domains.matching.queries import funds as queries
from domains.matching.rules.money import Promise, matching_due
from domains.matching.service import deciding, funds, reserving, spending
from domains.matching.service.funds import IncomeDraft, PromiseDraft
from domains.matching.service.reserving import ReservationDraft
from domains.matching.service.spending import Movement
from domains.matching.values.funds import FundKind, PayeeKind
from domains.matching.values.resources import ResourceKind
from domains.volunteering.values.volunteers import ServiceClass
from tests.matching.exchange import (
    a_fund,
    allotted,
    an_exchange,
    an_upload,
    approved,
    available,
    fund_row,
    gave,
    lines_of,
    paid,
    recorded,
    running,
    state_of,
    submitted,
)

BALANCES = ("received_fen", "left_fen", "allotted_fen", "spent_fen", "returned_fen")


async def balances(fund_id):
    row = await fund_row(fund_id)
    return tuple(row[name] for name in BALANCES)


async def count_entries():
    return await database.fetch_value("SELECT count(*) FROM matching_fund_entry")


async def test_money_is_followed_from_the_gift_to_its_proof(db):
    exchange = await an_exchange()
    project_id, fund_id = await running(exchange)
    food, boxes = await lines_of(project_id)
    spending_id = await paid(exchange, fund_id, food["id"], 150_000)

    await spending.refund_spending(
        exchange.officer,
        spending_id,
        amount_fen=10_000,
        said="退回一箱",
        proof_id=await an_upload(exchange.officer),
        idempotency_key=uuid4(),
    )
    await spending.release(
        exchange.officer, Movement(fund_id, boxes["id"], 100_000), idempotency_key=uuid4()
    )
    await funds.return_money(
        exchange.treasurer,
        fund_id,
        amount_fen=50_000,
        said="项目节余退回捐赠方",
        proof_id=await an_upload(exchange.treasurer),
        idempotency_key=uuid4(),
    )

    assert await balances(fund_id) == (600_000, 150_000, 260_000, 140_000, 50_000)
    (trace,) = await queries.lines_by_fund(exchange.lin, [fund_id])
    assert [(row["line_title"], row["allotted_fen"], row["spent_fen"]) for row in trace] == [
        ("食材", 400_000, 140_000),
        ("保温箱", 0, 0),
    ]


async def test_money_for_another_purpose_is_refused(db):
    exchange = await an_exchange()
    other = await approved(exchange, service_class=ServiceClass.EDUCATION)
    (line, *_) = await lines_of(other)
    project_id = await approved(exchange, title="另一个项目")
    bound = await a_fund(exchange, fen=1000, name="定向", project_id=project_id)
    for_classes = await a_fund(exchange, fen=1000)

    for fund_id in (for_classes, bound):
        with pytest.raises(FundPurposeUnfit):
            await allotted(exchange, fund_id, line["id"], 1)

    assert [(await balances(each))[1] for each in (for_classes, bound)] == [1000, 1000]


async def test_the_database_itself_refuses_money_for_another_purpose(db):
    exchange = await an_exchange()
    project_id = await approved(exchange, service_class=ServiceClass.EDUCATION)
    (line, *_) = await lines_of(project_id)
    fund_id = await a_fund(exchange, fen=1000)

    with pytest.raises(asyncpg.CheckViolationError) as refused:
        await database.execute(
            "INSERT INTO matching_fund_entry (id, fund_id, kind, amount_fen, line_id, project_id,"
            " said, at) VALUES ($1, $2, 'allotment', 1, $3, $4, '', kernel_now())",
            *(uuid4(), fund_id, line["id"], project_id),
        )

    assert refused.value.constraint_name == "matching_fund_purpose"


async def test_no_more_is_allotted_than_there_is_even_at_once(db):
    exchange = await an_exchange()
    project_id = await approved(exchange)
    (line, *_) = await lines_of(project_id)
    fund_id = await a_fund(exchange, fen=250_000)

    answers = await asyncio.gather(
        *(allotted(exchange, fund_id, line["id"], 100_000) for _ in range(5)),
        return_exceptions=True,
    )

    assert sorted(type(each).__name__ for each in answers) == [
        *["MoneyMissing"] * 3,
        *["NoneType"] * 2,
    ]
    assert await balances(fund_id) == (250_000, 50_000, 200_000, 0, 0)


async def test_a_line_takes_no_more_than_its_budget(db):
    exchange = await an_exchange()
    project_id = await approved(exchange)
    (_, boxes) = await lines_of(project_id)
    fund_id = await a_fund(exchange, fen=500_000)

    with pytest.raises(BudgetLineTooSmall):
        await allotted(exchange, fund_id, boxes["id"], 100_001)

    assert await balances(fund_id) == (500_000, 500_000, 0, 0, 0)


async def test_money_is_only_for_projects_that_the_community_stands_by(db):
    exchange = await an_exchange()
    project_id = await submitted(exchange)
    (line, *_) = await lines_of(project_id)
    fund_id = await a_fund(exchange, fen=1000)

    with pytest.raises(ProjectStateUnfit):
        await allotted(exchange, fund_id, line["id"], 1)

    assert await count_entries() == 1


async def test_spendings_at_once_never_exceed_what_is_allotted(db):
    exchange = await an_exchange()
    project_id, fund_id = await running(exchange)
    (_, boxes) = await lines_of(project_id)
    ids = [
        each
        for each in await asyncio.gather(
            *(paid(exchange, fund_id, boxes["id"], 40_000, approve=False) for _ in range(4)),
            return_exceptions=True,
        )
        if not isinstance(each, BaseException)
    ]

    await asyncio.gather(
        *(spending.decide_spending(exchange.officer, each, approves=True) for each in ids)
    )

    assert len(ids) == 2
    assert (await lines_of(project_id))[1]["spent_fen"] == 80_000


async def test_who_entered_a_spending_does_not_approve_it(db):
    exchange = await an_exchange()
    project_id, fund_id = await running(exchange)
    (food, _) = await lines_of(project_id)
    draft_by_officer = await paid(exchange, fund_id, food["id"], 100, approve=False)

    with pytest.raises(Forbidden):
        await spending.decide_spending(exchange.leader, draft_by_officer, approves=True)
    await spending.decide_spending(exchange.officer, draft_by_officer, approves=True)
    with pytest.raises(SpendingDecided):
        await spending.decide_spending(exchange.committee, draft_by_officer, approves=False)

    assert (await balances(fund_id))[3] == 100


async def test_a_committee_member_who_enters_a_spending_leaves_approving_to_another(db):
    exchange = await an_exchange()
    project_id, fund_id = await running(exchange)
    (food, _) = await lines_of(project_id)
    mine = await spending.enter_spending(
        exchange.committee,
        spending.SpendingDraft(
            fund_id=fund_id,
            line_id=food["id"],
            amount_fen=5,
            payee_kind=PayeeKind.ENTERPRISE,
            payee="惠民超市",
            purpose="样品",
            spent_on=await clock.today(),
            proof_id=await an_upload(exchange.committee),
        ),
        idempotency_key=uuid4(),
    )

    with pytest.raises(SpenderApproved):
        await spending.decide_spending(exchange.committee, mine[0], approves=True)

    assert (await balances(fund_id))[3] == 0


async def test_a_spending_has_a_proof_of_its_own_and_a_day_within_the_project(db):
    exchange = await an_exchange()
    project_id, fund_id = await running(exchange)
    (food, _) = await lines_of(project_id)
    proof = await an_upload(exchange.leader)
    await paid(exchange, fund_id, food["id"], 100, proof_id=proof)
    tomorrow = await clock.today() + timedelta(days=1)

    for changes, refusal in (
        ({"proof_id": proof}, ProofUnfit),
        ({"proof_id": await an_upload(exchange.lin)}, ProofUnfit),
        ({"proof_id": uuid4()}, ProofUnfit),
        ({"spent_on": tomorrow}, InvalidInput),
        ({"spent_on": tomorrow - timedelta(days=30)}, InvalidInput),
    ):
        with pytest.raises(refusal):
            await paid(exchange, fund_id, food["id"], 100, **changes)

    assert (await balances(fund_id))[3] == 100


async def test_the_books_stand_as_they_are(db):
    exchange = await an_exchange()
    project_id, fund_id = await running(exchange)
    (food, _) = await lines_of(project_id)
    await paid(exchange, fund_id, food["id"], 100)
    before = await balances(fund_id)

    for statement in (
        "UPDATE matching_fund_entry SET amount_fen = 1",
        "DELETE FROM matching_fund_entry",
        "UPDATE matching_fund SET left_fen = left_fen + 1, received_fen = received_fen + 1",
        "UPDATE matching_budget_line SET spent_fen = 0",
        "UPDATE matching_spending SET amount_fen = 1",
        "UPDATE matching_spending SET state = 'refused', reason = '不批'",
        "DELETE FROM matching_spending",
        "INSERT INTO matching_fund_line SELECT fund_id, line_id, project_id, 9, 0"
        " FROM matching_fund_line LIMIT 1",
    ):
        with pytest.raises((asyncpg.RestrictViolationError, asyncpg.InsufficientPrivilegeError)):
            await database.execute(statement)

    assert await balances(fund_id) == before


async def test_a_community_fund_gives_by_its_conditions(db):
    exchange = await an_exchange()
    project_id = await approved(exchange)
    (food, boxes) = await lines_of(project_id)
    by_sum = await a_fund(
        exchange, fen=900_000, kind=FundKind.COMMUNITY, most_per_project_fen=300_000
    )
    by_share = await a_fund(exchange, fen=900_000, kind=FundKind.COMMUNITY, most_percent=30)
    chosen = await a_fund(exchange, fen=900_000, kind=FundKind.COMMUNITY, chosen_only=True)

    await allotted(exchange, by_sum, food["id"], 300_000)
    for fund_id, line, fen in (
        (by_sum, boxes, 1),
        (by_share, boxes, 100_000 + 50_001),
        (by_share, food, 150_001),
        (chosen, boxes, 1),
    ):
        with pytest.raises((FundConditionsUnmet, BudgetLineTooSmall)):
            await allotted(exchange, fund_id, line["id"], fen)
    await allotted(exchange, by_share, food["id"], 100_000)

    assert [(await balances(each))[2] for each in (by_sum, by_share, chosen)] == [
        *(300_000, 100_000, 0),
    ]


async def test_gifts_are_matched_to_the_ceiling_and_from_existing_money_only(db):
    exchange = await an_exchange()
    to_fund = await a_fund(exchange)
    giver = await a_fund(exchange, fen=70_000, kind=FundKind.MATCHING, name="配捐资金")
    until = await clock.today() + timedelta(days=30)
    await funds.promise_matching(
        exchange.treasurer, giver, PromiseDraft(to_fund, 1, 2, 60_000, until)
    )

    left = []
    for fen in (20_001, 39_999, 100_000):
        await gave(exchange, to_fund, fen)
        left.append(((await fund_row(to_fund))["left_fen"], (await fund_row(giver))["left_fen"]))

    assert left == [(30_001, 60_000), (90_000, 40_000), (220_000, 10_000)]
    row = await fund_row(giver)
    assert (row["passed_on_fen"], row["received_fen"]) == (60_000, 70_000)
    assert (await recorded("matching.Donation")) == ["DonationMatched"] * 3


async def test_a_promise_never_widens_the_purpose(db):
    exchange = await an_exchange()
    giver = await a_fund(exchange, fen=1000, kind=FundKind.MATCHING)
    anything = await a_fund(exchange, service_classes=(), name="不限用途")
    plain = await a_fund(exchange, fen=1000, name="普通")
    until = await clock.today()

    for fund_id, to_fund, refusal in (
        (giver, anything, FundPurposeUnfit),
        (giver, giver, MatchUnsound),
        (plain, giver, MatchUnsound),
    ):
        with pytest.raises(refusal):
            await funds.promise_matching(
                exchange.treasurer, fund_id, PromiseDraft(to_fund, 1, 1, 100, until)
            )

    assert await database.fetch_value("SELECT count(*) FROM matching_fund_match") == 0


@pytest.mark.parametrize(
    ("given", "added", "left", "due"),
    [(0, 0, 99, 0), (3, 0, 99, 1), (30, 10, 99, 5), (1000, 40, 99, 10), (1000, 0, 7, 7)],
)
def test_matching_is_rounded_down_over_all_gifts(given, added, left, due):
    promise = Promise(adds_fen=1, per_fen=2, ceiling_fen=50, given_fen=given, added_fen=added)

    assert matching_due(promise, left_fen=left) == due


async def test_income_needs_a_proof_and_asks_nobody_for_money(db):
    exchange = await an_exchange()
    fund_id = await a_fund(exchange)

    for source, proof, refusal in (
        ("热心居民", uuid4(), ProofUnfit),
        ("请打款至 6222020200112233", await an_upload(exchange.treasurer), AppealInText),
    ):
        with pytest.raises(refusal):
            await funds.record_income(
                exchange.treasurer,
                fund_id,
                IncomeDraft(100, source, proof),
                idempotency_key=uuid4(),
            )
    with pytest.raises(Forbidden):
        await funds.record_income(
            exchange.lin,
            fund_id,
            IncomeDraft(100, "热心居民", await an_upload(exchange.lin)),
            idempotency_key=uuid4(),
        )

    assert await count_entries() == 0


async def test_an_income_that_is_repeated_with_its_key_comes_in_once(db):
    exchange = await an_exchange()
    fund_id = await a_fund(exchange)
    draft, key = IncomeDraft(100, "热心企业", await an_upload(exchange.treasurer)), uuid4()

    first = await funds.record_income(exchange.treasurer, fund_id, draft, idempotency_key=key)
    again = await funds.record_income(exchange.treasurer, fund_id, draft, idempotency_key=key)

    assert again == (first[0], True)
    assert (await balances(fund_id))[0] == 100


async def test_offered_money_comes_in_as_the_income_of_its_fund(db):
    exchange = await an_exchange()
    fund_id = await a_fund(exchange)
    resource_id = await available(
        exchange,
        kind=ResourceKind.MONEY,
        title="助老资金",
        quantity=80_000,
        purpose="用于老年助餐",
        proof_id=await an_upload(exchange.lin),
    )
    reservation_id, _ = await reserving.reserve_resource(
        exchange.treasurer,
        ReservationDraft(resource_id, 80_000, fund_id=fund_id),
        idempotency_key=uuid4(),
    )
    await reserving.commit_reservation(exchange.lin, reservation_id)
    await reserving.deliver_reservation(exchange.lin, reservation_id)
    with pytest.raises(ResourceKindUnfit):
        await reserving.receipt_reservation(exchange.committee, reservation_id, note="收到。")

    await funds.record_income(
        exchange.treasurer,
        fund_id,
        IncomeDraft(80_000, "居民", await an_upload(exchange.treasurer), reservation_id),
        idempotency_key=uuid4(),
    )

    state = await database.fetch_value(
        "SELECT state FROM matching_resource WHERE id = $1", resource_id
    )
    assert (state, (await balances(fund_id))[0]) == ("receipted", 80_000)


async def test_a_fund_is_closed_once_it_is_empty(db):
    exchange = await an_exchange()
    fund_id = await a_fund(exchange, fen=100)

    with pytest.raises(FundNotEmpty):
        await funds.close_fund(exchange.treasurer, fund_id)
    await funds.return_money(
        exchange.treasurer,
        fund_id,
        amount_fen=100,
        said="退回捐赠方",
        proof_id=await an_upload(exchange.treasurer),
        idempotency_key=uuid4(),
    )
    await funds.close_fund(exchange.treasurer, fund_id)
    with pytest.raises(FundClosed):
        await gave(exchange, fund_id, 1)

    assert await balances(fund_id) == (100, 0, 0, 0, 100)


async def test_no_more_goes_back_than_is_left_or_was_paid(db):
    exchange = await an_exchange()
    project_id, fund_id = await running(exchange)
    (food, _) = await lines_of(project_id)
    spending_id = await paid(exchange, fund_id, food["id"], 100)
    waiting = await paid(exchange, fund_id, food["id"], 399_900, approve=False)
    before = await balances(fund_id)

    with pytest.raises(MoneyMissing):
        await spending.release(
            exchange.officer, Movement(fund_id, food["id"], 1), idempotency_key=uuid4()
        )
    with pytest.raises(MoneyMissing):
        await funds.return_money(
            exchange.treasurer,
            fund_id,
            amount_fen=100_001,
            said="退回",
            proof_id=await an_upload(exchange.treasurer),
            idempotency_key=uuid4(),
        )
    for each, fen in ((spending_id, 101), (waiting, 1)):
        with pytest.raises(MoneyMissing):
            await spending.refund_spending(
                exchange.officer,
                each,
                amount_fen=fen,
                said="退款",
                proof_id=await an_upload(exchange.officer),
                idempotency_key=uuid4(),
            )

    assert await balances(fund_id) == before


async def test_money_taken_back_leads_a_funded_project_back(db):
    exchange = await an_exchange()
    project_id = await approved(exchange)
    fund_id = await a_fund(exchange, fen=500_000)
    for each in await lines_of(project_id):
        await allotted(exchange, fund_id, each["id"], each["amount_fen"])
    funded_then = await state_of(project_id)

    await spending.release(
        exchange.officer,
        Movement(fund_id, (await lines_of(project_id))[0]["id"], 1),
        idempotency_key=uuid4(),
    )

    assert (funded_then, await state_of(project_id)) == ("funded", "approved")
    with pytest.raises(ProjectStateUnfit):
        await deciding.start_project(exchange.leader, project_id)


async def test_another_communitys_money_is_not_moved(db):
    exchange = await an_exchange()
    other = await an_exchange(name="和平社区")
    project_id = await approved(exchange)
    (line, *_) = await lines_of(project_id)
    fund_id, foreign = await a_fund(exchange, fen=100), await a_fund(other, fen=100)

    with pytest.raises(Forbidden):
        await allotted(other, fund_id, line["id"], 1)
    with pytest.raises(FundPurposeUnfit):
        await allotted(other, foreign, line["id"], 1)
    with pytest.raises(NotFound):
        await funds.close_fund(ANONYMOUS, fund_id)

    assert await queries.funds_by_id(ANONYMOUS, [fund_id]) == [None]
    assert (await balances(fund_id))[2] == 0


async def test_nothing_is_spent_while_a_project_rests(db):
    exchange = await an_exchange()
    project_id, fund_id = await running(exchange)
    (food, _) = await lines_of(project_id)
    waiting = await paid(exchange, fund_id, food["id"], 100, approve=False)
    await deciding.suspend_project(exchange.committee, project_id, reason="账目核查")

    with pytest.raises(ProjectStateUnfit):
        await spending.decide_spending(exchange.officer, waiting, approves=True)
    with pytest.raises(ProjectStateUnfit):
        await paid(exchange, fund_id, food["id"], 100)

    assert (await balances(fund_id))[3] == 0


async def test_the_matcher_is_told_of_money_that_is_left(db):
    exchange = await an_exchange()
    fund_id = await a_fund(exchange, fen=700)
    await a_fund(exchange, name="空的")

    rows = await queries.candidates(exchange.community.path)

    assert [(row["id"], row["left_fen"], row["service_classes"]) for row in rows] == [
        (fund_id, 700, ["elder_care"]),
    ]
