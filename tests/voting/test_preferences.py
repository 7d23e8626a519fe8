"""Polls that a rule of preference counts: drafted, cast, counted and read over GraphQL."""

from uuid import uuid4

import asyncpg
import pytest

from domains.kernel import database
from domains.kernel.actor import ANONYMOUS
from domains.voting import rules, service
from domains.voting.models import Option, Poll
from domains.voting.rules.preferences import seed_of
from domains.voting.service import staging
from schema import node
from schema.context import Context
from schema.root import schema
from tests.voting.factories import a_town
from tests.voting.preferences import (
    CAST,
    COUNT,
    CREATE,
    Case,
    a_ballot,
    a_poll_input,
    all_cast,
    an_open_preference,
    ask,
    counted,
    labels,
)

RANKINGS = [[1, 2, 3], [1, 2, 3], [2, 3, 1], [2, 3, 1], [3, 2, 1]]
WISHES = [[1, 2], [1, 2], [1, 2], [1, 3], [3]]
BUDGET = {"costs": (60_000, 50_000, 30_000), "terms": {"budgetFen": 90_000}}
PLURALITY = Case("PLURALITY", [[1], [1], [1], [2], [3]])
APPROVAL = Case("APPROVAL", [[1, 2], [2], [2, 3], [3], [1]])
SCORE = Case(
    "SCORE",
    [{1: 5, 2: 4}, {1: 5, 2: 4}, {2: 4, 3: 5}, {2: 4}, {3: 5}],
    terms={"highest": 5},
)
BORDA = Case("BORDA", RANKINGS)
INSTANT = Case("INSTANT_RUN_OFF", [[1, 2, 3], [1, 2, 3], [2, 3, 1], [3, 2, 1], [3, 2, 1]])
STV = Case("SCOTTISH_STV", [[1, 2], [1, 2], [1, 2], [2], [3]], terms={"seats": 2})
SCHULZE = Case("SCHULZE", RANKINGS)
PAIRS = Case("RANKED_PAIRS", RANKINGS)
JUDGEMENT = Case(
    "MAJORITY_JUDGEMENT",
    [{1: 6, 2: 4, 3: 3}, {1: 6, 2: 4, 3: 3}, {1: 1, 2: 4, 3: 3}, {1: 1, 2: 5, 3: 3}, {2: 1, 3: 6}],
    terms={"highest": 6},
)
PHRAGMEN = Case("SEQUENTIAL_PHRAGMEN", [[1], [1, 2], [1, 2], [3], [3]], terms={"seats": 2})
SKIP = Case("GREEDY_SKIP", WISHES, **BUDGET)
POINTS = Case(
    "GREEDY_SKIP",
    [{1: 10}, {2: 6, 3: 4}, {3: 5}, {2: 5, 3: 5}, {3: 9}],
    costs=(60_000, 50_000, 30_000),
    terms={
        "budgetFen": 90_000,
        "ballotForm": "BUDGET_POINTS",
        "highest": 10,
        "mostPoints": 10,
    },
)
SHARES = Case("EQUAL_SHARES", WISHES, **BUDGET)

COUNTED = [
    (PLURALITY, "甲", 0, {
        "__typename": "FigureStage",
        "figures": [
            {"option": {"label": "甲"}, "figure": {"decimal": "3"}},
            {"option": {"label": "乙"}, "figure": {"decimal": "1"}},
            {"option": {"label": "丙"}, "figure": {"decimal": "1"}},
        ],
    }),
    (APPROVAL, "乙", 0, {
        "__typename": "FigureStage",
        "figures": [
            {"option": {"label": "甲"}, "figure": {"decimal": "2"}},
            {"option": {"label": "乙"}, "figure": {"decimal": "3"}},
            {"option": {"label": "丙"}, "figure": {"decimal": "2"}},
        ],
    }),
    (SCORE, "乙", 0, {
        "__typename": "FigureStage",
        "figures": [
            {"option": {"label": "甲"}, "figure": {"decimal": "10"}},
            {"option": {"label": "乙"}, "figure": {"decimal": "16"}},
            {"option": {"label": "丙"}, "figure": {"decimal": "10"}},
        ],
    }),
    (BORDA, "乙", 0, {
        "__typename": "FigureStage",
        "figures": [
            {"option": {"label": "甲"}, "figure": {"decimal": "4"}},
            {"option": {"label": "乙"}, "figure": {"decimal": "7"}},
            {"option": {"label": "丙"}, "figure": {"decimal": "4"}},
        ],
    }),
    (INSTANT, "丙", 1, {
        "__typename": "TransferStage",
        "action": "EXCLUSION",
        "option": {"label": "乙"},
        "votes": [
            {"option": {"label": "甲"}, "figure": {"decimal": "2"}},
            {"option": {"label": "乙"}, "figure": {"decimal": "0"}},
            {"option": {"label": "丙"}, "figure": {"decimal": "3"}},
        ],
        "elected": [{"label": "丙"}],
        "excluded": [{"label": "乙"}],
    }),
    (STV, "甲乙", 1, {
        "__typename": "TransferStage",
        "action": "SURPLUS",
        "option": {"label": "甲"},
        "votes": [
            {"option": {"label": "甲"}, "figure": {"decimal": "2"}},
            {"option": {"label": "乙"}, "figure": {"decimal": "1.99999"}},
            {"option": {"label": "丙"}, "figure": {"decimal": "1"}},
        ],
        "elected": [],
        "excluded": [],
    }),
    (SCHULZE, "乙", 0, {
        "__typename": "PairwiseStage",
        "rows": [
            {"option": {"label": "甲"}, "ballots": [0, 2, 2]},
            {"option": {"label": "乙"}, "ballots": [3, 0, 4]},
            {"option": {"label": "丙"}, "ballots": [3, 1, 0]},
        ],
    }),
    (SCHULZE, "乙", 1, {
        "__typename": "PathStage",
        "rows": [
            {"option": {"label": "甲"}, "paths": []},
            {
                "option": {"label": "乙"},
                "paths": [
                    {"to": {"label": "甲"}, "support": 3},
                    {"to": {"label": "丙"}, "support": 4},
                ],
            },
            {"option": {"label": "丙"}, "paths": [{"to": {"label": "甲"}, "support": 3}]},
        ],
    }),
    (PAIRS, "乙", 1, {
        "__typename": "LockStage",
        "majority": {"winner": {"label": "乙"}, "loser": {"label": "丙"}},
        "support": 4,
        "opposition": 1,
        "locked": True,
    }),
    (JUDGEMENT, "乙", 0, {
        "__typename": "GradeStage",
        "options": [
            {"option": {"label": "甲"}, "majorityGrade": 1},
            {"option": {"label": "乙"}, "majorityGrade": 4},
            {"option": {"label": "丙"}, "majorityGrade": 3},
        ],
    }),
    (PHRAGMEN, "甲丙", 1, {
        "__typename": "LoadStage",
        "seated": {"label": "丙"},
        "load": {"numerator": "1", "denominator": "2"},
        "loads": [
            {"option": {"label": "乙"}, "figure": {"numerator": "5", "denominator": "6"}},
            {"option": {"label": "丙"}, "figure": {"numerator": "1", "denominator": "2"}},
        ],
    }),
    (SKIP, "甲丙", 1, {
        "__typename": "ProjectStage",
        "project": {"label": "乙"},
        "score": "3",
        "costFen": 50_000,
        "decision": "TOO_COSTLY",
        "remainingFen": 30_000,
    }),
    (SKIP.but(rule="GREEDY_STOP"), "甲", 2, {
        "__typename": "ProjectStage",
        "project": {"label": "丙"},
        "score": "2",
        "costFen": 30_000,
        "decision": "AFTER_STOP",
        "remainingFen": 30_000,
    }),
    (SKIP.but(rule="GREEDY_MINIMUM", terms=BUDGET["terms"] | {"minimumScore": 3}), "甲", 2, {
        "__typename": "ProjectStage",
        "project": {"label": "丙"},
        "score": "2",
        "costFen": 30_000,
        "decision": "BELOW_MINIMUM",
        "remainingFen": 30_000,
    }),
    (POINTS, "丙乙", 0, {
        "__typename": "ProjectStage",
        "project": {"label": "丙"},
        "score": "23",
        "costFen": 30_000,
        "decision": "FUNDED",
        "remainingFen": 60_000,
    }),
    (SHARES, "甲丙", 0, {
        "__typename": "EndowmentStage",
        "initialFen": {"decimal": "18000"},
        "increments": "136",
        "endowmentFen": {"decimal": "31600"},
        "costFen": 90_000,
        "nextCostFen": "140000",
    }),
    (SHARES, "甲丙", 1, {
        "__typename": "PurchaseStage",
        "project": {"label": "甲"},
        "costFen": 60_000,
        "supporters": 4,
        "paidInFull": 4,
        "paymentFen": {"numerator": "15000", "denominator": "1", "decimal": "15000"},
        "rate": {"numerator": "1", "denominator": "4"},
    }),
]  # fmt: skip


@pytest.mark.parametrize("secrecy", ["OPEN", "SECRET"])
@pytest.mark.parametrize(
    "trial",
    COUNTED,
    ids=[f"{case.rule}-{place}" for case, _, place, _ in COUNTED],
)
async def test_each_rule_counts_a_poll_and_tells_its_stages(moved_clock, trial, secrecy):
    case, winners, place, stage = trial
    town = await a_town(residents=5)
    poll_id = await an_open_preference(town, case, secrecy=secrecy)
    await all_cast(town, poll_id, case.ballots)

    poll = await counted(moved_clock, poll_id)
    again, equal = await service.recount(ANONYMOUS, poll_id)

    result, count = poll["result"], poll["result"]["count"]
    assert poll["state"] == "TALLIED"
    assert (result["outcome"], result["options"]) == ("CHOSEN", [])
    assert (count["rule"], count["ballots"], count["blank"]) == (case.rule, 5, 0)
    assert labels(count["winners"]["nodes"]) == winners
    assert count["stages"]["nodes"][place] == stage
    assert (again.decode(), equal) == (result["canonical"], True)


async def test_every_rule_is_tried_above(db):
    assert {case.rule for case, *_ in COUNTED} == {rule.name for rule in rules.CountingRule}


async def test_a_tie_is_broken_by_the_published_seed_and_says_so(moved_clock):
    town = await a_town(residents=2)
    poll_id = await an_open_preference(town, PLURALITY)
    await all_cast(town, poll_id, [[1], [2]])

    count = (await counted(moved_clock, poll_id))["result"]["count"]

    poll = await Poll.get(id=poll_id)
    options = [str(each.id) for each in await Option.filter(poll_id=poll_id).order_by("position")]
    seed = seed_of(str(poll_id), bytes(poll.roll_fingerprint))
    lot = rules.lot_of(options, seed=seed)
    winner = "甲乙丙"[next(position for position in lot if position != 3) - 1]
    assert (count["seed"], count["lot"], count["usedTheSeed"]) == (seed, list(lot), True)
    assert labels(count["winners"]["nodes"]) == winner
    assert count["ties"]["nodes"] == [
        {
            "question": "ELECTION",
            "labels": ["甲", "乙"],
            "brokenBy": "SEED",
            "chosen": {"label": winner},
        }
    ]


async def test_nothing_is_counted_where_too_few_take_part(moved_clock):
    town = await a_town(residents=5)
    poll_id = await an_open_preference(town, BORDA)
    await all_cast(town, poll_id, RANKINGS[:2])

    poll = await counted(moved_clock, poll_id)

    assert poll["state"] == "INQUORATE"
    assert poll["result"]["outcome"] == "INQUORATE"
    assert poll["result"]["participated"] == 2
    assert poll["result"]["steps"] == [{"name": "quorum", "holds": False}]
    assert poll["result"]["count"] is None


@pytest.mark.parametrize("case", [BORDA, SCORE, SKIP, SHARES], ids=lambda case: case.rule)
async def test_where_all_ballots_are_blank_nobody_wins(moved_clock, case):
    town = await a_town(residents=2)
    poll_id = await an_open_preference(town, case, leastChoices=0)
    await all_cast(town, poll_id, [[], []] if case is not SCORE else [{}, {1: 0}])

    poll = await counted(moved_clock, poll_id)

    assert (poll["state"], poll["result"]["outcome"]) == ("TALLIED", "UNDECIDED")
    assert (poll["result"]["blank"], poll["result"]["count"]["blank"]) == (2, 2)
    assert poll["result"]["count"]["winners"]["nodes"] == []


async def test_a_ranking_may_be_written_as_places(moved_clock):
    town = await a_town(residents=2)
    poll_id = await an_open_preference(town, BORDA)

    await all_cast(town, poll_id, [{3: 1, 1: 2}, [3, 1]])

    kept = await database.fetch("SELECT DISTINCT marks FROM voting_ballot")
    assert [row["marks"] for row in kept] == [0x13]


MALFORMED = [
    (PLURALITY, [1, 2], "BALLOT_MALFORMED", "optionIds"),
    (PLURALITY, [], "BALLOT_MALFORMED", "optionIds"),
    (PLURALITY, {1: 1}, "BALLOT_MALFORMED", "optionIds"),
    (APPROVAL, [1, 1], "OPTION_REPEATED", "optionIds"),
    (APPROVAL.but(terms={"mostChoices": 2}), [1, 2, 3], "BALLOT_MALFORMED", "optionIds"),
    (BORDA, [2, 1, 2], "OPTION_REPEATED", "optionIds"),
    (BORDA, {1: 1, 2: 3}, "RANKING_HAS_GAPS", "values"),
    (BORDA, {1: 2, 2: 3}, "RANKING_HAS_GAPS", "values"),
    (BORDA, {1: 1, 2: 1}, "RANKING_HAS_GAPS", "values"),
    (BORDA, {1: 0}, "RANKING_HAS_GAPS", "values"),
    (SCORE, {1: 6}, "SCORE_OUT_OF_RANGE", "values"),
    (SCORE, {1: -1}, "SCORE_OUT_OF_RANGE", "values"),
    (SCORE, [1], "BALLOT_MALFORMED", "values"),
    (JUDGEMENT, {1: 7}, "GRADE_UNKNOWN", "values"),
    (SKIP, [1, 1], "OPTION_REPEATED", "optionIds"),
    (SKIP.but(terms=BUDGET["terms"] | {"mostChoices": 1}), [1, 2], "BALLOT_MALFORMED", "optionIds"),
    (POINTS, {1: 11}, "POINTS_OUT_OF_RANGE", "values"),
    (POINTS, {1: 10, 2: 1}, "POINTS_OUT_OF_RANGE", "values"),
    (POINTS, {1: 2**31 - 1}, "POINTS_OUT_OF_RANGE", "values"),
]


async def nothing_cast(poll_id):
    cast = await database.fetch_value("SELECT count(*) FROM voting_participation")
    staged = await database.fetch_value(f"SELECT count(*) FROM {staging.table_of(poll_id)}")
    return (cast, staged) == (0, 0)


@pytest.mark.parametrize(
    ("case", "written", "code", "field"),
    MALFORMED,
    ids=[f"{case.rule}-{written}" for case, written, *_ in MALFORMED],
)
async def test_a_malformed_ballot_is_refused_and_nothing_changes(db, case, written, code, field):
    town = await a_town(residents=1)
    poll_id = await an_open_preference(town, case, secrecy="SECRET")

    answer = await ask(town.residents[0], CAST, input=await a_ballot(poll_id, written))

    assert answer["castBallot"]["code"] == code
    assert answer["castBallot"]["path"] == ["input", field]
    assert await nothing_cast(poll_id)


@pytest.mark.parametrize("case", [PLURALITY, BORDA, SCORE, JUDGEMENT, SKIP, POINTS])
async def test_an_option_of_another_poll_is_unknown_and_nothing_changes(db, case):
    town = await a_town(residents=1)
    other = await an_open_preference(town, case)
    poll_id = await an_open_preference(town, case, secrecy="SECRET")
    foreign = await a_ballot(other, {1: 1} if isinstance(case.ballots[0], dict) else [1])

    answer = await ask(
        town.residents[0], CAST, input=foreign | {"pollId": node.encode("poll", poll_id)}
    )

    assert answer["castBallot"]["code"] == "OPTION_UNKNOWN"
    assert await nothing_cast(poll_id)


async def test_a_motion_takes_no_values(db):
    town = await a_town(residents=1)
    given = await a_poll_input(town, PLURALITY, method="MOTION", countingRule=None, options=[])
    created = (await ask(town.committee, CREATE, input=given))["createPoll"]
    poll_id = node.decode("poll", created["poll"]["id"])
    await service.publish_poll(town.committee, poll_id)

    answer = await ask(town.residents[0], CAST, input=await a_ballot(poll_id, {1: 1}))

    assert answer["castBallot"]["code"] == "BALLOT_MALFORMED"
    assert await database.fetch_value("SELECT count(*) FROM voting_participation") == 0


async def test_a_stranger_learns_nothing_of_a_poll_from_a_malformed_ballot(db):
    town, elsewhere = await a_town(residents=1), await a_town(residents=1)
    poll_id = await an_open_preference(town, SCORE, secrecy="SECRET")

    answer = await ask(elsewhere.residents[0], CAST, input=await a_ballot(poll_id, {1: 6}))

    assert answer["castBallot"]["code"] == "NOT_FOUND"
    assert await nothing_cast(poll_id)


UNSOUND = [
    ({"countingRule": None}, "COUNTING_RULE_UNFIT", ["countingRule"]),
    ({"method": "CHOICE"}, "COUNTING_RULE_UNFIT", ["countingRule"]),
    (
        {"method": "CHOICE", "countingRule": None, "highest": 3},
        "BALLOT_FORM_UNFIT",
        ["ballotForm"],
    ),
    (
        {"method": "CHOICE", "countingRule": None, "budgetFen": 1},
        "BUDGET_UNSOUND",
        ["budgetFen"],
    ),
    ({"ballotForm": "RANKING"}, "BALLOT_FORM_UNFIT", ["ballotForm"]),
    ({"highest": 5}, "INVALID_INPUT", ["highest"]),
    ({"countingRule": "SCORE"}, "INVALID_INPUT", ["highest"]),
    ({"countingRule": "SCORE", "highest": 16}, "INVALID_INPUT", ["highest"]),
    ({"countingRule": "SCORE", "highest": 0}, "INVALID_INPUT", ["highest"]),
    ({"seats": 0}, "INVALID_INPUT", ["seats"]),
    ({"seats": 4}, "INVALID_INPUT", ["seats"]),
    ({"countingRule": "INSTANT_RUN_OFF", "seats": 2}, "INVALID_INPUT", ["seats"]),
    ({"minimumScore": 1}, "INVALID_INPUT", ["minimumScore"]),
    ({"mostPoints": 1}, "INVALID_INPUT", ["mostPoints"]),
    ({"budgetFen": 100}, "BUDGET_UNSOUND", ["budgetFen"]),
    ({"countingRule": "GREEDY_SKIP"}, "BUDGET_UNSOUND", ["budgetFen"]),
    ({"countingRule": "GREEDY_SKIP", "budgetFen": 0}, "BUDGET_UNSOUND", ["budgetFen"]),
    ({"countingRule": "GREEDY_SKIP", "budgetFen": 100}, "BUDGET_UNSOUND", ["options"]),
    ({"ruleCode": "RESIDENTS_MEETING"}, "METHOD_UNFIT", ["method"]),
    ({"ruleCode": "PARTICIPATORY_BUDGET"}, "COUNTING_RULE_UNFIT", ["countingRule"]),
    ({"options": [{"label": str(each)} for each in range(16)]}, "INVALID_INPUT", ["options"]),
]


@pytest.mark.parametrize(
    ("changes", "code", "path"), UNSOUND, ids=[str(each) for each, *_ in UNSOUND]
)
async def test_an_unsound_draft_is_refused_and_nothing_is_written(db, changes, code, path):
    town = await a_town(residents=1)

    given = await a_poll_input(town, PLURALITY, **changes)
    answer = (await ask(town.committee, CREATE, input=given))["createPoll"]

    assert (answer["code"], answer["path"]) == (code, ["input", "poll", *path])
    assert (await Poll.all().count(), await Option.all().count()) == (0, 0)


@pytest.mark.parametrize(
    ("costs", "terms"),
    [
        ((60_000, 50_000), {}),
        ((60_000, 50_000, 0), {}),
        ((60_000, 50_000, -1), {}),
        ((90_001, 90_002, 90_003), {}),
    ],
    ids=["no cost", "a cost of nothing", "a negative cost", "nothing affordable"],
)
async def test_a_budget_that_does_not_add_up_is_refused(db, costs, terms):
    town = await a_town(residents=1)

    given = await a_poll_input(town, SKIP.but(costs=costs), **terms)
    answer = (await ask(town.committee, CREATE, input=given))["createPoll"]

    assert (answer["code"], answer["path"]) == ("BUDGET_UNSOUND", ["input", "poll", "options"])
    assert await Poll.all().count() == 0


async def test_a_minimum_is_stated_by_the_rule_that_has_one(db):
    town = await a_town(residents=1)

    given = await a_poll_input(town, SKIP.but(rule="GREEDY_MINIMUM"))
    answer = (await ask(town.committee, CREATE, input=given))["createPoll"]

    assert (answer["code"], answer["path"][-1]) == ("INVALID_INPUT", "minimumScore")
    assert await Poll.all().count() == 0


@pytest.mark.parametrize(
    "change",
    [
        "counting_rule = NULL",
        "ballot_form = NULL",
        "method = 'choice'",
        "highest = 3",
        "minimum_score = 1",
        "most_points = 5",
        "budget_fen = 100",
        "most_choices = 16",
    ],
)
async def test_the_database_keeps_rule_form_and_figures_together(db, change):
    town = await a_town(residents=1)
    await ask(town.committee, CREATE, input=await a_poll_input(town, PLURALITY))

    with pytest.raises(asyncpg.CheckViolationError):
        await database.execute(f"UPDATE voting_poll SET {change}")

    assert (await Poll.all().first()).counting_rule is rules.CountingRule.PLURALITY


async def test_a_packed_ballot_has_room_for_fifteen_options_only(db):
    town = await a_town(residents=1)
    await ask(town.committee, CREATE, input=await a_poll_input(town, PLURALITY))

    with pytest.raises(asyncpg.CheckViolationError):
        await database.execute("UPDATE voting_option SET position = 16 WHERE position = 3")

    assert await database.fetch_value("SELECT max(position) FROM voting_option") == 3


async def test_how_a_published_poll_is_counted_stands(db):
    town = await a_town(residents=1)
    await an_open_preference(town, BORDA)

    with pytest.raises(asyncpg.RestrictViolationError):
        await database.execute("UPDATE voting_poll SET counting_rule = 'schulze'")

    assert (await Poll.all().first()).counting_rule is rules.CountingRule.BORDA


async def test_an_open_ballot_over_projects_is_cast_again_and_repeated_safely(db):
    town = await a_town(residents=1)
    poll_id = await an_open_preference(town, SKIP)
    first, second = await a_ballot(poll_id, [1, 2]), await a_ballot(poll_id, [3])

    revisions = [
        (await ask(town.residents[0], CAST, input=given))["castBallot"]["revision"]
        for given in (first, second, second)
    ]
    reused = await ask(
        town.residents[0],
        CAST,
        input=first | {"idempotencyKey": second["idempotencyKey"]},
    )

    assert revisions == [1, 2, 2]
    assert reused["castBallot"]["code"] == "IDEMPOTENCY_KEY_REUSED"
    kept = await database.fetch("SELECT marks, wide FROM voting_ballot ORDER BY revision")
    assert [(row["marks"], row["wide"]) for row in kept] == [(0, b"\x03"), (0, b"\x04")]


async def test_the_order_of_secret_ballots_over_projects_is_not_the_order_of_casting(moved_clock):
    town = await a_town(residents=16)
    poll_id = await an_open_preference(town, SKIP, secrecy="SECRET")
    await all_cast(town, poll_id, [[1]] * 8 + [[2]] * 8)

    poll = await counted(moved_clock, poll_id)

    rows = await database.fetch(
        "SELECT wide, xmin::text AS xmin FROM voting_sealed_ballot ORDER BY ctid"
    )
    voters = await database.fetch("SELECT xmin::text AS xmin FROM voting_participation")
    # By chance the shuffle leaves the eight before the eight once in 12,870 runs.
    assert sorted(row["wide"] for row in rows) == [b"\x01"] * 8 + [b"\x02"] * 8
    assert [row["wide"] for row in rows] != [b"\x01"] * 8 + [b"\x02"] * 8
    assert {row["xmin"] for row in rows} & {row["xmin"] for row in voters} == set()
    assert await database.fetch_value("SELECT count(*) FROM voting_ballot") == 0
    assert await database.fetch_value("SELECT to_regclass($1)", staging.table_of(poll_id)) is None
    assert poll["result"]["count"]["ballots"] == 16


SHOWN = """
query ($poll: ID!) {
  poll(id: $poll) { myBallot { positions values { position value } } }
  rollCall(pollId: $poll) { nodes { positions values { position value } } }
  sealedBallots(pollId: $poll) { nodes { positions values { position value } } }
}
"""
SAID = [
    (PLURALITY, [2], [2], []),
    (BORDA, [3, 1], [3, 1], [{"position": 3, "value": 1}, {"position": 1, "value": 2}]),
    (SCORE, {1: 5, 2: 0}, [1], [{"position": 1, "value": 5}]),
    (JUDGEMENT, {3: 6}, [3], [{"position": 3, "value": 6}]),
    (SKIP, [3, 1], [1, 3], []),
    (POINTS, {2: 3, 1: 7}, [1, 2], [{"position": 1, "value": 7}, {"position": 2, "value": 3}]),
]


@pytest.mark.parametrize(("case", "written", "positions", "values"), SAID)
async def test_ballots_of_every_form_are_shown_to_whom_they_may_be(
    moved_clock, case, written, positions, values
):
    town = await a_town(residents=1)
    by_name = await an_open_preference(town, case)
    secret = await an_open_preference(town, case, secrecy="SECRET")
    said = {"positions": positions, "values": values}
    for poll_id in (by_name, secret):
        await all_cast(town, poll_id, [written])

    before = await ask(town.residents[0], SHOWN, poll=node.encode("poll", by_name))
    hidden = await ask(town.residents[0], SHOWN, poll=node.encode("poll", secret))
    await counted(moved_clock, by_name)
    await counted(moved_clock, secret)
    named = await ask(town.residents[0], SHOWN, poll=node.encode("poll", by_name))
    sealed = await ask(ANONYMOUS, SHOWN, poll=node.encode("poll", secret))

    assert before["poll"]["myBallot"] == said
    assert hidden["poll"]["myBallot"] == {"positions": None, "values": None}
    assert before["rollCall"]["nodes"] == hidden["sealedBallots"]["nodes"] == []
    assert named["rollCall"]["nodes"] == [said]
    assert sealed["sealedBallots"]["nodes"] == [said]


async def test_stages_are_read_in_pages_bound_to_their_poll(moved_clock):
    town = await a_town(residents=5)
    poll_id, other = await an_open_preference(town, PAIRS), await an_open_preference(town, PAIRS)
    for each in (poll_id, other):
        await all_cast(town, each, PAIRS.ballots)
    await counted(moved_clock, other)
    whole = (await counted(moved_clock, poll_id))["result"]["count"]["stages"]

    seen, after = [], None
    for _ in whole["nodes"]:
        shown = await ask(ANONYMOUS, COUNT, poll=node.encode("poll", poll_id), first=1, after=after)
        page = shown["poll"]["result"]["count"]["stages"]
        seen += page["nodes"]
        after = page["pageInfo"]["endCursor"]
    foreign = await schema.execute(
        COUNT, {"poll": node.encode("poll", other), "after": after}, Context(ANONYMOUS)
    )

    assert seen == whole["nodes"]
    assert page["pageInfo"]["hasNextPage"] is False
    assert [type(error.original_error).__name__ for error in foreign.errors] == ["InvalidInput"]


LISTED = """
{ polls { nodes {
  countingRule
  options { label costFen }
  myBallot { positions values { value } }
  result { count { winners { nodes { label } } stages { nodes { __typename } } } }
} } }
"""


@pytest.mark.parametrize("size", [1, 3])
async def test_a_list_of_counted_polls_costs_the_same_for_any_number(moved_clock, statements, size):
    town = await a_town(residents=2)
    for _ in range(size):
        poll_id = await an_open_preference(town, SKIP)
        await all_cast(town, poll_id, [[1], [3]])
    for _ in range(size):
        await counted(moved_clock, poll_id)
    statements.clear()

    answer = await ask(town.residents[0], LISTED)

    assert len(answer["polls"]["nodes"]) == size
    assert answer["polls"]["nodes"][0]["result"]["count"]["stages"]["nodes"] != []
    assert len(statements) == 4, statements


async def test_a_request_repeated_with_its_key_drafts_once(db):
    town, key = await a_town(residents=1), str(uuid4())
    given = await a_poll_input(town, SCORE) | {"idempotencyKey": key}

    first = (await ask(town.committee, CREATE, input=given))["createPoll"]
    second = (await ask(town.committee, CREATE, input=given))["createPoll"]

    assert first == second
    assert first["poll"]["ballotForm"] == "SCORE"
    assert (first["poll"]["leastChoices"], first["poll"]["mostChoices"]) == (1, 3)
    assert await Poll.all().count() == 1
