"""Certificates: mandatory items, verified by everybody, one letter changed is refused."""

import hashlib
import io
import json
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pypdf
import pytest

from domains.kernel import database
from domains.kernel.errors import Forbidden, NotFound
from domains.volunteering.errors import CertificateNotValid, NothingToCertify
from domains.volunteering.queries import certificates
from domains.volunteering.service import certifying, consents, exchanging, revoking
from domains.volunteering.service.certifying import Span
from domains.volunteering.values.volunteers import VolunteerConsentPurpose
from tests import factories
from tests.volunteering.factories import a_team, confirmed
from tests.volunteering.test_records import made_final


async def issued(team, actor=None):
    certificate_id, _ = await certifying.issue_certificate(
        actor or team.volunteer, team.volunteer_id, Span(), idempotency_key=uuid4()
    )
    (row,) = await certificates.certificates_by_id(team.volunteer, [certificate_id])
    return row


@pytest.fixture
async def team(db, moved_clock):
    team = await a_team()
    await made_final(await confirmed(team, moved_clock), moved_clock)
    return team


async def pdf_of(row):
    token = certificates.file_address(row).rsplit("/", 1)[1]
    found = await certificates.file_of(token)
    assert found is not None
    name, content = found
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return name, "".join(page.extract_text() for page in pages)


async def test_a_certificate_states_time_content_and_recorder(team):
    row = await issued(team)

    name, text = await pdf_of(row)

    assert name == f"{row['number']}.pdf"
    flat = text.replace("\n", "")
    assert [
        each
        for each in ("志愿服务平台记录", "服务时间", "1 小时 30 分钟", "探访独居老人", "记录单位")
        if each not in flat
    ] == []
    assert "非官方志愿服务证明" in flat


async def test_one_letter_changed_is_refused(team):
    row = await issued(team)
    number, code, sha256 = row["number"], certificates.code_of(row), row["content_sha256"].hex()
    other = {"A": "B"}.get(code[0], "A") + code[1:]

    good = await certificates.verify(number, code, sha256=sha256)

    assert good.given_minutes == 90
    assert good.masked_name == "林*"
    assert [
        await certificates.verify(*each)
        for each in ((number, other), (number[:-1] + "1", code), (number, code.lower()), ("", ""))
    ] == [None] * 4
    assert (
        await certificates.verify(number, code, sha256="0" + sha256[1:]) is None or sha256[0] == "0"
    )


async def test_everybody_checks_on_a_page_that_shows_no_name(team, hall):
    row = await issued(team)
    code = certificates.code_of(row)

    good = await hall.client.get(f"/certificates/{row['number']}/{code}")
    bad = await hall.client.get(f"/certificates/{row['number']}/{code[:-1]}1")
    file = await hall.client.get(certificates.file_address(row))
    forged = await hall.client.get("/certificates/files/AAAA")

    assert (good.status_code, bad.status_code) == (200, 404)
    assert ("林芳" in good.text, "林*" in good.text, "1 小时 30 分钟" in good.text) == (
        False,
        True,
        True,
    )
    assert (file.status_code, file.content[:5], forged.status_code) == (200, b"%PDF-", 404)


async def test_a_file_address_ends(team, moved_clock):
    token = certificates.file_address(await issued(team)).rsplit("/", 1)[1]

    await moved_clock.advance(timedelta(minutes=11))

    assert await certificates.file_of(token) is None


async def test_a_revoked_certificate_says_so_and_no_more(team):
    row = await issued(team)

    with pytest.raises(Forbidden):
        await certifying.revoke_certificate(
            replace(team.volunteer, grants=team.committee.grants), row["id"], reason="自行撤销"
        )
    await certifying.revoke_certificate(team.committee, row["id"], reason="重复出具。")
    with pytest.raises(CertificateNotValid):
        await certifying.revoke_certificate(team.committee, row["id"], reason="重复出具。")
    found = await certificates.verify(row["number"], certificates.code_of(row))

    assert (found.state, found.services, found.given_minutes) == ("revoked", (), 0)


async def test_a_corrected_record_supersedes_its_certificates(team):
    row = await issued(team)
    record_id = await database.fetch_value("SELECT id FROM volunteering_record")

    await revoking.revoke_record(team.committee, record_id, reason="查实未到场。")
    found = await certificates.verify(row["number"], certificates.code_of(row))

    assert found.state == "superseded"
    with pytest.raises(NothingToCertify):
        await issued(team)


async def test_a_stranger_is_issued_nothing(team):
    stranger = await factories.a_resident(name="外人")

    with pytest.raises(NotFound):
        await issued(team, stranger)

    assert await database.fetch_value("SELECT count(*) FROM volunteering_certificate") == 0


async def test_the_database_keeps_a_certificate_as_it_was_issued(team):
    row = await issued(team)

    with pytest.raises(Exception, match="stands as it was issued"):
        await database.execute(
            "UPDATE volunteering_certificate SET content = jsonb_set(content, '{name}', '\"林芬\"')"
        )

    assert certificates.content_of(row)["name"] == "林芳"


async def test_an_exchange_sent_twice_is_the_same_and_only_of_who_consented(team):
    before = await exchanging.export_records(team.committee, team.community.id)
    await consents.give_consent(
        team.volunteer, team.volunteer_id, VolunteerConsentPurpose.EXCHANGE, text_version="1"
    )

    first = await exchanging.export_records(team.committee, team.community.id)
    second = await exchanging.export_records(team.committee, team.community.id)

    line = json.loads(first.lines)
    sha256 = line.pop("sha256")
    assert before.count == 0
    assert (first.count, first.lines) == (1, second.lines)
    assert (
        hashlib.sha256(
            json.dumps(line, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
        ).hexdigest()
        == sha256
    )
    assert await database.fetch_value("SELECT times FROM volunteering_exchanged") == 2
