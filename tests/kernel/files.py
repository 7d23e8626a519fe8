"""Small true files, and small false ones."""

import io
import zipfile

PNG = b"\x89PNG\r\n\x1a\n" + bytes(24)
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
CSV = "户号,姓名\n1-101,林淑芬\n".encode()


def office(*names: str) -> bytes:
    """Return an archive with these entries."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in ("[Content_Types].xml", *names):
            archive.writestr(name, "<x/>")
    return buffer.getvalue()


XLSX = office("xl/workbook.xml")
DOCX = office("word/document.xml")
