"""Real elections, counted again to what was published, stage by stage.

Scottish wards of 2017: ballots assembled by the Metric Geometry and Gerrymandering Group, stage
tables by @gerrymulvenna (CC BY-SA 4.0). Participatory budgets: Pabulib (Faliszewski et al.).
They are no part of the repository; without them these tests are skipped.
"""

import csv
import json

import pytest

from domains.voting.rules import CountingRule, count, read_count
from tests.voting.published import SHARED, read_blt, read_pb, read_table

WARDS = sorted((SHARED / "stv").glob("*.blt"))
BUDGETS = sorted((SHARED / "pb").glob("*.pb"))

pytestmark = pytest.mark.skipif(not WARDS, reason="the published elections are not here")


def stv(ward):
    return count(
        CountingRule.SCOTTISH_STV, ward.groups, options=ward.options, seats=ward.seats, seed="1"
    )


@pytest.mark.parametrize("file", WARDS, ids=lambda file: file.stem)
def test_a_ward_is_counted_to_every_published_stage(file):
    table = read_table(file.with_suffix(".json"))
    ward = read_blt(file)

    counted = stv(ward)

    assert ward.options == table["candidates"]
    assert (counted.ballots, counted.quota) == (table["valid"], table["quota"])
    assert sorted(counted.winners) == table["elected"]
    assert [list(stage.votes) for stage in counted.stages] == table["stages"]


@pytest.mark.parametrize("file", WARDS, ids=lambda file: file.stem)
def test_a_ward_elects_and_excludes_at_the_published_stages(file):
    table = read_table(file.with_suffix(".json"))

    counted = stv(read_blt(file))

    status = [["", ""] for _ in table["candidates"]]
    for stage in counted.stages:
        for position in stage.elected:
            status[position - 1] = ["Elected", stage.number]
        for position in stage.excluded:
            status[position - 1] = ["Excluded", stage.number - 1]
    assert status == table["status"]


def test_the_winners_are_those_of_the_official_list():
    with (SHARED / "stv" / "winners.tsv").open(encoding="utf-8") as lines:
        official = {
            row["file"]: set(row["elected (official)"].split("; "))
            for row in csv.DictReader(lines, delimiter="\t")
        }

    elected = {}
    for file in WARDS:
        names = read_table(file.with_suffix(".json"))["official_names"]
        winners = stv(read_blt(file)).winners
        elected[file.stem] = {names[position - 1] for position in winners}

    assert elected == official


def test_equal_surpluses_were_parted_by_the_stage_before():
    """Graham and Jim Sharkey both stood at 1,311; Sharkey had been ahead at stage 5."""
    counted = stv(read_blt(SHARED / "stv" / "renfrewshire_2017_ward3.blt"))

    assert [(tie.options, tie.chosen, tie.broken_by, tie.stage) for tie in counted.ties] == [
        ((6, 8), 8, "earlier_stage", 5)
    ]


@pytest.mark.parametrize("file", BUDGETS, ids=lambda file: file.stem)
def test_a_budget_funds_what_was_selected(file):
    expected = json.loads((SHARED / "pb" / "expected.json").read_text(encoding="utf-8"))
    budget = read_pb(file)

    counted = count(budget.rule, budget.groups, seed="1", **budget.terms())

    funded = {budget.options[position - 1] for position in counted.winners}
    assert funded == budget.selected == set(expected[file.name]["selected"])
    assert read_count(counted.canonical()) == counted
