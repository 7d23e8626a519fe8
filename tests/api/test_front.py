import json
import re

import pytest
from graphql import get_introspection_query, parse, validate

from api.documents import Documents
from api.executor import quicken
from api.front import FILES
from domains.kernel.settings import Environment
from schema.root import schema
from tests.api.conftest import Serve, Town

KEYS = {
    "field_keys": f"a:{'A' * 43}=",
    "blind_index_key": f"{'A' * 43}=",
    "token_key": f"{'A' * 43}=",
    "log_keys": f"a:{'A' * 43}=",
}
TABS = json.loads((FILES / "tabs.json").read_text())


async def test_graphiql_comes_from_our_own_files_under_a_strict_policy(town: Town):
    page = await town.client.get("/")
    named = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    files = [await town.client.get(path) for path in named]

    assert page.status_code == 200
    assert [each.status_code for each in files] == [200] * 8
    assert all(path.startswith("/graphiql/") for path in named)
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self';")
    assert "http" not in policy


async def test_production_has_a_signpost_instead(serve: Serve):
    async with serve(environment=Environment.PRODUCTION, **KEYS) as town:
        page = await town.client.get("/")
        file = await town.client.get("/graphiql/graphiql.min.js")

    assert page.json() == {"name": "Gongyi", "graphql": "/graphql"}
    assert file.status_code == 404


@pytest.mark.parametrize(
    "tab", TABS, ids=lambda tab: str(re.findall(r"(\w+)\(?.*\{", tab["query"]))
)
def test_each_tab_that_greets_a_newcomer_fits_the_schema(tab):
    assert validate(schema._schema, parse(tab["query"])) == []
    assert isinstance(json.loads(tab.get("variables", "{}")), dict)
    assert isinstance(json.loads(tab["headers"]), dict)


def test_the_question_that_tools_ask_for_the_schema_is_within_the_limits():
    text = get_introspection_query(
        descriptions=True,
        specified_by_url=True,
        directive_is_repeatable=True,
        schema_description=True,
        input_value_deprecation=True,
        one_of=True,
    )
    documents = Documents(quicken(schema))

    document = documents.by_text(text, locale="en")

    assert documents.operation(document, None, {}, locale="en").measured.introspects
