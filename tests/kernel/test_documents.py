import io

import pytest
from pypdf import PdfReader

from domains.kernel import documents
from domains.kernel.documents import Code, Document, Facts, Heading, Paragraph, Table

PAPER = Document(
    "晨光社区议事会会议纪要",
    [
        Facts([("时间", "2026年11月17日"), ("主持人", "林秀英")]),
        Heading("一、广场舞音量"),
        Paragraph("八点之后不用音响。\n大家同意 <试行> & 再议。"),
        Table(("意见", "票数"), [("赞成", "12"), ("反对", "3")], figures=(1,)),
        Code("https://gongyi.example/v/1", "核验"),
    ],
    subtitle="第三次会议",
    foot="平台记录",
)


def _text_of(pdf):
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_a_document_as_text_has_its_columns_in_line():
    assert documents.to_text(PAPER) == (
        "晨光社区议事会会议纪要\n"
        "第三次会议\n"
        "\n"
        "时间    2026年11月17日\n"
        "主持人  林秀英\n"
        "\n"
        "一、广场舞音量\n"
        "--------------\n"
        "\n"
        "八点之后不用音响。\n"
        "大家同意 <试行> & 再议。\n"
        "\n"
        "意见  票数\n"
        "赞成    12\n"
        "反对     3\n"
        "\n"
        "核验: https://gongyi.example/v/1\n"
        "\n"
        "平台记录\n"
    )


def test_a_printed_document_says_the_same():
    printed = _text_of(documents.to_pdf(PAPER))

    for each in (PAPER.title, "林秀英", "大家同意 <试行> & 再议。", "赞成", "12", "平台记录"):
        assert each in printed


def test_the_same_document_gives_the_same_bytes():
    assert documents.to_pdf(PAPER) == documents.to_pdf(PAPER)


def test_a_long_table_goes_on_over_pages_with_its_head():
    rows = [(f"第{number}户", str(number)) for number in range(1, 101)]

    pages = PdfReader(
        io.BytesIO(documents.to_pdf(Document("表", [Table(("住户", "面积"), rows)])))
    ).pages

    assert len(pages) == 4
    assert all("面积" in page.extract_text() for page in pages)


@pytest.mark.parametrize("letter", ["😀", "𣲗"])
def test_a_letter_that_no_named_font_has_is_marked_as_missing(letter):
    printed = _text_of(documents.to_pdf(Document("表", [Paragraph(f"王{letter}明")])))

    assert "王〓明" in printed
