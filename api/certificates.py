"""/certificates: the public page on which everybody checks a certificate, and its file.

The page shows what who holds number and code may know, and no more; one letter changed is
found like one that never was. The file is fetched by an address that its owner was given.
"""

from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from api import negotiation, public_files
from api.authentication import address_of
from api.edge import Edge
from api.public_files import COST, File, routes_of
from api.refusals import RequestRefused, of_fault
from domains.kernel.actor import Actor
from domains.volunteering.queries import certificates
from domains.volunteering.queries.certificates import Verified
from domains.volunteering.rules.certificates import NAME, hours
from domains.volunteering.values.honours import CertificateState

_LONGEST = 64
_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex",
}
_STATES = {
    CertificateState.VALID: "有效",
    CertificateState.SUPERSEDED: "已失效(所载记录已更正)",
    CertificateState.REVOKED: "已撤销",
}
_STYLE = """
body { font-family: sans-serif; margin: 2rem auto; max-width: 42rem; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
td, th { border: 1px solid #ccc; padding: .4rem; text-align: left; vertical-align: top; }
"""


def routes(edge: Edge) -> list[Route]:
    """Return the routes of the page and of the files."""

    async def page(request: Request) -> Response:
        return await _page(edge, request)

    return [
        *routes_of(edge, {"/certificates/files/{token}": _file}),
        Route("/certificates/{number}/{code}", page, methods=["GET"]),
    ]


async def _file(actor: Actor, request: Request) -> File | None:
    token = request.path_params["token"]
    found = await certificates.file_of(token) if len(token) <= _LONGEST else None
    if found is None:
        return None
    name, content = found
    return (name, "application/pdf", content)


async def _page(edge: Edge, request: Request) -> Response:
    locale = negotiation.locale(request.headers.get("accept-language"))
    peer = request.client.host if request.client else None
    address = address_of(peer, request.headers.get("x-forwarded-for"), edge.trusted)
    actor = Actor(person_id=None, locale=locale, address=address)
    number, code = (request.path_params[name] for name in ("number", "code"))
    try:
        edge.budgets.admit(actor)
        edge.budgets.spend(actor, COST)
        async with edge.gate.turn(locale):
            found = (
                await certificates.verify(number, code)
                if max(len(number), len(code)) <= _LONGEST
                else None
            )
    except RequestRefused as refusal:
        return public_files.refused(refusal)
    except Exception as error:  # the same masking as of any other fault
        return public_files.refused(of_fault(error, locale=locale))
    if found is None:
        text = f"<h1>{NAME}</h1><p>编号或验证码与平台记录不符。</p>"
        return HTMLResponse(_whole(text), status_code=404, headers=_HEADERS)
    return HTMLResponse(_whole(_shown(found)), headers=_HEADERS)


def _whole(body: str) -> str:
    return (
        '<!doctype html><html lang="zh-Hans"><meta charset="utf-8">'
        f"<title>{NAME}</title><style>{_STYLE}</style><body>{body}</body></html>"
    )


def _shown(found: Verified) -> str:
    facts = {
        "编号": found.number,
        "状态": _STATES[found.state],
        "姓名": found.masked_name,
        "出具日期": found.issued_on.isoformat(),
        "记录单位": "、".join(found.recorders),
    }
    if found.services:
        facts["服务时间"] = hours(found.given_minutes)
    rows = "".join(f"<tr><th>{name}<td>{escape(value)}" for name, value in facts.items())
    services = "".join(
        f"<tr><td>{each.day}<td>{escape(each.activity)}:{escape(each.content)}"
        f"<td>{escape(each.recorder)}<td>{hours(each.given_minutes)}"
        for each in found.services
    )
    head = "<tr><th>日期<th>服务内容<th>记录单位<th>服务时间"
    table = f"<h2>服务内容</h2><table>{head}{services}</table>" if services else ""
    return f"<h1>{NAME}</h1><table>{rows}</table>{table}"
