"""Certificates: what they must say (Order 67, articles 14 to 17), and how they are checked. Pure.

Until a national link exists they are called what they are: records of this platform.
"""

import base64
import hmac
from collections.abc import Mapping
from typing import Any

from domains.kernel import canonical
from domains.kernel.documents import Code, Document, Facts, Heading, Paragraph, Table

NAME = "志愿服务平台记录"
_CODE_BYTES = 10
_NOTE = "本记录由本平台依据志愿服务记录生成，仅表明平台所载内容，非官方志愿服务证明。"


def fingerprint(content: Mapping[str, Any]) -> bytes:
    """Return the SHA-256 of what a certificate says."""
    return canonical.sha256(dict(content))


def payload_of(number: str, digest: bytes) -> bytes:
    """Return what is signed: the number, and what it was issued for."""
    return number.encode() + b"\0" + digest


def code_of(signature: bytes) -> str:
    """Return the code that stands on a certificate."""
    return base64.b32encode(signature[:_CODE_BYTES]).decode()


def same(expected: str, claimed: str) -> bool:
    """Whether a claimed code is the expected one, letter by letter, in constant time."""
    return hmac.compare_digest(expected.encode(), claimed.encode())


def same_text(content: Mapping[str, Any], claimed_sha256: str) -> bool:
    """Whether a text that somebody holds is the one that was issued."""
    return hmac.compare_digest(fingerprint(content).hex().encode(), claimed_sha256.encode())


def hours(minutes: int) -> str:
    """Return minutes as the order counts them: hours, to the minute."""
    whole, rest = divmod(minutes, 60)
    return f"{whole} 小时 {rest} 分钟" if rest else f"{whole} 小时"


def document(content: Mapping[str, Any], *, code: str, address: str) -> Document:
    """Return the paper: the mandatory items, and how everybody can check them."""
    return Document(
        title=NAME,
        subtitle=content["number"],
        blocks=[
            Facts(
                [
                    ("姓名", content["name"]),
                    ("志愿者编号", content["volunteerNumber"]),
                    ("起止日期", f"{content['since']} 至 {content['until']}"),
                    ("服务时间", hours(content["givenMinutes"])),
                    ("记录单位", "、".join(content["recorders"])),
                    ("出具日期", content["issuedOn"]),
                ]
            ),
            Heading("服务内容"),
            Table(
                ("日期", "活动与服务内容", "记录单位", "服务时间"),
                [
                    (
                        each["day"],
                        f"{each['activity']}：{each['content']}",
                        each["recorder"],
                        hours(each["givenMinutes"]),
                    )
                    for each in content["records"]
                ],
                (3, 8, 4, 3),
            ),
            Paragraph(_NOTE),
            Code(address, f"扫码核验，验证码 {code}"),
            Paragraph(f"内容指纹（SHA-256）：{fingerprint(content).hex()}"),
        ],
        foot=f"{NAME} {content['number']}　验证码 {code}",
    )
