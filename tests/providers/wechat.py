"""Answers as WeChat's code2session does: codes once, documented error codes, HTTP 200 always."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

APP_ID = "wx0123456789abcdef"
APP_SECRET = "the-secret-of-the-mini-program"
SESSION_KEY = "tiihtNczf5v6AKRyjwEUhQ=="

_MESSAGES = {
    -1: "system error",
    40013: "invalid appid",
    40029: "invalid code",
    40125: "invalid appsecret",
    40163: "code been used",
    40226: "code blocked",
    45011: "api minute-quota reach limit  mustslower  retry next minute",
}


class WeChat:
    """The server: the codes that it knows, and errors that it is to answer first."""

    def __init__(self) -> None:
        self.openids: dict[str, str] = {}
        self.used: set[str] = set()
        self.answers: list[Response | int] = []
        self.requests = 0
        self.app = Starlette(routes=[Route("/sns/jscode2session", self._exchange)])

    def login(self, openid: str) -> str:
        """Return a login code as `wx.login` gives it to whoever has the openid."""
        code = f"0{len(self.openids):031d}"
        self.openids[code] = openid
        return code

    async def _exchange(self, request: Request) -> Response:
        self.requests += 1
        if self.answers:
            answer = self.answers.pop(0)
            return _error(answer) if isinstance(answer, int) else answer
        given, code = request.query_params, request.query_params["js_code"]
        if given["appid"] != APP_ID:
            return _error(40013)
        if given["secret"] != APP_SECRET:
            return _error(40125)
        if given["grant_type"] != "authorization_code" or code not in self.openids:
            return _error(40029)
        if code in self.used:
            return _error(40163)
        self.used.add(code)
        return JSONResponse({"session_key": SESSION_KEY, "openid": self.openids[code]})


def _error(errcode: int) -> Response:
    message = _MESSAGES.get(errcode, "error")
    return JSONResponse({"errcode": errcode, "errmsg": f"{message}, rid: 6478-local"})
