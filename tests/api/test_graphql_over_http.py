import asyncio
import gzip
import hashlib
import json
import time
from datetime import datetime
from uuid import uuid4

import httpx
import pytest

from tests.api.conftest import GRAPHQL, Serve, Town
from tests.api.town import RUNG

JSON = "application/json"


def errors_of(response: httpx.Response) -> list[tuple[str, str]]:
    body = response.json()
    assert "data" not in body
    return [(each["extensions"]["code"], each["message"]) for each in body["errors"]]


def codes_of(response: httpx.Response) -> list[str]:
    return [code for code, _ in errors_of(response)]


async def test_a_query_is_answered_in_the_type_that_the_caller_prefers(town: Town):
    new = await town.ask("{ hello }")
    old = await town.ask("{ hello }", accept=JSON)

    assert (new.status_code, old.status_code) == (200, 200)
    assert new.headers["content-type"] == f"{GRAPHQL}; charset=utf-8"
    assert old.headers["content-type"] == f"{JSON}; charset=utf-8"
    assert new.json()["data"] == old.json()["data"] == {"hello": "Hello, town!"}
    assert new.headers["cache-control"] == "no-store"
    assert new.headers["x-content-type-options"] == "nosniff"


async def test_a_plain_query_is_not_streamed_to_a_client_that_lists_event_streams(town: Town):
    response = await town.ask(
        "{ hello }", accept=f"{GRAPHQL}, {JSON}, text/event-stream, multipart/mixed"
    )

    assert response.headers["content-type"] == f"{GRAPHQL}; charset=utf-8"
    assert response.json()["data"] == {"hello": "Hello, town!"}


async def test_variables_and_an_operation_name_are_heeded(town: Town):
    response = await town.ask(
        "query A($name: String!) { hello(name: $name) } query B { me }",
        variables={"name": "林"},
        operationName="A",
    )

    assert response.json()["data"] == {"hello": "Hello, 林!"}


async def test_data_with_errors_is_294_and_plain_200_for_older_callers(town: Town):
    new = await town.ask("{ hello broken }")
    old = await town.ask("{ hello broken }", accept=JSON)

    assert (new.status_code, old.status_code) == (294, 200)
    assert new.json()["data"] == {"hello": "Hello, town!", "broken": None}


@pytest.mark.parametrize("accept", [GRAPHQL, JSON])
@pytest.mark.parametrize(
    ("query", "new_status"),
    [
        ("{ hello", 400),
        ("{ nothing }", 422),
        ("query A { hello } query A { me }", 422),
        ("{ houses }", 422),
        ('{ hello(name: 7, name: "x") }', 422),
        ("fragment F on Query { hello }", 422),
        ("{ ...F } fragment F on Query { ...G } fragment G on Query { ...F }", 422),
        ("query A { hello } query B { me }", 422),
        ("type Query { hello: String }", 422),
    ],
)
async def test_a_document_that_does_not_fit_is_refused_without_data(
    town: Town, accept, query, new_status
):
    response = await town.ask(query, accept=accept)

    assert response.status_code == (new_status if accept == GRAPHQL else 200)
    assert set(codes_of(response)) == {"BAD_USER_INPUT"}


async def test_an_unknown_operation_name_is_refused(town: Town):
    response = await town.ask("query A { hello }", operationName="B")

    assert response.status_code == 422
    assert codes_of(response) == ["BAD_USER_INPUT"]


@pytest.mark.parametrize(
    "variables",
    [
        {"letter": {"to": 7}},
        {"letter": {}},
        {"letter": {"to": "x", "stamp": 1}},
        {},
        {"letter": []},
    ],
)
async def test_variables_that_do_not_fit_are_422(town: Town, variables):
    query = "query ($letter: Letter!) { post(letter: $letter) }"

    response = await town.ask(query, variables=variables)

    assert response.status_code == 422
    assert set(codes_of(response)) == {"BAD_USER_INPUT"}


@pytest.mark.parametrize("accept", [GRAPHQL, JSON])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'[{"query": "{ hello }"}]',
        b'"{ hello }"',
        b"null",
        b"{}",
        b'{"query": 7}',
        b'{"query": ["{ hello }"]}',
        b'{"query": "{ hello }", "variables": "x"}',
        b'{"query": "{ hello }", "variables": []}',
        b'{"query": "{ hello }", "operationName": {}}',
        b'{"query": "{ hello }", "extensions": 7}',
        b'{"query": "{ hello }\xff"}',
        '{"query": "{ hello }"}'.encode("utf-16"),
        b'{"query": "\\ud800"}',
        b'{"query": "{ hello }", "variables": {"a": NaN}}',
        b'{"documentId": "md5:0"}',
        b'{"extensions": {"persistedQuery": {"version": 1}}}',
        b'{"query": "{ hello }", "variables": ' + b'{"a":' * 5_000 + b"1" + b"}" * 5_000 + b"}",
        b"[" * 100_000,
        b'{"query": "{ hello }", "variables": {"a": [' + b"1," * 20_000 + b"1]}}",
    ],
)
async def test_a_body_that_is_no_request_is_400(town: Town, accept, body):
    headers = {"Accept": accept, "Content-Type": JSON}

    response = await town.client.post("/graphql", content=body, headers=headers)

    assert response.status_code == 400
    assert codes_of(response) == ["BAD_USER_INPUT"]


async def test_as_many_values_as_are_taken_do_not_hold_the_loop(town: Town):
    query = "query ($letter: Letter!) { post(letter: $letter) }"
    pages = list(range(9_990))
    started = time.process_time()

    right = await town.ask(query, variables={"letter": {"to": "x", "pages": pages}})
    wrong = await town.ask(query, variables={"letter": {"to": "x", "pages": ["a"] * 9_990}})

    assert (right.status_code, wrong.status_code) == (200, 422)
    assert len(wrong.json()["errors"]) <= 11
    assert time.process_time() - started < 2


async def test_numbers_of_any_size_are_refused_and_never_a_fault(town: Town):
    query = "query ($letter: Letter!) { post(letter: $letter) }"

    variable = await town.ask(query, variables={"letter": {"to": "x", "pages": [10**30]}})
    literal = await town.ask('{ post(letter: {to: "x", pages: [' + "9" * 10_000 + "]}) }")

    assert (variable.status_code, codes_of(variable)) == (422, ["BAD_USER_INPUT"])
    assert (literal.status_code, codes_of(literal)) == (422, ["BAD_USER_INPUT"])


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/graphql",
        "application/json; charset=gb18030",
        "",
    ],
)
async def test_other_bodies_are_415(town: Town, kind):
    headers = {"Accept": GRAPHQL, "Content-Type": kind}

    response = await town.client.post("/graphql", content=b'{"query":"{hello}"}', headers=headers)

    assert response.status_code == 415
    assert codes_of(response) == ["BAD_USER_INPUT"]


async def test_a_compressed_body_is_415(town: Town):
    headers = {"Accept": GRAPHQL, "Content-Type": JSON, "Content-Encoding": "gzip"}

    response = await town.client.post(
        "/graphql", content=gzip.compress(b'{"query":"{hello}"}'), headers=headers
    )

    assert response.status_code == 415


@pytest.mark.parametrize("accept", ["text/html", "application/json;q=0", "image/*"])
async def test_an_answer_that_the_caller_cannot_take_is_406_in_json(town: Town, accept):
    response = await town.ask("{ hello }", accept=accept)

    assert response.status_code == 406
    assert response.headers["content-type"] == f"{JSON}; charset=utf-8"
    assert codes_of(response) == ["BAD_USER_INPUT"]


async def test_an_answer_in_another_charset_is_406(town: Town):
    response = await town.ask("{ hello }", headers={"Accept-Charset": "gb18030"})

    assert response.status_code == 406


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"])
async def test_other_methods_are_405(town: Town, method):
    response = await town.client.request(method, "/graphql")

    assert response.status_code == 405
    assert response.headers["allow"] == "GET, POST"


async def test_a_body_over_1_mb_is_413_declared_or_not(town: Town):
    headers = {"Accept": GRAPHQL, "Content-Type": JSON}

    async def drip():
        for _ in range(20):
            yield b" " * 60_000

    declared = await town.client.post("/graphql", content=b" " * 1_000_001, headers=headers)
    dripping = await town.client.post("/graphql", content=drip(), headers=headers)

    assert (declared.status_code, dripping.status_code) == (413, 413)
    assert codes_of(declared) == ["BAD_USER_INPUT"]


async def test_a_query_over_get_needs_a_persisted_document(town: Town):
    response = await town.client.get("/graphql", params={"query": "{ hello }"})

    assert response.status_code == 405
    assert response.headers["allow"] == "POST"


@pytest.mark.parametrize(
    "params",
    [{}, {"documentId": "x"}, {"documentId": "sha256:" + "0" * 64, "variables": "{"}],
)
async def test_a_malformed_get_is_400(town: Town, params):
    response = await town.client.get("/graphql", params=params)

    assert response.status_code == 400
    assert codes_of(response) == ["BAD_USER_INPUT"]


def _id_of(text: str) -> str:
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


async def test_persisted_documents_run_by_their_id_over_get_and_post(serve: Serve, tmp_path):
    query = "query ($n: String) { hello(name: $n) }"
    mutation = 'mutation { ring(bell: "persisted") }'
    manifest = tmp_path / "documents.json"
    manifest.write_text(json.dumps({_id_of(text): text for text in (query, mutation)}))

    async with serve(documents=manifest, documents_only=True) as town:
        by_get = await town.client.get(
            "/graphql", params={"documentId": _id_of(query), "variables": '{"n": "a"}'}
        )
        by_post = await town.client.post(
            "/graphql", json={"documentId": _id_of(query), "variables": {"n": "b"}}
        )
        digest = _id_of(query).removeprefix("sha256:")
        apollo = {"persistedQuery": {"version": 1, "sha256Hash": digest}}
        by_apollo = await town.client.post("/graphql", json={"extensions": apollo})
        by_text = await town.ask(query)
        mutation_by_get = await town.client.get("/graphql", params={"documentId": _id_of(mutation)})
        unknown = await town.client.post("/graphql", json={"documentId": _id_of("{ me }")})
        foreign = await town.ask("{ me }")
        forged = await town.ask("{ me }", documentId=_id_of(query))

    answers = [each.json()["data"]["hello"] for each in (by_get, by_post, by_apollo, by_text)]
    assert answers == ["Hello, a!", "Hello, b!", "Hello, town!", "Hello, town!"]
    assert (mutation_by_get.status_code, mutation_by_get.headers["allow"]) == (405, "POST")
    assert "persisted" not in RUNG
    assert errors_of(unknown) == [("BAD_USER_INPUT", "PersistedQueryNotFound")]
    assert (foreign.status_code, codes_of(foreign)) == (403, ["FORBIDDEN"])
    assert (forged.status_code, codes_of(forged)) == (400, ["BAD_USER_INPUT"])


async def test_a_folder_serves_as_a_manifest(serve: Serve, tmp_path):
    (tmp_path / "hello.graphql").write_text("{ hello }")

    async with serve(documents=tmp_path) as town:
        response = await town.client.get("/graphql", params={"documentId": _id_of("{ hello }")})

    assert response.json()["data"] == {"hello": "Hello, town!"}


async def test_a_token_makes_an_actor_and_none_makes_a_nameless_one(town: Town):
    token = town.door.admit()
    person = str(town.door.by_token[token].person_id)

    known = await town.ask("{ me }", headers={"Authorization": f"Bearer {token}"})
    nameless = await town.ask("{ me }")

    assert known.json()["data"] == {"me": person}
    assert nameless.json()["data"] == {"me": None}


@pytest.mark.parametrize("accept", [GRAPHQL, JSON])
@pytest.mark.parametrize(
    "authorization",
    [
        "Bearer " + "x" * 40,
        "Bearer",
        "Basic dXNlcjpwYXNz",
        "Bearer " + "x" * 5_000,
        "",
        "Bearer 密",
    ],
)
async def test_a_false_token_is_told_and_nothing_runs(town: Town, accept, authorization):
    RUNG.clear()

    response = await town.ask(
        'mutation { ring(bell: "false") }',
        accept=accept,
        headers={"Authorization": authorization.encode()},
    )

    assert response.status_code == 401
    assert response.headers["www-authenticate"] == 'Bearer error="invalid_token"'
    assert codes_of(response) == ["UNAUTHENTICATED"]
    assert RUNG == []


async def test_refusals_are_said_in_the_callers_language(town: Town):
    chinese = await town.ask("{ hello", operationName=7)
    english = await town.ask("{ hello", operationName=7, headers={"Accept-Language": "en"})
    asked = await town.ask("{ locale }", headers={"Accept-Language": "en-GB, zh;q=0.1"})

    assert errors_of(chinese) == [("BAD_USER_INPUT", "operationName 应为字符串。")]
    assert errors_of(english) == [("BAD_USER_INPUT", "operationName must be a string.")]
    assert asked.json()["data"] == {"locale": "en"}


async def test_a_proxy_is_believed_only_where_it_is_trusted(serve: Serve, town: Town):
    forwarded = {"X-Forwarded-For": "203.0.113.7, 198.51.100.9"}

    plain = await town.ask("{ address }", headers=forwarded)
    async with serve(trusted_proxies="127.0.0.0/8") as behind:
        named = await behind.ask("{ address }", headers=forwarded)
        broken = await behind.ask("{ address }", headers={"X-Forwarded-For": "nonsense"})

    assert plain.json()["data"] == {"address": "127.0.0.1"}
    assert named.json()["data"] == {"address": "198.51.100.9"}
    assert broken.json()["data"] == {"address": "127.0.0.1"}


async def test_a_fault_of_ours_is_masked_and_found_in_the_log_without_values(
    town: Town, capsys: pytest.CaptureFixture[str]
):
    response = await town.ask("{ phone13800138000: broken }")

    error = response.json()["errors"][0]
    logged = capsys.readouterr().out
    assert error["extensions"]["code"] == "INTERNAL"
    assert error["path"] == ["phone13800138000"]
    assert "mat" not in response.text
    assert error["extensions"]["reference"] in logged
    assert "ValueError" in logged
    assert "13800138000" not in logged


async def test_a_refusal_of_a_read_has_its_code_and_sentence(town: Town):
    response = await town.ask("{ private }", headers={"Accept-Language": "en"})

    error = response.json()["errors"][0]
    assert error["message"] == "Sign in first."
    assert error["extensions"] == {"code": "UNAUTHENTICATED", "refusal": "SIGN_IN_REQUIRED"}


async def test_the_deadline_ends_an_operation(serve: Serve):
    async with serve(deadline_s=0.05) as town:
        response = await town.ask("{ nap(seconds: 5) }")

    assert response.status_code == 503
    assert response.headers["retry-after"] == "5"
    assert codes_of(response) == ["UNAVAILABLE"]


async def test_a_full_house_asks_to_come_back(serve: Serve):
    async with serve(requests_at_once=1, requests_waiting=1) as town:
        answers = await asyncio.gather(*(town.ask("{ nap(seconds: 0.1) }") for _ in range(5)))

    assert sorted(each.status_code for each in answers) == [200, 200, 503, 503, 503]
    refused = next(each for each in answers if each.status_code == 503)
    assert (codes_of(refused), refused.headers["retry-after"]) == (["UNAVAILABLE"], "1")


async def test_cost_is_told_and_taken_from_the_callers_budget(serve: Serve):
    async with serve(cost_per_minute=2_000) as town:
        first = await town.ask("{ dear }")
        second = await town.ask("{ dear }")
        third = await town.ask("{ dear }")
        other = await town.ask("{ dear }", headers={"Authorization": f"Bearer {town.door.admit()}"})

    cost = first.json()["extensions"]["cost"]
    assert (cost["requested"], cost["limit"], cost["remaining"]) == (900, 2_000, 1_100)
    assert datetime.fromisoformat(cost["resetAt"]).tzinfo is not None
    assert first.headers["ratelimit-policy"] == '"cost";q=2000;w=60'
    assert second.json()["extensions"]["cost"]["remaining"] == 200
    assert third.status_code == 429
    assert codes_of(third) == ["RATE_LIMITED"]
    assert 1 <= int(third.headers["retry-after"]) <= 60
    assert third.json()["errors"][0]["extensions"]["cost"]["requested"] == 900
    assert other.status_code == 200


async def test_refused_documents_are_charged_too(serve: Serve):
    async with serve(cost_per_minute=100) as town:
        answers = [await town.ask("{ nothing }") for _ in range(4)]

    assert [each.status_code for each in answers] == [422, 422, 429, 429]


async def test_aliases_do_not_get_around_a_tight_budget(serve: Serve):
    many = " ".join(f'a{each}: requestSignInCode(phone: "1")' for each in range(11))
    few = " ".join(f'a{each}: requestSignInCode(phone: "1")' for each in range(10))

    async with serve() as town:
        refused = await town.ask(f"mutation {{ {many} }}")
        accepted = await town.ask(f"mutation {{ {few} }}")
        once_more = await town.ask('mutation { requestSignInCode(phone: "1") }')

    assert (refused.status_code, codes_of(refused)) == (429, ["RATE_LIMITED"])
    assert refused.json()["errors"][0]["extensions"]["field"] == "requestSignInCode"
    assert (accepted.status_code, once_more.status_code) == (200, 429)


async def test_the_schema_is_told_in_production_to_administrators_only(serve: Serve):
    from domains.kernel.actor import Role
    from domains.kernel.settings import Environment

    keys = {
        "field_keys": f"a:{'A' * 43}=",
        "blind_index_key": f"{'A' * 43}=",
        "token_key": f"{'A' * 43}=",
        "log_keys": f"a:{'A' * 43}=",
    }
    asked = "{ __schema { queryType { name } } }"

    async with serve(environment=Environment.PRODUCTION, **keys) as town:
        nameless = await town.ask(asked)
        resident = await town.ask(
            asked, headers={"Authorization": f"Bearer {town.door.admit(Role.RESIDENT)}"}
        )
        administrator = town.door.admit(Role.PLATFORM_ADMINISTRATOR)
        told = await town.ask(asked, headers={"Authorization": f"Bearer {administrator}"})
        suggestion = await town.ask("{ hell }")

    assert (nameless.status_code, codes_of(nameless)) == (422, ["FORBIDDEN"])
    assert codes_of(resident) == ["FORBIDDEN"]
    assert told.json()["data"] == {"__schema": {"queryType": {"name": "Query"}}}
    assert errors_of(suggestion)[0][1] == "Cannot query field 'hell' on type 'Query'."


async def test_a_request_id_is_echoed_where_it_is_harmless(town: Town):
    made = str(uuid4())

    kept = await town.ask("{ hello }", headers={"X-Request-Id": made})
    phone = await town.ask("{ hello }", headers={"X-Request-Id": "13800138000"})
    long = await town.ask("{ hello }", headers={"X-Request-Id": "x" * 500})

    assert kept.headers["x-request-id"] == made
    assert [len(each.headers["x-request-id"]) for each in (phone, long)] == [16, 16]


async def test_pages_of_allowed_origins_may_call_and_others_may_not(serve: Serve):
    ask = {"Access-Control-Request-Method": "POST", "Origin": "https://app.example"}

    async with serve(allowed_origins="https://app.example") as town:
        preflight = await town.client.options("/graphql", headers=ask)
        answer = await town.ask("{ hello }", headers={"Origin": "https://app.example"})
        refusal = await town.ask("{", headers={"Origin": "https://app.example"})
        foreign = await town.ask("{ hello }", headers={"Origin": "https://evil.example"})
        denied = await town.client.options(
            "/graphql", headers=ask | {"Origin": "https://evil.example"}
        )

    allowed = [each.headers["access-control-allow-origin"] for each in (preflight, answer, refusal)]
    assert allowed == ["https://app.example"] * 3
    assert preflight.status_code == 204
    assert "access-control-allow-origin" not in foreign.headers
    assert denied.status_code == 405
