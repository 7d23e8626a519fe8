import asyncio
import re

import httpx

from api.app import create_app
from domains.kernel import database
from tests.api.conftest import Serve, Town
from tests.api.town import SIESTA


async def test_a_process_is_alive_without_its_database(town: Town):
    response = await town.client.get("/livez")

    assert (response.status_code, response.json()) == (200, {"status": "alive"})


async def test_a_process_is_ready_when_its_database_is_migrated(town: Town, db: str):
    response = await town.client.get("/readyz")

    assert (response.status_code, response.json()) == (200, {"status": "ready"})


async def test_a_process_is_not_ready_before_its_migrations(town: Town, db: str):
    name = await database.fetch_value(
        "UPDATE tortoise_migrations SET name = '?' || name"
        " WHERE app = 'kernel' AND name LIKE '0001%' RETURNING name"
    )
    try:
        response = await town.client.get("/readyz")
    finally:
        await database.execute(
            "UPDATE tortoise_migrations SET name = substr(name, 2) WHERE name = $1", name
        )

    assert response.status_code == 503
    assert response.json() == {"status": "unready", "reason": "migrations"}
    assert response.headers["retry-after"] == "5"


async def test_a_process_that_drains_is_not_ready_but_answers(serve: Serve, db: str):
    async with serve(drain_notice_s=30) as town:
        town.server.drain()
        ready = await town.client.get("/readyz")
        alive = await town.client.get("/livez")
        answer = await town.ask("{ hello }")

    assert (ready.status_code, ready.json()["reason"]) == (503, "draining")
    assert (alive.status_code, answer.status_code) == (200, 200)


async def _refuses(town: Town) -> None:
    """Wait until nobody new is let in."""
    async with asyncio.timeout(30), httpx.AsyncClient() as stranger:
        while True:
            try:
                await stranger.get(town.url, headers={"Connection": "close"})
            except httpx.ConnectError:
                return
            except httpx.TransportError:
                continue  # the door shut behind them


async def test_what_runs_may_end_before_the_process_does(serve: Serve):
    async with serve() as town:
        running = asyncio.create_task(town.ask("{ siesta }"))
        await asyncio.wait_for(SIESTA.begun.wait(), 30)
        town.server.drain()
        await _refuses(town)
        SIESTA.woken.set()
        answer = await running

    assert answer.json()["data"] == {"siesta": "rested"}


async def test_metrics_count_by_kind_and_outcome_and_name_nobody(town: Town, db: str):
    token = town.door.admit()
    person = str(town.door.by_token[token].person_id)
    await town.ask("{ hello }", headers={"Authorization": f"Bearer {token}"})
    await town.ask("{ nothing }")
    await town.ask("{ hello broken }")

    text = (await town.client.get("/metrics")).text

    counted = set(re.findall(r"gongyi_operations_total\{([^}]*)\}", text))
    assert {
        'kind="query",outcome="ok",transport="http"',
        'kind="refused",outcome="bad_user_input",transport="http"',
        'kind="query",outcome="errors",transport="http"',
    } <= counted
    assert "gongyi_outbox_waiting 0.0" in text
    assert "gongyi_live_sockets 0.0" in text
    assert person not in text
    assert "127.0.0.1" not in text


async def test_metrics_are_for_those_who_may_read_them(serve: Serve):
    async with serve(metrics_from="10.0.0.0/8") as town:
        response = await town.client.get("/metrics")

    assert response.status_code == 403


def test_an_application_is_made_with_nothing_given():
    routes = {getattr(route, "path", "") for route in create_app().routes}

    assert {"/graphql", "/livez", "/readyz", "/metrics", "/"} <= routes
