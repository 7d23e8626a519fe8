"""Files over HTTP, and the two mutations around them, as a client meets them."""

import hashlib
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from starlette.applications import Starlette

from api.uploads import routes
from domains.kernel import database, settings, storage
from domains.kernel.actor import ANONYMOUS, Actor
from schema import node
from schema.context import Context
from schema.root import schema
from tests.kernel.files import PDF

LIN = Actor(person_id=UUID("0190a1b2-c3d4-7000-8000-000000000001"), locale="en")
WANG = Actor(person_id=UUID("0190a1b2-c3d4-7000-8000-000000000002"), locale="en")
SHA256 = hashlib.sha256(PDF).hexdigest()

CREATE = """
mutation($input: CreateUploadInput!) { createUpload(input: $input) {
  __typename
  ... on UploadCreated { putAddress replayed upload { id fileName state sha256 address } }
  ... on UserError { code message path }
} }
"""
COMPLETE = """
mutation($input: CompleteUploadInput!) { completeUpload(input: $input) {
  __typename
  ... on UploadCompleted {
    upload { id fileName mediaType sizeBytes sha256 state expiresAt address }
  }
  ... on UserError { code message path }
} }
"""
NODE = "query($id: ID!) { node(id: $id) { ... on Upload { fileName } } }"


@pytest.fixture
async def client(db, tmp_path, monkeypatch) -> AsyncIterator[httpx.AsyncClient]:
    monkeypatch.setenv("GONGYI_DATA_DIR", str(tmp_path))
    settings.current.cache_clear()
    transport = httpx.ASGITransport(app=Starlette(routes=routes))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as opened:
        yield opened
    settings.current.cache_clear()


async def ask(document: str, actor: Actor = LIN, **variables: Any) -> Any:
    result = await schema.execute(document, variable_values=variables, context_value=Context(actor))
    assert result.errors is None
    assert result.data is not None
    return next(iter(result.data.values()))


async def create(actor: Actor = LIN, **changes: Any) -> Any:
    given = {
        "fileName": "公告.pdf",
        "mediaType": "application/pdf",
        "sizeBytes": len(PDF),
        "idempotencyKey": str(uuid4()),
    }
    return await ask(CREATE, actor, input=given | changes)


async def complete(upload_id: str, sha256: str = SHA256, actor: Actor = LIN) -> Any:
    return await ask(COMPLETE, actor, input={"uploadId": upload_id, "sha256": sha256})


async def stored() -> int:
    found: int = await database.fetch_value("SELECT count(*) FROM kernel_upload")
    return found


async def test_a_file_goes_in_and_comes_out_again(client):
    created = await create()
    sent = await client.put(created["putAddress"], content=PDF)

    completed = await complete(created["upload"]["id"])
    upload = completed["upload"]
    got = await client.get(upload["address"])

    assert sent.status_code == 204
    assert created["upload"] == {
        "id": upload["id"],
        "fileName": "公告.pdf",
        "state": "PENDING",
        "sha256": None,
        "address": None,
    }
    assert {key: upload[key] for key in ("mediaType", "sizeBytes", "sha256", "state")} == {
        "mediaType": "application/pdf",
        "sizeBytes": len(PDF),
        "sha256": SHA256,
        "state": "COMPLETE",
    }
    assert (got.status_code, got.content) == (200, PDF)
    assert got.headers["content-disposition"] == (
        "attachment; filename*=UTF-8''%E5%85%AC%E5%91%8A.pdf"
    )
    assert got.headers["content-type"] == "application/pdf"
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["content-security-policy"] == "default-src 'none'; sandbox"


async def test_a_replay_answers_the_same_upload(client):
    key = str(uuid4())

    first, second = await create(idempotencyKey=key), await create(idempotencyKey=key)

    assert second == first | {"replayed": True}
    assert await stored() == 1


async def test_too_many_bytes_are_cut_off(client):
    created = await create()

    answer = await client.put(
        created["putAddress"], content=PDF + b"!", headers={"accept-language": "en"}
    )

    assert answer.status_code == 413
    assert answer.json() == {
        "errors": [
            {
                "message": f"The file is too large: {len(PDF)} bytes at most.",
                "extensions": {"code": "BAD_USER_INPUT", "refusal": "UPLOAD_TOO_LARGE"},
            }
        ]
    }


@pytest.mark.parametrize("method", ["GET", "PUT"])
@pytest.mark.parametrize("token", ["x", "A" * 100, "..%2f..%2fetc%2fpasswd", "%00"])
async def test_an_unsigned_address_is_not_found(client, method, token):
    answer = await client.request(method, f"/uploads/{token}", content=b"x")

    assert answer.status_code == 404


async def test_an_address_altered_by_one_letter_is_not_found(client):
    created = await create()
    address = created["putAddress"]
    altered = address[:60] + ("A" if address[60] != "A" else "B") + address[61:]

    answer = await client.put(altered, content=PDF)

    assert answer.status_code == 404
    assert not await storage.current().exists(
        storage.incoming_key(node.decode("upload", created["upload"]["id"]))
    )


async def test_other_methods_are_not_allowed(client):
    created = await create()

    answer = await client.delete(created["putAddress"])

    assert answer.status_code == 405


@pytest.mark.parametrize(
    ("change", "code", "path"),
    [
        ({"fileName": "../x.pdf"}, "INVALID_INPUT", ["fileName"]),
        ({"sizeBytes": 0}, "INVALID_INPUT", ["sizeBytes"]),
        ({"sizeBytes": 2**31 - 1}, "UPLOAD_TOO_LARGE", ["sizeBytes"]),
        ({"mediaType": "text/html"}, "UPLOAD_TYPE_REFUSED", ["mediaType"]),
    ],
)
async def test_a_refusal_to_announce_is_data(client, change, code, path):
    refused = await create(**change)

    assert (refused["__typename"], refused["code"], refused["path"]) == ("Refused", code, path)
    assert await stored() == 0


async def test_the_nameless_are_asked_to_sign_in(client):
    refused = await create(ANONYMOUS)

    assert refused["code"] == "SIGN_IN_REQUIRED"
    assert await stored() == 0


@pytest.mark.parametrize(
    ("sha256", "code"),
    [("", "INVALID_INPUT"), ("zz" * 32, "INVALID_INPUT"), ("00" * 32, "UPLOAD_ALTERED")],
)
async def test_a_wrong_hash_completes_nothing(client, sha256, code):
    created = await create()
    await client.put(created["putAddress"], content=PDF)

    refused = await complete(created["upload"]["id"], sha256)

    assert refused["code"] == code
    assert (await complete(created["upload"]["id"]))["__typename"] == "UploadCompleted"


async def test_anothers_upload_is_not_found_by_any_door(client):
    created = await create()
    upload_id = created["upload"]["id"]
    await client.put(created["putAddress"], content=PDF)

    assert (await complete(upload_id, actor=WANG))["code"] == "NOT_FOUND"
    assert (await complete("upload_nonsense"))["code"] == "NOT_FOUND"
    assert await ask(NODE, WANG, id=upload_id) is None
    assert await ask(NODE, ANONYMOUS, id=upload_id) is None
    assert await ask(NODE, LIN, id=upload_id) == {"fileName": "公告.pdf"}
