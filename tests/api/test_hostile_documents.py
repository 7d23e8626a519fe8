import time

import pytest

from api.documents import Documents
from api.executor import quicken
from api.refusals import RequestRefused
from tests.api.conftest import Town
from tests.api.hostile import HOSTILE
from tests.api.town import SCHEMA

HARMLESS = {"many operations", "long list", "huge string", "block string"}
INVALID = {
    "unknown arguments",
    "unused variables",
    "unused fragments",
    "lists of lists",
    "long list of wrong values",
    "huge number",
    "huge first",
    "comments",
    "braces",
}


def outcome(text: str) -> tuple[str, float]:
    documents = Documents(quicken(SCHEMA))
    started = time.process_time()
    try:
        document = documents.by_text(text, locale="en")
        name = next(iter(document.operations)) or None
        documents.operation(document, name, {}, locale="en")
    except RequestRefused as refusal:
        return refusal.code.value, time.process_time() - started
    return "ACCEPTED", time.process_time() - started


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_document_is_settled_before_it_can_hold_the_loop(name):
    # The bound is ten times what these take; without the guard some take minutes.
    expected = "BAD_USER_INPUT" if name in INVALID else "QUERY_TOO_COMPLEX"

    code, seconds = outcome(HOSTILE[name])

    assert code == ("ACCEPTED" if name in HARMLESS else expected)
    assert seconds < 0.5


async def test_827_bytes_of_doubled_fragments_are_refused_with_the_figures(town: Town):
    text = HOSTILE["doubled fragments"]

    response = await town.ask(text, headers={"Accept-Language": "en"})

    assert len(text) < 850
    assert response.status_code == 422
    assert response.json() == {
        "errors": [
            {
                "message": "Too complex: rootFields is 32, at most 20 are allowed.",
                "extensions": {
                    "code": "QUERY_TOO_COMPLEX",
                    "measure": "rootFields",
                    "requested": 32,
                    "limit": 20,
                },
            }
        ]
    }


async def test_a_document_that_is_kept_costs_no_second_reading(town: Town):
    await town.ask("{ hello kept: hello }")
    before = len(town.edge.documents)

    await town.ask("{ hello kept: hello }")
    await town.ask("{ nothing }")

    assert len(town.edge.documents) == before


def test_kept_documents_take_a_bounded_memory():
    documents = Documents(quicken(SCHEMA), most_bytes=100_000)

    for each in range(200):
        documents.by_text(f"{{ a{each}: hello }}", locale="en")

    assert 0 < len(documents) < 30


def test_forty_fragments_of_one_component_each_are_an_honest_document():
    spreads = " ".join(f"...f{n}" for n in range(40))
    fragments = "".join(
        f"fragment f{n} on House {{ number street neighbours(first: 1) {{ number }} }}"
        for n in range(40)
    )

    code, _ = outcome(f"{{ houses {{ {spreads} }} }} {fragments}")

    assert code == "ACCEPTED"
