"""The list of needs among many: the same rows in the same order, and few of them read."""

import json
from datetime import timedelta
from itertools import product
from typing import Any

from domains.kernel import clock, database
from domains.kernel.paging import Page
from domains.matching.queries import needs
from domains.matching.queries.needs import NeedFilter
from domains.matching.rules.distance import Point, metres_between
from domains.matching.values.lists import NeedOrdering
from domains.matching.values.needs import NeedState
from domains.volunteering.values.volunteers import ServiceClass
from tests.matching.factories import a_town
from tests.matching.planting import plant_needs

HERE = Point(34_261_000, 117_185_000)
_OPEN = ("open", "offered")
_COMING = ("submitted", "verified", *_OPEN, "accepted")


async def rows_of(town):
    """Every need with its orders, as plain rows."""
    found = await database.fetch(
        "SELECT id, state, service_class, urgency, posted_at, latitude_e6, longitude_e6,"
        " may_be_taken FROM matching_need WHERE community_id = $1",
        town.community.id,
    )
    orders = await database.fetch("SELECT need_id, state, starts_at, ends_at FROM matching_order")
    by_need: dict[Any, list[Any]] = {row["id"]: [] for row in found}
    for row in orders:
        by_need[row["need_id"]].append(row)
    return [(row, by_need[row["id"]]) for row in found]


def key_of(need, ordering, metres, coming):
    """Where a need stands in a list."""
    if ordering is NeedOrdering.NEWEST:
        return -need["posted_at"].timestamp(), -need["id"].int
    if ordering is NeedOrdering.SOONEST:
        return min(coming).timestamp(), need["id"].int
    return 2_147_483_647 if metres is None else metres, need["id"].int


def expected(rows, asked, now):
    """The list as a hand would make it, from all rows."""
    kept = []
    for need, orders in rows:
        near = asked.near
        metres = None
        if near is not None and need["latitude_e6"] is not None:
            metres = metres_between(near, Point(need["latitude_e6"], need["longitude_e6"]))
        times = [
            each
            for each in orders
            if (asked.starts_before is None or each["starts_at"] < asked.starts_before)
            and (asked.ends_after is None or each["ends_at"] > asked.ends_after)
            and (not asked.is_open or (each["state"] in _OPEN and each["starts_at"] > now))
        ]
        coming = [
            each["starts_at"]
            for each in orders
            if each["state"] in _COMING and each["starts_at"] > now
        ]
        is_timed = asked.starts_before or asked.ends_after or asked.is_open
        if (
            need["state"] not in {each.value for each in asked.states}
            or (asked.service_classes and need["service_class"] not in asked.service_classes)
            or (asked.least_urgency and need["urgency"] < asked.least_urgency)
            or (asked.may_be_taken is not None and need["may_be_taken"] != asked.may_be_taken)
            or (is_timed and not times)
            or (asked.within_m is not None and (metres is None or metres > asked.within_m))
            or (asked.ordering is NeedOrdering.SOONEST and not coming)
        ):
            continue
        kept.append((key_of(need, asked.ordering, metres, coming), need["id"]))
    return [each for _, each in sorted(kept)]


async def listed(actor, asked, size):
    """All pages of a list, one after the other."""
    found, after = [], None
    while True:
        slice_ = await needs.needs(actor, asked, Page(size, after))
        found += [row["id"] for row in slice_.rows]
        if not slice_.has_more:
            return found
        after = needs.key_of(slice_.rows[-1], asked.ordering)


async def test_every_list_is_what_a_hand_would_make_of_all_rows_page_by_page(db):
    town = await a_town()
    await plant_needs(town, 180)
    now = await clock.now()
    rows = await rows_of(town)
    narrowed: tuple[dict[str, Any], ...] = (
        {},
        {"is_open": True},
        {"service_classes": (ServiceClass.ELDER_CARE,), "least_urgency": 3},
        {"starts_before": now + timedelta(days=3), "ends_after": now + timedelta(days=1)},
        {"may_be_taken": True, "states": (NeedState.VERIFIED, NeedState.CLOSED)},
        {"near": HERE, "within_m": 1200},
        {"near": HERE},
    )

    for ordering, more, community in product(NeedOrdering, narrowed, (town.community.id, None)):
        asked = NeedFilter(
            area_path=town.community.path, community_id=community, ordering=ordering, **more
        )
        assert await listed(town.committee, asked, 17) == expected(rows, asked, now), (
            ordering,
            more,
        )
        assert await listed(town.lin, asked, 50) == expected(rows, asked, now)


async def read_for(actor, asked, size):
    """How many rows of needs and orders a page of a list read."""
    sql, given = needs.statement(actor, asked, Page(size), now=await clock.now())
    plan = await database.fetch_value(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", *given)
    return max(_read(json.loads(plan)[0]["Plan"]))


def _read(node):
    if node.get("Relation Name") in {"matching_need", "matching_order"}:
        removed = node.get("Rows Removed by Filter", 0)
        yield (node["Actual Rows"] + removed) * node["Actual Loops"]
    for each in node.get("Plans", ()):
        yield from _read(each)


async def test_a_page_reads_about_as_many_needs_as_it_shows(db):
    town = await a_town()
    await plant_needs(town, 3_000, volunteers=200)

    read = {}
    lists: tuple[tuple[str, dict[str, Any]], ...] = (
        ("newest", {}),
        ("newest, open", {"is_open": True}),
        ("soonest", {"ordering": NeedOrdering.SOONEST}),
    )
    for name, more in lists:
        asked = NeedFilter(area_path=town.community.path, community_id=town.community.id, **more)
        read[name] = await read_for(town.lin, asked, 20)

    assert {each: count for each, count in read.items() if count > 300} == {}
