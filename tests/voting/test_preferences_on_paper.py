"""Papers of every form in one count with the ballots cast online."""

import pytest

from domains.voting import service
from domains.voting.rules.paper import LineVerdict
from domains.voting.rules.paper_sheets import LineDraft
from tests.voting.factories import a_town
from tests.voting.preferences import Case, all_cast, an_open_preference
from tests.voting.test_paper import agreed, closed, issued_to, the_result

BUDGET = Case("GREEDY_SKIP", [[1, 2]], costs=(60_000, 50_000, 30_000), terms={"budgetFen": 90_000})
POINTS = BUDGET.but(
    ballots=[{1: 6, 2: 4}],
    terms={"budgetFen": 90_000, "ballotForm": "BUDGET_POINTS", "highest": 10},
)
FORMS = [
    (Case("BORDA", [[1, 2, 3]]), [1, 3], (1,)),
    (Case("SCORE", [{1: 5, 3: 1}], terms={"highest": 5}), {1: 4}, (1,)),
    (Case("MAJORITY_JUDGEMENT", [{1: 5}], terms={"highest": 5}), {1: 4, 2: 1}, (1,)),
    (BUDGET, [1, 3], (1, 3)),
    (POINTS, {1: 9, 3: 1}, (1, 3)),
]


@pytest.mark.parametrize("secrecy", ["OPEN", "SECRET"])
@pytest.mark.parametrize(
    ("case", "written", "winners"), FORMS, ids=[case.rule for case, *_ in FORMS]
)
async def test_papers_of_a_form_are_counted_with_the_others(
    moved_clock, case, written, winners, secrecy
):
    town = await a_town(residents=4)
    poll_id = await an_open_preference(town, case, secrecy=secrecy)
    await all_cast(town, poll_id, case.ballots)
    numbers = await issued_to(town, poll_id, *town.residents[1:])
    voters = numbers if secrecy == "OPEN" else [None] * 3
    named = tuple(written) if isinstance(written, list) else ()
    values = tuple(written.items()) if isinstance(written, dict) else ()
    await closed(moved_clock)
    await agreed(
        town,
        poll_id,
        LineDraft(LineVerdict.VALID, named, voters[0], None, values),
        LineDraft(LineVerdict.BLANK, (), voters[1]),
        LineDraft(LineVerdict.VOID, (), voters[2], "字迹不清"),
    )

    result = await the_result(town, poll_id)

    assert (result.participated, result.blank, result.paper.void) == (4, 1, 1)
    assert (result.count.ballots, result.count.blank) == (3, 1)
    assert result.chosen == winners
    assert (await service.recount(town.committee, poll_id))[1]
