"""/uploads/{token}: files come and go at presigned addresses of the product's own disk.

The address is the authority: it was given to somebody who was judged then, and it ends
by itself. What is fetched is always a download, never a page.
"""

import asyncio
from collections.abc import Mapping
from urllib.parse import quote

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from api import negotiation
from api.refusals import Code, RequestRefused, of_fault, said
from domains.kernel import uploads
from domains.kernel.errors import DomainError, NotFound, UploadTooLarge
from domains.kernel.storage import Pass

_TRANSFER_S = 10 * 60
_TRANSFERS_AT_ONCE = 32
_STATUS: Mapping[type[DomainError], int] = {NotFound: 404, UploadTooLarge: 413}
_transfers = asyncio.Semaphore(_TRANSFERS_AT_ONCE)


async def transfer(request: Request) -> Response:
    """Take a file in (PUT) or hand one out (GET, HEAD)."""
    locale = negotiation.locale(request.headers.get("accept-language"))
    try:
        if request.method == "PUT":
            return await _put(request, locale)
        return await _get(request)
    except ClientDisconnect:
        return Response(status_code=499)
    except DomainError as refusal:
        return _refused(
            RequestRefused(
                _STATUS.get(type(refusal), 422),
                Code.BAD_USER_INPUT,
                refusal.message(locale),
                refusal=refusal.code,
            )
        )
    except RequestRefused as refusal:
        return _refused(refusal)
    except Exception as error:  # the same masking as of any other fault
        return _refused(of_fault(error, locale=locale))


async def _put(request: Request, locale: str) -> Response:
    if _transfers.locked():
        raise RequestRefused(
            503,
            Code.UNAVAILABLE,
            said(locale, "上传繁忙,请稍后再试。", "Too many transfers; try again later."),
            headers={"Retry-After": "5"},
        )
    try:
        async with _transfers, asyncio.timeout(_TRANSFER_S):
            await uploads.receive(request.path_params["token"], request.stream())
    except TimeoutError:
        raise RequestRefused(
            408,
            Code.BAD_USER_INPUT,
            said(locale, "上传超时。", "The transfer took too long."),
        ) from None
    return Response(status_code=204)


async def _get(request: Request) -> Response:
    allowed, chunks = await uploads.open_address(request.path_params["token"])
    if request.method == "HEAD":
        return Response(headers=_headers(allowed))
    return StreamingResponse(chunks, headers=_headers(allowed))


def _headers(allowed: Pass) -> dict[str, str]:
    return {
        "content-type": allowed.media_type,
        "content-disposition": f"attachment; filename*=UTF-8''{quote(allowed.file_name, safe='')}",
        "content-security-policy": "default-src 'none'; sandbox",
        "x-content-type-options": "nosniff",
        "cache-control": "private, no-store",
        "referrer-policy": "no-referrer",
    }


def _refused(refusal: RequestRefused) -> Response:
    return JSONResponse(
        {"errors": refusal.errors},
        status_code=refusal.status,
        headers={"cache-control": "no-store", "x-content-type-options": "nosniff"}
        | refusal.headers,
    )


routes = [Route("/uploads/{token}", transfer, methods=["GET", "PUT"])]
