"""What a run proposes for needs besides people: kept, and put in place once staff approve it.

The host is set, the social worker noted, the venue reserved until who offers it commits it.
Money never moves here: who keeps the fund is asked, and only their yes moves it. All of an order
is put in place, or nothing; then nobody is asked to serve, and the refusal is noted.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from domains.kernel import calendar, database, outbox
from domains.kernel.actor import SYSTEM
from domains.kernel.database import Row, savepoint
from domains.kernel.errors import DomainError
from domains.matching.errors.funds import FundConditionsUnmet, MoneyMissing
from domains.matching.errors.projects import SupervisorFullyLoaded
from domains.matching.errors.requirements import HostFullyLoaded, HostGone, NeedNotProvided
from domains.matching.events.needs import NeedChanged
from domains.matching.events.runs import MoneyProposed
from domains.matching.queries import requirements
from domains.matching.queries.rules import procedure_of, rules_of
from domains.matching.rules.money import may_fund
from domains.matching.rules.project_procedure import ProjectProcedure
from domains.matching.service import means, reserving, supervising
from domains.matching.service.reserving import ReservationDraft
from domains.matching.solving.proposal import Selection
from domains.matching.values.funds import FundState
from domains.membership.queries import organisations

_SELECTION = """
INSERT INTO matching_run_selection (run_id, order_id, host_id, worker_id, venue_id, decision)
VALUES ($1, $2, $3, $4, $5, 'proposed')
"""
_MONEY = "INSERT INTO matching_run_money (run_id, order_id, fund_id, fen) VALUES ($1, $2, $3, $4)"
_OF_ORDER = """
SELECT * FROM matching_run_selection WHERE run_id = $1 AND order_id = $2 FOR UPDATE
"""
_MONEY_OF = """
SELECT fund_id, fen FROM matching_run_money WHERE run_id = $1 AND order_id = $2 ORDER BY fund_id
"""
_DONE = """
UPDATE matching_run_selection SET decision = $3, refusal = $4, done_at = kernel_now()
WHERE run_id = $1 AND order_id = $2 AND decision = 'proposed'
"""
_HOLD_NEED = """
SELECT n.id FROM matching_need n JOIN matching_order o ON o.need_id = n.id
WHERE o.id = $1 FOR UPDATE OF n
"""
_HOST = "UPDATE matching_need SET host_id = $2 WHERE id = $1"
_HOST_SETTLED = "UPDATE matching_requirement SET host_settled_at = kernel_now() WHERE need_id = $1"
_SUPERVISED = """
UPDATE matching_requirement SET supervisor_id = $2, supervised_at = kernel_now() WHERE need_id = $1
"""
_FUND = "SELECT * FROM matching_fund WHERE id = $1 FOR NO KEY UPDATE"
_PROPOSE = """
INSERT INTO matching_money_proposal (id, need_id, fund_id, run_id, fen, state, proposed_at)
VALUES ($1, $2, $3, $4, $5, 'proposed', kernel_now())
"""


async def keep(run_id: UUID, selections: Sequence[Selection]) -> None:
    """Write, in the open transaction, what a run proposes besides people."""
    database.require_open_transaction()
    taking = [each for each in selections if each.host or each.worker or each.venue or each.money]
    await database.execute_many(
        _SELECTION,
        [
            (run_id, UUID(each.need), _id(each.host), _id(each.worker), _id(each.venue))
            for each in taking
        ],
    )
    await database.execute_many(
        _MONEY,
        [(run_id, UUID(each.need), UUID(fund), fen) for each in taking for fund, fen in each.money],
    )


def _id(text: str) -> UUID | None:
    return UUID(text) if text else None


async def provide(run: Row, order_id: UUID) -> str | None:
    """Put in place what an order takes besides people; returns the refusal, None if all is there.

    What other orders of the need, or people, have put in place already is not asked for again.
    """
    database.require_open_transaction()
    selection = await database.fetch_one(_OF_ORDER, run["id"], order_id)
    try:
        async with savepoint():
            await database.fetch_one(_HOLD_NEED, order_id)
            if selection is not None and selection["decision"] == "proposed":
                await _put(run, selection)
            lacks = await _lacks(order_id)
            if lacks is not None and _is_short(lacks):
                raise NeedNotProvided(path=("input", "orderId"))
    except DomainError as refusal:
        await database.execute(_DONE, run["id"], order_id, "refused", refusal.code)
        return refusal.code
    await database.execute(_DONE, run["id"], order_id, "settled", None)
    return None


async def _lacks(order_id: UUID) -> Row | None:
    rows = await requirements.wants_of([order_id])
    return rows[0] if rows else None


def _is_short(lacks: Mapping[str, object]) -> bool:
    return any(lacks[name] for name in ("wants_host", "supervision", "cost_fen", "wants_venue"))


async def _put(run: Row, selection: Row) -> None:
    lacks = await _lacks(selection["order_id"])
    if lacks is None:
        return
    if lacks["wants_host"] and selection["host_id"] is not None:
        await _set_host(lacks, selection["host_id"])
    if lacks["supervision"] and selection["worker_id"] is not None:
        await _note_supervisor(lacks, selection["worker_id"])
    if lacks["wants_venue"] and selection["venue_id"] is not None:
        draft = ReservationDraft(
            resource_id=selection["venue_id"],
            quantity=lacks["room"],
            need_id=lacks["need_id"],
            starts_at=lacks["starts_at"],
            ends_at=lacks["ends_at"],
        )
        await reserving.reserve(draft, by_id=run["reviewed_by_id"])
    if lacks["cost_fen"]:
        for each in await database.fetch(_MONEY_OF, run["id"], selection["order_id"]):
            await _propose(run, lacks, each["fund_id"], fen=each["fen"])


async def _set_host(lacks: Row, host_id: UUID) -> None:
    most = (await procedure_of(lacks["community_id"])).host_needs
    (host,) = await organisations.organisations_by_id(SYSTEM, [host_id])
    if host is None or host["dissolved_on"] is not None:
        raise HostGone(path=("input", "orderId"))
    if (await requirements.hosted([host_id])).get(host_id, 0) >= most:
        raise HostFullyLoaded(path=("input", "orderId"), most=most)
    await database.execute(_HOST, lacks["need_id"], host_id)
    await database.execute(_HOST_SETTLED, lacks["need_id"])
    await outbox.record(NeedChanged(lacks["need_id"], lacks["area_path"]))


async def _note_supervisor(lacks: Row, worker_id: UUID) -> None:
    """Note who supervises, under the lock by which projects are taken on as well."""
    until = calendar.day_of(lacks["ends_at"])
    await supervising.require_qualified(worker_id, lacks["area_path"], until=until)
    left = await requirements.supervision_left(
        lacks["area_path"], lacks["community_id"], until=until
    )
    loads = {row["person_id"]: load for row, load in left}
    if loads.get(worker_id, 0) < lacks["supervision"]:
        procedure = ProjectProcedure.of(await rules_of(lacks["community_id"]))
        raise SupervisorFullyLoaded(most=procedure.supervisor_projects)
    await database.execute(_SUPERVISED, lacks["need_id"], worker_id)


async def _propose(run: Row, lacks: Row, fund_id: UUID, *, fen: int) -> None:
    """Ask who keeps a fund to set money aside; what others were asked for is theirs."""
    fund = await database.fetch_one(_FUND, fund_id)
    assert fund is not None, "funds are kept"
    promised = await requirements.promised_fen([fund_id])
    left = fund["left_fen"] - promised.get(fund_id, 0)
    if fund["state"] != FundState.OPEN or left < fen:
        raise MoneyMissing(path=("input", "orderId"), left_fen=max(0, left))
    costs = await means.costs_of([lacks])
    if not may_fund(means.terms_of(fund), costs(fund_id, lacks)):
        raise FundConditionsUnmet(path=("input", "orderId"))
    proposal_id = database.new_id()
    await database.execute(_PROPOSE, proposal_id, lacks["need_id"], fund_id, run["id"], fen)
    await outbox.record(
        MoneyProposed(
            *(run["id"], fund["area_path"], fund_id, lacks["need_id"]),
            *(proposal_id, fund["keeper_id"]),
        )
    )
