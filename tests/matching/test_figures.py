"""Watching the exchange work: figures by week, who sees which, and what to recruit for."""

import statistics
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta

from domains.kernel import clock, database
from domains.kernel.actor import ANONYMOUS
from domains.matching.rules.watching import monday_of
from schema import node
from schema.context import Context
from schema.root import schema
from tests import factories
from tests.matching.factories import a_town, accepted, an_open_order
from tests.matching.planting import plant_needs
from tests.voting.asking import ask

REPORT = """
query ($area: ID!, $since: Date, $until: Date) {
  matchingReport(areaId: $area, since: $since, until: $until) {
    weeks { startsOn figures { ...all } } whole { ...all } leastPeople
    unmet { serviceClass services places area { name } reasons { reason places } } } }
fragment all on MatchingFigures {
  services placesWanted placesFilled fillPermille waitingMinutes waitingMinutesNineInTen distanceM
  unevenPermille servers noShows accepted declined expired }
"""
KEPT = ("unevenPermille", "servers", "noShows", "accepted", "declined", "expired")


async def report(actor, area, **given):
    answer = await ask(actor, REPORT, area=node.encode("area", area.id), **given)
    return answer["matchingReport"]


def day(at: datetime) -> date:
    return at.astimezone(clock.SHANGHAI).date()


async def begun(town):
    """Every service that had its time, with its place if somebody had it, as plain rows."""
    return await database.fetch(
        "SELECT o.starts_at, o.state, o.person_id, p.volunteer_id, p.minutes, p.state AS place,"
        " f.distance_m FROM matching_order o"
        " LEFT JOIN matching_place p ON p.order_id = o.id"
        " LEFT JOIN matching_offer f ON f.id = p.offer_id"
        " WHERE o.starts_at < kernel_now() AND o.state <> 'cancelled' AND o.community_id = $1",
        town.community.id,
    )


def gini(minutes):
    number, total = len(minutes), sum(minutes)
    return 1000 * sum(abs(a - b) for a in minutes for b in minutes) // (2 * number * total)


async def test_figures_are_what_a_hand_counts_week_by_week(db):
    town = await a_town()
    await plant_needs(town, 400, volunteers=12)
    rows = await begun(town)
    by_week = defaultdict(list)
    for row in rows:
        by_week[monday_of(day(row["starts_at"]))].append(row)

    told = await report(town.committee, town.community)

    found = {date.fromisoformat(each["startsOn"]): each["figures"] for each in told["weeks"]}
    assert len(found) == 12
    for monday, of_week in by_week.items():
        if monday not in found:
            continue
        served = [row for row in of_week if row["place"] is not None]
        if len({row["volunteer_id"] for row in served}) < 5:
            assert [found[monday][name] for name in ("noShows", "unevenPermille")] == [None, None]
            continue
        minutes: Counter[object] = Counter()
        for row in served:
            minutes[row["volunteer_id"]] += row["minutes"] or 0
        shared = [each for each in minutes.values() if each]
        far = sorted(row["distance_m"] for row in served)
        assert found[monday]["services"] == len(of_week)
        assert found[monday]["placesFilled"] == len(served)
        assert found[monday]["fillPermille"] == 1000 * len(served) // len(of_week)
        assert found[monday]["noShows"] == sum(row["place"] == "no_show" for row in served)
        assert found[monday]["distanceM"] == statistics.median_low(far)
        assert found[monday]["servers"] == len(shared)
        assert found[monday]["unevenPermille"] == gini(shared)
        assert found[monday]["waitingMinutes"] == 180
    assert told["whole"]["services"] == sum(len(found_) for found_ in by_week.values())


async def test_who_belongs_sees_fill_and_waiting_and_keepers_see_the_rest(db):
    town = await a_town()
    await plant_needs(town, 200, volunteers=12)

    of_staff = await report(town.committee, town.community)
    of_residents = await report(town.lin, town.community)

    assert of_residents["unmet"] is None
    assert all(of_residents["whole"][name] is None for name in KEPT)
    assert all(of_staff["whole"][name] is not None for name in KEPT)
    kept = dict.fromkeys(KEPT)
    assert of_residents["whole"] == of_staff["whole"] | kept
    assert [each["figures"] for each in of_residents["weeks"]] == [
        each["figures"] | kept for each in of_staff["weeks"]
    ]


async def test_another_community_sees_nothing_and_is_not_counted(db):
    street = await factories.a_street()
    town = await a_town(street=street)
    other = await a_town(street=street, name="和美社区")
    await plant_needs(other, 60)

    own = await report(town.committee, town.community)

    assert own["whole"]["services"] == 0
    assert own["unmet"] == []
    for stranger in (town.committee, town.lin, ANONYMOUS):
        assert await report(stranger, other.community) is None


async def test_figures_about_fewer_than_five_people_are_not_told(db, moved_clock):
    town = await a_town()
    order_id = await an_open_order(town)
    await accepted(town, order_id)
    await moved_clock.advance(timedelta(days=3))

    told = await report(town.committee, town.community)

    assert told["leastPeople"] == 5
    assert told["whole"] == {
        "services": 1,
        "placesWanted": 1,
        "placesFilled": 1,
        "fillPermille": 1000,
        **dict.fromkeys(("waitingMinutes", "waitingMinutesNineInTen", "distanceM", *KEPT)),
    }


async def test_what_stayed_unmet_is_told_by_class_and_part_of_the_area_with_reasons(
    db, moved_clock
):
    street = await factories.a_street()
    town = await a_town(street=street)
    reviewer = await factories.a_street_reviewer(street)
    order_id = await an_open_order(town)
    await looked_for(town, order_id, "NO_SKILL")
    await an_open_order(town, ahead_h=53)
    await moved_clock.advance(timedelta(days=3))

    of_street = await report(reviewer, street)

    assert of_street["unmet"] == [
        {
            "serviceClass": "ELDER_CARE",
            "services": 2,
            "places": 2,
            "area": {"name": "同心社区"},
            "reasons": [{"reason": "NO_SKILL", "places": 1}],
        }
    ]


async def looked_for(town, order_id, reason):
    """A run of the matcher that found nobody for an order, and said why."""
    run_id = database.new_id()
    await database.execute(
        "INSERT INTO matching_run (id, area_id, area_path, community_id, state, asked_at, seed,"
        " seconds, starts_at, ends_at, rule_set_id, ended_at, reason) SELECT $1, $2, $3, $2,"
        " 'cancelled', kernel_now(), 1, 10, kernel_now(), kernel_now() + interval '7 days',"
        " $1, kernel_now(), 'looked' ",
        run_id,
        town.community.id,
        town.community.path,
    )
    await database.execute(
        "INSERT INTO matching_run_unmet (run_id, order_id, places, reason) VALUES ($1, $2, 1, $3)",
        run_id,
        order_id,
        reason,
    )


async def test_a_period_over_a_year_or_backwards_is_refused(db):
    town = await a_town()
    today = await clock.today()

    for since, until in ((today - timedelta(days=400), today), (today, today - timedelta(days=9))):
        errors = await failed(town.lin, town.community, since, until)
        assert errors == ["InvalidInput"]


async def failed(actor, area, since, until):
    """The codes with which a report is refused."""
    given = {
        "area": node.encode("area", area.id),
        "since": since.isoformat(),
        "until": until.isoformat(),
    }
    answer = await schema.execute(REPORT, given, Context(actor))
    return [type(each.original_error).__name__ for each in answer.errors]


async def test_a_report_takes_as_many_statements_for_a_year_as_for_a_week(db, statements):
    town = await a_town()
    await plant_needs(town, 200, volunteers=12)
    today = await clock.today()

    counts = []
    for weeks in (1, 3, 53):
        statements.clear()
        since = (today - timedelta(weeks=weeks - 1)).isoformat()
        told = await report(town.committee, town.community, since=since)
        counts.append((len(told["weeks"]), len(statements)))

    assert [weeks for weeks, _ in counts] == [1, 3, 53]
    assert len({count for _, count in counts}) == 1
