"""What needs take besides people, and who or what could give it, as the matcher is told of it.

A host, supervision and money are the need's, once for all its times: the first time that the
matcher is asked for carries them, and the others wait until they are there. A venue is each
time's own. What is settled already is left out.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from domains.kernel import calendar
from domains.kernel.actor import SYSTEM
from domains.kernel.database import Row
from domains.kernel.paging import Page
from domains.matching.queries import funds, requirements, resources
from domains.matching.queries.rules import procedure_of
from domains.matching.rules.money import Cost, Terms, may_fund
from domains.matching.solving.snapshot import HORIZON, Fund, Organisation, Venue, Window, Worker
from domains.matching.values.resources import ResourceKind
from domains.membership.queries import organisations, places
from domains.membership.queries.organisations import OrganisationFilter
from domains.membership.values import OrganisationKind

HOSTS = (
    OrganisationKind.SOCIAL_ORGANISATION,
    OrganisationKind.SOCIAL_WORK_STATION,
    OrganisationKind.COMMUNITY_BODY,
)
MOST_HOSTS = 1000

# Instants to minutes of the snapshot.
Minutes = Callable[[datetime, datetime], Window]


@dataclass(frozen=True, slots=True)
class Means:
    """What may be had, and what each order lacks of what its need takes."""

    wants: Mapping[UUID, Mapping[str, Any]]
    organisations: tuple[Organisation, ...] = ()
    workers: tuple[Worker, ...] = ()
    funds: tuple[Fund, ...] = ()
    venues: tuple[Venue, ...] = ()

    def of(self, order_id: UUID) -> Mapping[str, Any]:
        """Return what an order takes besides people, as fields of the snapshot's need."""
        return self.wants.get(order_id, {})


async def means_of(
    orders: Sequence[Row], community_id: UUID, *, ends_at: datetime, minutes: Minutes
) -> Means:
    """Read what orders, the first first, take besides people, and who or what could give it."""
    rows = sorted(
        await requirements.wants_of([each["id"] for each in orders]),
        key=lambda row: (row["starts_at"], row["id"]),
    )
    if not rows:
        return Means({})
    community = await places.place_of(community_id)
    assert community is not None, "an order's community is an area"
    carriers = set({row["need_id"]: row["id"] for row in reversed(rows)}.values())
    carrying = [row for row in rows if row["id"] in carriers]
    path = community.area_path
    hosts = await hosts_of(path, community_id) if _any(carrying, "wants_host") else ()
    venues = await _venues(path, minutes) if _any(rows, "wants_venue") else ()
    left = (
        await requirements.supervision_left(path, community_id, until=calendar.day_of(ends_at))
        if _any(carrying, "supervision")
        else ()
    )
    costly = [row for row in carrying if row["cost_fen"]]
    return Means(
        wants={
            row["id"]: _wants(row, row["id"] in carriers, hosts=hosts, venues=venues)
            for row in rows
        },
        organisations=hosts,
        workers=tuple(_worker(row, load) for row, load in left),
        funds=await _funds(path, costly) if costly else (),
        venues=venues,
    )


def _any(rows: Sequence[Row], name: str) -> bool:
    return any(row[name] for row in rows)


def _wants(
    row: Row, carries: bool, *, hosts: Sequence[Organisation], venues: Sequence[Venue]
) -> Mapping[str, Any]:
    wants_host = carries and row["wants_host"]
    cost = row["cost_fen"] if carries else 0
    return {
        "wants_host": wants_host,
        "hosts": tuple(each.id for each in hosts) if wants_host else (),
        "supervision": row["supervision"] if carries else 0,
        "qualification": row["qualification"] if carries else "",
        "cost": cost,
        "purposes": (_purpose(row),) if cost else (),
        "wants_venue": row["wants_venue"],
        "venues": tuple(each.id for each in venues) if row["wants_venue"] else (),
        "room": row["room"] if row["wants_venue"] else 0,
    }


def _purpose(row: Row) -> str:
    """Return by what money and a need know each other: a fund names each need it may pay for."""
    return f"{row['purpose']}:{row['need_id']}"


async def hosts_of(area_path: str, community_id: UUID) -> tuple[Organisation, ...]:
    """Return who may host needs of a community, each with how many more the rules let it."""
    most = (await procedure_of(community_id)).host_needs
    asked = OrganisationFilter(within_path=area_path, kinds=HOSTS)
    found = await organisations.organisations(SYSTEM, asked, Page(first=MOST_HOSTS))
    ids = [row["id"] for row in found.rows]
    hosted = await requirements.hosted(ids)
    return tuple(Organisation(str(each), max(0, most - hosted.get(each, 0))) for each in ids)


def _worker(row: Row, load: int) -> Worker:
    return Worker(str(row["person_id"]), ("", row["title"]), load, row["area_path"])


async def _funds(area_path: str, costly: Sequence[Row]) -> tuple[Fund, ...]:
    rows = await funds.candidates(area_path)
    ids = [row["id"] for row in rows]
    promised = await requirements.promised_fen(ids)
    costs = await costs_of(costly)
    found = []
    for row in rows:
        terms = terms_of(row)
        purposes = tuple(
            _purpose(each) for each in costly if may_fund(terms, costs(row["id"], each))
        )
        left = row["left_fen"] - promised.get(row["id"], 0)
        if purposes and left > 0:
            found.append(Fund(str(row["id"]), purposes, left, row["area_path"]))
    return tuple(found)


def terms_of(fund: Row) -> Terms:
    """Return for what a fund's money may be used."""
    return Terms(
        classes=frozenset(fund["service_classes"]),
        project=str(fund["project_id"]) if fund["project_id"] else None,
        chosen_only=fund["chosen_only"],
        most_per_project_fen=fund["most_per_project_fen"],
        most_percent=fund["most_percent"],
    )


async def costs_of(needs: Sequence[Row]) -> Callable[[UUID, Row], Cost]:
    """Read what funds' conditions ask of these needs' projects; returns what says it of each."""
    ids = sorted({row["project_id"] for row in needs if row["project_id"]})
    projects = await requirements.projects_of(ids)
    given = await requirements.given_to(ids)

    def cost(fund_id: UUID, row: Row) -> Cost:
        project = projects.get(row["project_id"])
        if project is None:
            return Cost(row["cost_fen"], row["purpose"])
        return Cost(
            row["cost_fen"],
            row["purpose"],
            project=str(project["id"]),
            is_chosen=project["is_chosen"],
            budget_fen=project["budget_fen"],
            given_fen=given.get((fund_id, project["id"]), 0),
        )

    return cost


async def _venues(area_path: str, minutes: Minutes) -> tuple[Venue, ...]:
    rows = await resources.candidates(area_path, ResourceKind.VENUE)
    return tuple(_venue(row, minutes) for row in rows)


def _venue(row: Row, minutes: Minutes) -> Venue:
    """Return a venue as the rules of its windows and days leave it open."""
    valid = (
        calendar.start_of(row["valid_from"]),
        calendar.start_of(row["valid_until"] + timedelta(days=1)),
    )
    windows = [
        (max(starts, valid[0]), min(ends, valid[1])) for starts, ends in row["windows"] or [valid]
    ]
    taken = (
        (datetime.fromisoformat(starts), datetime.fromisoformat(ends), seats)
        for starts, ends, seats in orjson.loads(row["taken"])
    )
    return Venue(
        id=str(row["id"]),
        capacity=row["quantity"],
        open=tuple(each for each in (_clipped(minutes(*window)) for window in windows) if each),
        taken=tuple(
            (*window, seats)
            for starts, ends, seats in taken
            if (window := _clipped(minutes(starts, ends)))
        ),
    )


def _clipped(window: Window) -> Window | None:
    """Return what of a window a snapshot can tell."""
    starts, ends = max(0, window[0]), min(HORIZON, window[1])
    return (starts, ends) if starts < ends else None
