"""Answers as Tencent Cloud SMS does (SendSms, version 2021-01-11), and checks every signature.

The check is written from the signature's description alone and shares nothing with ours.
"""

import hashlib
import hmac
import json
import re
import time
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

SECRET_ID = "AKIDlocal"
SECRET_KEY = "a-secret-key-of-the-local-server"
APP_ID = "1400006666"
SIGN_NAME = "同心社区"
TEMPLATE_ID = "1110"

_AUTHORIZATION = re.compile(
    r"TC3-HMAC-SHA256 Credential=(?P<id>[^/]+)/(?P<day>[\d-]+)/sms/tc3_request, "
    r"SignedHeaders=(?P<headers>[a-z0-9;-]+), Signature=(?P<signature>[0-9a-f]{64})"
)


class Tencent:
    """The server: what it received, and how it is to answer."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.requests = 0
        self.answers: list[Response | str] = []
        self.app = Starlette(routes=[Route("/", self._send_sms, methods=["POST"])])

    def code_of(self, phone: str) -> str:
        """Return the code that the phone received last."""
        return next(
            str(each["TemplateParamSet"][0])
            for each in reversed(self.sent)
            if each["PhoneNumberSet"] == [f"+86{phone}"]
        )

    async def _send_sms(self, request: Request) -> Response:
        self.requests += 1
        body = await request.body()
        problem = _problem(request, body)
        if problem:
            return _error(problem)
        message = json.loads(body)
        answer = self.answers.pop(0) if self.answers else "Ok"
        if isinstance(answer, Response):
            return answer
        if answer.startswith("!"):
            return _error(answer[1:])
        if answer == "Ok":
            self.sent.append(message)
        status = {
            "SerialNo": "5000:1045710669157053657849499619" if answer == "Ok" else "",
            "PhoneNumber": message["PhoneNumberSet"][0],
            "Fee": int(answer == "Ok"),
            "SessionContext": "",
            "Code": answer,
            "Message": "send success" if answer == "Ok" else "refused",
            "IsoCode": "CN",
        }
        return JSONResponse({"Response": {"SendStatusSet": [status], "RequestId": "a0aabda6"}})


def _error(code: str) -> Response:
    error = {"Code": code, "Message": "as documented"}
    return JSONResponse({"Response": {"Error": error, "RequestId": "ed93f3cb"}})


def _problem(request: Request, body: bytes) -> str | None:
    headers = request.headers
    found = _AUTHORIZATION.fullmatch(headers.get("authorization", ""))
    if found is None or not {"content-type", "host"} <= set(found["headers"].split(";")):
        return "AuthFailure.InvalidAuthorization"
    stamp = int(headers["x-tc-timestamp"])
    signed_day = time.strftime("%Y-%m-%d", time.gmtime(stamp))
    message = json.loads(body)
    expected = {"SmsSdkAppId": APP_ID, "SignName": SIGN_NAME, "TemplateId": TEMPLATE_ID}
    checks = {
        "AuthFailure.SecretIdNotFound": found["id"] == SECRET_ID,
        "AuthFailure.SignatureExpire": abs(time.time() - stamp) <= 300,
        "AuthFailure.SignatureFailure": found["day"] == signed_day
        and hmac.compare_digest(found["signature"], _signature(request, body, found)),
        "InvalidAction": headers["x-tc-action"] == "SendSms",
        "NoSuchVersion": headers["x-tc-version"] == "2021-01-11",
        "FailedOperation.TemplateIncorrectOrUnapproved": expected.items() <= message.items(),
    }
    return next((code for code, is_right in checks.items() if not is_right), None)


def _signature(request: Request, body: bytes, found: re.Match[str]) -> str:
    lines = [request.method, "/", request.url.query]
    lines += [
        f"{name}:{request.headers[name].strip().lower()}" for name in found["headers"].split(";")
    ]
    lines += ["", found["headers"], hashlib.sha256(body).hexdigest()]
    scope = f"{found['day']}/sms/tc3_request"
    canonical = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    to_sign = f"TC3-HMAC-SHA256\n{request.headers['x-tc-timestamp']}\n{scope}\n{canonical}"
    key = ("TC3" + SECRET_KEY).encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
