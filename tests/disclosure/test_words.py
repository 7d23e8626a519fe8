"""What everybody reads holds nothing that runs and nobody's numbers; full rows are for a few."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domains.disclosure.errors import (
    AttachmentUnfit,
    ItemUnknown,
    OccurredInFuture,
    PersonalDataInText,
    RowsUnfit,
    TakenDown,
    TargetOutside,
)
from domains.disclosure.queries import disclosures
from domains.disclosure.rules import forms, personal, texts
from domains.disclosure.rules.personal import PersonalKind
from domains.disclosure.service import display, drafting, publishers
from domains.disclosure.service.display import RowAltered
from domains.disclosure.service.placing import Placing
from domains.disclosure.service.words import Attached
from domains.disclosure.values import Affair, AttachmentUse, DisclosureKind, Mask
from domains.kernel import clock, database, rotation, settings
from domains.kernel.actor import ANONYMOUS
from domains.kernel.errors import Forbidden, InvalidInput, UploadTypeRefused
from jobs import disclosure as jobs
from tests import factories as people
from tests.disclosure import factories
from tests.disclosure.arriving import an_arrived_file
from tests.kernel.files import PNG

# Valid by its check digit, of nobody: the day of birth is 1949-12-31 in Beijing.
IDENTITY = "11010519491231002X"
RELIEF = Placing(kind=DisclosureKind.STRUCTURED, affair=Affair.RESIDENTS, item_code="R05")
LIN = {
    "name": "林小芳",
    "address": "同心家园3号楼501",
    "identityNumber": IDENTITY,
    "account": "6222020200112233453",
    "hardship": "重病",
    "amountYuan": "860",
    "remarks": "已入户核实",
}


@pytest.fixture
def folder(db, tmp_path, monkeypatch):
    """A place for files of this test's own."""
    monkeypatch.setenv("GONGYI_DATA_DIR", str(tmp_path))
    settings.current.cache_clear()
    yield tmp_path
    settings.current.cache_clear()


async def drafts():
    """How many disclosures there are."""
    return await database.fetch_value("SELECT count(*) FROM disclosure_disclosure")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (f"身份证{IDENTITY}", PersonalKind.IDENTITY_NUMBER),
        ("身份证 110105 19491231 002x", PersonalKind.IDENTITY_NUMBER),
        ("身份证１１０１０５１９４９１２３１００２Ｘ", PersonalKind.IDENTITY_NUMBER),
        ("电话13800138000", PersonalKind.MOBILE),
        ("电话 138-0013-8000。", PersonalKind.MOBILE),
        ("电话+86 138 0013 8000", PersonalKind.MOBILE),
        ("电话:138.0013.8000", PersonalKind.MOBILE),
        ("电话 138\u200b0013\u200b8000", PersonalKind.MOBILE),
        ("电话 138\t0013\t8000", PersonalKind.MOBILE),
        ("电话 138‑0013−8000", PersonalKind.MOBILE),
        ("电话 138\u00ad00138000", PersonalKind.MOBILE),
        ("座机 (0516) 8765 4321".replace(" 4321", "4321"), PersonalKind.LANDLINE),
        ("座机0516-87654321", PersonalKind.LANDLINE),
        ("座机0516 8765 4321", PersonalKind.LANDLINE),
        ("座机01087654321", PersonalKind.LANDLINE),
        ("卡号 6222 0202 0011 2233 453", PersonalKind.BANK_CARD),
        ("邮箱 lin.fang@example.com", PersonalKind.EMAIL),
        ("车牌苏C·A1234停在消防通道".replace("A1234", "A12345"), PersonalKind.PLATE),
        ("车牌苏CA1234", PersonalKind.PLATE),
        ("护照E12345678", PersonalKind.PASSPORT),
        ("甲 138 0013 8000 13", PersonalKind.MOBILE),
    ],
)
def test_personal_data_is_found_and_named(text, kind):
    assert [each.kind for each in personal.find(text)] == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "本季度支出 1,234,567.89 元,余额 98,765,432.10 元。",
        "工程编号 20261122001,合同号 HT-2026-0815-003。",
        "统一社会信用代码 91320300MA1XXXXXX1",
        "2026-11-22 09:00-11:30,3号楼501室",
        "发票号 110105194912310021",  # eighteen digits, another check digit
        "凭证 4123456789012345",  # sixteen digits that fail Luhn's sum
        "12345 政务服务热线;110;96777",
        "2026-07-05 - 2026-09-30",
        "公示期 2026-07-05 2026-09-30",
        "自2026.07.05-2026.09.30止",
        "第 3 - 5 号楼,共 138 户,0013 组",
    ],
)
def test_figures_that_are_nobodys_pass(text):
    assert personal.find(text) == []


@given(st.text(max_size=300))
def test_looking_for_personal_data_never_fails(text):
    for each in personal.find(text):
        assert 0 <= each.start < each.end <= len(text)


@pytest.mark.parametrize(
    ("given_text", "stored"),
    [
        ("<p onclick='x()'>甲</p>", "<p>甲</p>"),
        ("甲<script>alert(1)</script>乙", "甲乙"),
        ("<img src=x onerror=alert(1)>甲", "甲"),
        ("<a href='javascript:alert(1)'>甲</a>", '<a rel="noopener noreferrer">甲</a>'),
        ("<svg/onload=alert(1)>甲", "甲"),
        ("<iframe src='//evil'></iframe>甲", "甲"),
        ("<style>p{}</style><p style='x'>甲</p>", "<p>甲</p>"),
        ("<!-- 甲 --><p>乙</p>", "<p>乙</p>"),
        ("<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>", ""),
    ],
)
def test_scripts_in_texts_are_taken_out(given_text, stored):
    assert texts.sanitised(given_text).replace("<table></table>", "") == stored


@given(st.text(alphabet="<>/=\"'abpscrit onload:j甲&;#x3", max_size=80))
def test_what_was_sanitised_once_stays_as_it_is(text):
    once = texts.sanitised(text)

    assert texts.sanitised(once) == once
    assert "<script" not in once.lower()


def test_plain_text_of_a_body_keeps_its_lines():
    assert texts.plain("<h2>收入</h2><ul><li>租金 &lt;三户&gt;</li><li>利息</li></ul>") == (
        "收入\n租金 <三户>\n利息"
    )
    assert texts.paragraphs("甲 <b>\n\n乙") == "<p>甲 &lt;b&gt;</p><p>乙</p>"


@pytest.mark.parametrize(
    ("mask", "text", "shown"),
    [
        (Mask.NONE, "860", "860"),
        (Mask.NAME, "林芳", "林*"),
        (Mask.NAME, "林小芳", "林*芳"),
        (Mask.PHONE, "13800138000", "138****8000"),
        (Mask.PHONE, "110", "****"),
        (Mask.IDENTITY_NUMBER, IDENTITY, "1****************X"),
        (Mask.ADDRESS, "同心家园3号楼501", "同心家园***"),
        (Mask.ACCOUNT, "6222020200112233453", "****3453"),
        (Mask.HIDDEN, "重病", None),
    ],
)
def test_a_field_is_shown_as_its_mask_has_it(mask, text, shown):
    assert forms.masked(mask, text) == shown


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", f"林芳{IDENTITY}"),
        ("body", "<p>联系人:138<b>0013</b>8000</p>"),
        ("body", "<p>收款卡 6222020200112233453</p>"),
    ],
)
async def test_personal_data_in_a_public_text_is_refused_by_name(db, field, value):
    town = await factories.a_town()

    with pytest.raises(PersonalDataInText) as refused:
        await factories.a_draft(town, words=replace(factories.WORDS, **{field: value}))

    assert refused.value.path == ("input", field)
    assert "****" in refused.value.message("zh-Hans")
    assert IDENTITY not in refused.value.message("en")
    assert await drafts() == 0


@pytest.mark.parametrize(
    "body",
    [
        '<p><a href="tel:13800138000">电话</a></p>',
        '<p><a href="tel:%31%33800138000">电话</a></p>',
        '<p><a href="mailto:lin.fang@example.com">写信</a></p>',
        f'<p><a href="https://example.com" title="{IDENTITY}">名单</a></p>',
    ],
)
async def test_what_a_link_holds_is_looked_through_too(db, body):
    town = await factories.a_town()

    with pytest.raises(PersonalDataInText) as refused:
        await factories.a_draft(town, words=replace(factories.WORDS, body=body))

    assert refused.value.path == ("input", "body")
    assert await drafts() == 0


async def test_a_bodys_own_contacts_may_be_said(db):
    town = await factories.a_town()
    office = '<p>咨询 0516-8765 4321,<a href="mailto:Office@example.com">来信</a>。</p>'

    with pytest.raises(PersonalDataInText):
        await factories.a_draft(town, words=replace(factories.WORDS, body=office))
    with pytest.raises(Forbidden):
        await publishers.set_contacts(town.writer, town.publisher_id, ["0516-87654321"])
    with pytest.raises(InvalidInput):
        await publishers.set_contacts(town.approver, town.publisher_id, [IDENTITY])
    await publishers.set_contacts(
        town.approver, town.publisher_id, ["(0516) 87654321", "office@example.com"]
    )
    await factories.a_disclosure(town, body=office)
    with pytest.raises(PersonalDataInText) as refused:
        await factories.a_draft(
            town, words=replace(factories.WORDS, body=f"{office}或林芳 13800138000")
        )

    assert refused.value.details["reason_zh"] == "手机号 1****0"
    assert await drafts() == 1


async def test_a_day_to_come_is_refused_by_command_and_database(db):
    town = await factories.a_town()
    tomorrow = await clock.today() + timedelta(days=1)

    with pytest.raises(OccurredInFuture):
        await factories.a_draft(town, words=replace(factories.WORDS, occurred_on=tomorrow))
    await factories.a_draft(town)
    with pytest.raises(asyncpg.CheckViolationError) as refused:
        await database.execute("UPDATE disclosure_version SET occurred_on = $1", tomorrow)

    assert database.broken_constraint(refused.value) == "disclosure_version_occurred"
    assert await database.fetch_value("SELECT occurred_on FROM disclosure_version") is None


async def test_rows_are_masked_for_all_and_full_for_those_entitled(db):
    town = await factories.a_town()
    await factories.adopted(town, "R05")
    disclosure_id = await factories.a_disclosure(town, RELIEF, rows=(LIN,))

    shown = await database.fetch_value("SELECT record FROM disclosure_version")
    stored = await database.fetch_one("SELECT shown::text, full_sealed FROM disclosure_row")
    full = await display.reveal_rows(town.supervisor, disclosure_id, number=1)

    for secret in ("林小芳", IDENTITY, "6222020200112233453", "重病", "号楼501", "已入户核实"):
        assert secret not in shown.decode()
        assert secret not in stored["shown"]
        assert secret.encode() not in bytes(stored["full_sealed"])
    assert "林*芳" in shown.decode()
    assert dict(full[0].cells) == LIN


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE disclosure_row SET shown = '{}'",
        "UPDATE disclosure_row SET position = position + 1",
        "UPDATE disclosure_row SET full_tag = sha256(full_tag)",
        "DELETE FROM disclosure_row",
        "UPDATE disclosure_attachment SET sha256 = sha256(sha256)",
        "UPDATE disclosure_attachment SET caption = '别的'",
        "DELETE FROM disclosure_attachment",
    ],
)
async def test_no_row_and_no_attachment_changes_after_approval(folder, statement):
    town = await factories.a_town()
    await factories.adopted(town, "R05")
    picture = await an_arrived_file(town.writer, PNG, "现场.png", "image/png")
    said = replace(factories.WORDS, rows=(LIN,), attachments=(Attached(picture),))
    await factories.approved(town, await factories.a_draft(town, RELIEF, said))

    with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refused:
        await database.execute(statement)

    assert database.broken_constraint(refused.value) == "disclosure_version_handed_in"


async def test_reading_full_rows_is_audited_and_only_for_those_entitled(db):
    town = await factories.a_town()
    await factories.adopted(town, "R05")
    disclosure_id = await factories.a_disclosure(town, RELIEF, rows=(LIN,))
    outsider = await people.a_committee_member(await people.a_community())

    for actor in (town.resident, outsider):
        with pytest.raises(Forbidden):
            await display.reveal_rows(actor, disclosure_id, number=1)
    await display.reveal_rows(town.writer, disclosure_id, number=1)

    entries = await database.fetch(
        "SELECT actor_id, subject_id, details->>'fields' AS fields FROM kernel_audit"
        " WHERE command = 'read'"
    )
    assert [tuple(row) for row in entries] == [
        (
            town.writer.person_id,
            disclosure_id,
            "account,address,amountYuan,hardship,identityNumber,name,remarks",
        )
    ]


async def test_a_full_row_that_was_exchanged_is_not_shown(db):
    town = await factories.a_town()
    await factories.adopted(town, "R05")
    disclosure_id = await factories.a_draft(
        town, RELIEF, replace(factories.WORDS, rows=(LIN, LIN | {"name": "赵六"}))
    )
    await database.execute(
        "UPDATE disclosure_row SET full_tag = sha256(full_tag) WHERE position = 2"
    )

    with pytest.raises(RowAltered):
        await display.reveal_rows(town.writer, disclosure_id, number=1)

    assert (
        await database.fetch_value("SELECT count(*) FROM kernel_audit WHERE command = 'read'") == 0
    )


async def test_sealed_rows_of_a_public_version_can_be_sealed_anew(db):
    town = await factories.a_town()
    await factories.adopted(town, "R05")
    await factories.a_disclosure(town, RELIEF, rows=(LIN,))

    found = {(each.table, each.column) for each in await rotation.sealed_columns()}
    await database.execute("UPDATE disclosure_row SET full_sealed = full_sealed")

    assert ("disclosure_row", "full_sealed") in found


async def test_what_a_mask_leaves_open_is_looked_through_too(db):
    town = await factories.a_town()
    await factories.adopted(town, "R05")

    with pytest.raises(PersonalDataInText) as refused:
        await factories.a_draft(
            town, RELIEF, replace(factories.WORDS, rows=(LIN | {"amountYuan": IDENTITY},))
        )

    assert refused.value.path == ("input", "rows", "amountYuan")
    assert await drafts() == 0


async def test_rows_have_the_fields_of_their_form(db):
    town = await factories.a_town()
    await factories.adopted(town, "R05")

    for row in ({"salary": "1"}, {}, {"name": "\x00"}, {"name": "长" * 501}):
        with pytest.raises(RowsUnfit):
            await factories.a_draft(town, RELIEF, replace(factories.WORDS, rows=(row,)))
    with pytest.raises(RowsUnfit):
        await factories.a_draft(town, words=replace(factories.WORDS, rows=({"name": "林"},)))
    with pytest.raises(ItemUnknown):
        await factories.a_draft(town, replace(RELIEF, item_code="R06"))

    assert await drafts() == 0


async def test_a_disclosure_is_aimed_within_its_publishers_area(db):
    town = await factories.a_town()
    elsewhere = await people.a_community()

    for target in (elsewhere.id, town.street.id, uuid4()):
        with pytest.raises(TargetOutside):
            await factories.a_draft(town, replace(factories.NOTICE, target_ids=(target,)))

    assert await drafts() == 0


async def test_an_attachment_is_what_it_claims_and_its_writers_own(folder):
    town = await factories.a_town()

    with pytest.raises(UploadTypeRefused):
        await an_arrived_file(town.writer, b"<html><script>1</script>", "现场.png", "image/png")
    picture = await an_arrived_file(town.writer, PNG, "现场.png", "image/png")
    table = await an_arrived_file(town.writer, b"a,b\n1,2\n", "明细.csv", "text/csv")
    anothers = await an_arrived_file(town.resident, PNG, "别人的.png", "image/png")
    for upload_id, use in ((anothers, AttachmentUse.PICTURE), (table, AttachmentUse.PICTURE)):
        with pytest.raises(AttachmentUnfit):
            await factories.a_draft(
                town, words=replace(factories.WORDS, attachments=(Attached(upload_id, use),))
            )
    disclosure_id = await factories.a_disclosure(
        town,
        attachments=(Attached(picture, AttachmentUse.PICTURE, "检修现场"), Attached(table)),
    )

    version = (await disclosures.disclosures_by_id(ANONYMOUS, [disclosure_id]))[0]["version_id"]
    rows = (await disclosures.attachments_by_version(ANONYMOUS, [version]))[0]
    assert [(row["used_as"], row["file_name"], row["caption"]) for row in rows] == [
        ("picture", "现场.png", "检修现场"),
        ("file", "明细.csv", ""),
    ]


async def test_a_correction_keeps_the_attachments_that_it_names(folder):
    town = await factories.a_town()
    picture = await an_arrived_file(town.writer, PNG, "现场.png", "image/png")
    disclosure_id = await factories.a_disclosure(town, attachments=(Attached(picture),))

    await drafting.correct_disclosure(
        town.reviewer,
        disclosure_id,
        replace(factories.WORDS, attachments=(Attached(picture),)),
        reason="更正时间",
        idempotency_key=uuid4(),
    )

    rows = await database.fetch("SELECT upload_id FROM disclosure_attachment")
    assert [row["upload_id"] for row in rows] == [picture, picture]


async def test_content_is_taken_down_on_its_day_and_its_hash_stays(moved_clock):
    town = await factories.a_town()
    await factories.adopted(town, "R05")
    down_at = await clock.now() + timedelta(days=30)
    disclosure_id = await factories.a_disclosure(
        town, replace(RELIEF, take_down_at=down_at), rows=(LIN,)
    )

    before = await jobs.take_down_due_disclosures()
    await moved_clock.set(down_at)
    done = await jobs.take_down_due_disclosures()

    row = await database.fetch_one(
        "SELECT taken_down_at IS NOT NULL AS down, record_sha256 FROM disclosure_disclosure d"
        " JOIN disclosure_version v ON v.disclosure_id = d.id"
    )
    words = await database.fetch_value("SELECT count(*) FROM disclosure_words")
    with pytest.raises(TakenDown):
        await display.pin_disclosure(town.writer, disclosure_id)
    assert (before, done, row["down"], len(row["record_sha256"]), words) == (0, 1, True, 32, 0)


async def test_a_body_without_end_is_refused(db):
    town = await factories.a_town()

    with pytest.raises(InvalidInput):
        await factories.a_draft(town, words=replace(factories.WORDS, body="长" * 50_001))

    assert await drafts() == 0


def test_plain_text_keeps_the_order_of_headings_and_tables():
    body = "<h2>一</h2><table><tr><td>赞成</td><td>3</td></tr></table><h2>二</h2><p>a &lt; b</p>"

    assert texts.plain(texts.sanitised(body)).split("\n") == ["一", "赞成 3", "二", "a < b"]
    assert texts.plain('<a href="https://x.example/" title="1 > 0">去看</a>') == "去看"
