import pytest
from hypothesis import given
from hypothesis import strategies as st

from domains.kernel import file_types
from tests.kernel.files import CSV, DOCX, PDF, PNG, XLSX, office

ALL = frozenset(file_types.TYPES)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (PDF, "pdf"),
        (PNG, "png"),
        (b"\xff\xd8\xff\xe0" + bytes(16), "jpeg"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "webp"),
        (b"GIF89a\x01\x00", "gif"),
        (CSV, "csv"),
        (b"\xef\xbb\xbf" + CSV, "csv"),
        (CSV.decode().encode("gb18030"), "csv"),
        (CSV.decode().encode("utf-16"), "csv"),
        ("会议记录\n甲:3 < 5".encode(), "txt"),
        (XLSX, "xlsx"),
        (DOCX, "docx"),
    ],
)
def test_true_files_fit_their_type(tmp_path, content, name):
    path = tmp_path / "file"
    path.write_bytes(content)

    assert file_types.fits(path, name) is True


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"MZ\x90\x00" + bytes(60), "pdf"),
        (b"\x7fELF" + bytes(60), "png"),
        (b"MZ this is a program", "txt"),
        (b"#!/bin/sh\nrm -rf /\n", "txt"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "txt"),
        (b"\xef\xbb\xbf  <html>", "csv"),
        ("<html><script>".encode("utf-16"), "txt"),
        (b"name,note\nLin,<script>alert(1)</script>\n", "csv"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "txt"),
        (b'<?xml version="1.0"?><svg/>', "txt"),
        (b"plain\x00text", "txt"),
        (PNG, "jpeg"),
        (PDF, "txt"),
        (XLSX, "docx"),
        (XLSX, "csv"),
        (office("xl/workbook.xml", "xl/vbaProject.bin"), "xlsx"),
        (office("notes.txt"), "xlsx"),
        (b"PK\x03\x04 and then nothing", "xlsx"),
        (b"", "png"),
    ],
)
def test_false_files_do_not(tmp_path, content, name):
    path = tmp_path / "file"
    path.write_bytes(content)

    assert file_types.fits(path, name) is False


def test_an_archive_that_would_unpack_to_too_much_is_refused(tmp_path):
    path = tmp_path / "bomb.xlsx"
    content = bytearray(office("xl/workbook.xml"))
    entry = content.rindex(b"PK\x01\x02")
    content[entry + 24 : entry + 28] = (0xF000_0000).to_bytes(4, "little")
    path.write_bytes(bytes(content))

    assert file_types.fits(path, "xlsx") is False


@given(content=st.binary(max_size=200))
def test_no_bytes_make_the_judgement_fail(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("noise") / "file"
    path.write_bytes(b"PK\x03\x04" + content)

    assert [file_types.fits(path, name) for name in file_types.TYPES] == [False] * 9


@pytest.mark.parametrize(
    ("media_type", "file_name", "name"),
    [
        ("application/pdf", "公告.PDF", "pdf"),
        ("text/csv; charset=utf-8", "register.csv", "csv"),
        ("image/jpeg", "photo.jpeg", "jpeg"),
        ("application/pdf", "notice.pdf.exe", None),
        ("text/html", "page.html", None),
        ("image/svg+xml", "drawing.svg", None),
        ("application/x-msdownload", "a.exe", None),
        ("", "", None),
    ],
)
def test_a_claim_is_judged_by_media_type_and_ending_together(media_type, file_name, name):
    assert file_types.named(media_type, file_name, allowed=ALL) == name


def test_an_installation_may_take_fewer_types():
    assert file_types.named("text/csv", "a.csv", allowed=frozenset({"pdf"})) is None
