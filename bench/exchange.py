"""The exchange's lists and its report, through the contract, in small and in large communities.

Beside the number of statements stands what a page takes; a community of 20 times the needs
should take a page no longer.
"""

import time
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson

from api.app import create_app
from api.asked import Asked
from api.edge import Edge
from bench import town
from bench.exchanged import Planted, plant
from bench.reading import watched
from bench.report import Figure
from domains.kernel import database
from domains.kernel.actor import Actor, Grant, Role
from domains.matching.service import presets
from domains.membership.queries import places
from schema import node

SIZES = (1_000, 20_000)
PAGES = (1, 50)
ROUNDS = 9
_PEOPLE, _VOLUNTEERS = 300, 200

_NEED = """
    nodes { id title state urgency place distanceM isFavourite hasDetails skills { name }
      orders { id state startsAt taken peopleWanted } area { name } } pageInfo { endCursor } }
"""
LIST = f"""
query ($area: ID!, $first: Int, $filter: NeedFilterInput) {{
  needs(areaId: $area, first: $first, filter: $filter) {{ {_NEED}
}}
"""
OFFERS = """
query ($first: Int) { myServiceOffers(first: $first) { nodes {
  id state distanceM answerBy order { id startsAt need { title place } } } } }
"""
REPORT = """
query ($area: ID!, $since: Date) { matchingReport(areaId: $area, since: $since) {
  weeks { startsOn figures { ...all } } whole { ...all }
  unmet { serviceClass services places area { name } reasons { reason places } } } }
fragment all on MatchingFigures {
  services fillPermille waitingMinutes distanceM unevenPermille noShows accepted declined expired }
"""
_LISTS: Mapping[str, Mapping[str, Any]] = {
    "newest": {},
    "newest, open only": {"isOpen": True},
    "soonest": {"orderBy": "SOONEST"},
    "soonest, open only": {"orderBy": "SOONEST", "isOpen": True},
    "nearest": {
        "orderBy": "NEAREST",
        "near": {"latitudeE6": 34_261_000, "longitudeE6": 117_185_000},
    },
}


async def exchanging(street: UUID) -> list[Figure]:
    """Ask for each list, a volunteer's offers and the report, in a community of each size."""
    await presets.sync_presets()
    figures: list[Figure] = []
    for size in SIZES:
        area_id, keeper, volunteer = await _community(street, size)
        section = f"exchange, {size:,} needs"
        area = node.encode("area", area_id)
        for name, narrowed in _LISTS.items():
            figures += await _of(section, name, volunteer, LIST, {"area": area, "filter": narrowed})
        figures += await _of(section, "offers of a volunteer", volunteer, OFFERS, {})
        since = (await _a_year_ago()).isoformat()
        for name, more in (("12 weeks", {}), ("a year", {"since": since})):
            asked = {"area": area, **more}
            figures += await _of(section, f"report, {name}", keeper, REPORT, asked, pages=())
    return figures


async def _a_year_ago() -> Any:
    return await database.fetch_value(
        "SELECT (kernel_now() AT TIME ZONE 'Asia/Shanghai')::date - 363"
    )


async def _community(street: UUID, size: int) -> tuple[UUID, Actor, Actor]:
    made = await town.a_community(street, code=f"exchange{size}", residents=10)
    place = await places.place_of(made.area_id)
    assert place is not None, "the community has been made"
    who = Planted(*(_ids(number) for number in (_PEOPLE, _VOLUNTEERS, _VOLUNTEERS)))
    await plant(place.area_id, place.area_path, size, who)
    belongs = Grant(Role.RESIDENT, place.area_path)
    return (
        place.area_id,
        made.committee,
        Actor(who.volunteers_people[0], grants=frozenset({belongs})),
    )


def _ids(number: int) -> list[UUID]:
    return [database.new_id() for _ in range(number)]


async def _of(
    section: str,
    name: str,
    actor: Actor,
    document: str,
    variables: Mapping[str, Any],
    *,
    pages: tuple[int, ...] = PAGES,
) -> list[Figure]:
    edge: Edge = create_app(owns_database=False).state.edge
    whole = {**variables, "first": pages[-1]} if pages else dict(variables)
    took = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        await _answer(edge, document, whole, actor)
        took.append((time.perf_counter() - began) * 1000)
    figures = [Figure(section, f"{name}, page of {pages[-1]}" if pages else name, "ms", took)]
    for first in pages or (0,):
        async with watched() as ran:
            given = {**variables, "first": first} if pages else dict(variables)
            await _answer(edge, document, given, actor)
        said = f"{name}: statements" + (f", page of {first}" if pages else "")
        figures.append(Figure(section, said, "", [float(len(ran))]))
    return figures


async def _answer(
    edge: Edge, document: str, variables: Mapping[str, Any], actor: Actor
) -> dict[str, Any]:
    asked = Asked(text=document, digest=None, variables=dict(variables))
    answer = orjson.loads((await edge.run(edge.admit(asked, actor), asked, actor)).body)
    if answer.get("errors") or None in answer["data"].values():
        raise RuntimeError(f"the exchange did not answer: {answer}")
    data: dict[str, Any] = answer["data"]
    return data
