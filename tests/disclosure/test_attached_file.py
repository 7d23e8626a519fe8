"""A file that is brought in as lines and attached as well: both stand."""

from dataclasses import replace
from uuid import uuid4

import pytest

from domains.disclosure.service import statements as service
from domains.disclosure.service.words import Attached
from domains.kernel import database, settings, storage
from domains.membership.values import ImportMode
from tests.disclosure import factories
from tests.disclosure.statements import FINANCE, a_file, a_statement, an_upload


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("GONGYI_DATA_DIR", str(tmp_path))
    settings.current.cache_clear()
    yield
    settings.current.cache_clear()


async def test_a_file_that_is_attached_stays_when_its_lines_are_brought_in(db):
    town = await factories.a_town()
    upload = await an_upload(town.writer, a_file())
    draft = await factories.a_draft(
        town, FINANCE, replace(factories.WORDS, attachments=(Attached(upload),))
    )

    await service.import_statement(
        town.writer,
        draft,
        a_statement(),
        upload_id=upload,
        mode=ImportMode.ALL_OR_NOTHING,
        idempotency_key=uuid4(),
    )

    sha256 = await database.fetch_value("SELECT sha256 FROM disclosure_attachment")
    kept = storage.current().read(storage.content_key(sha256))
    assert b"".join([chunk async for chunk in kept]) == a_file()
    assert await database.fetch_value("SELECT line_count FROM disclosure_statement") == 3
