"""Signing in as a client would: through the schema, with codes read where they were sent."""

import re
from collections.abc import Mapping
from typing import Any

from domains.kernel import database
from domains.kernel.actor import ANONYMOUS, Actor
from domains.membership.queries import sessions
from schema.context import Context
from schema.root import schema

_REFUSED = "... on UserError { code message path } ... on Throttled { retryAfterS }"
_SIGNED_IN = "... on SignedIn { token expiresAt sessionId personId }"
SIGN_IN_FIELDS = f"__typename {_SIGNED_IN} {_REFUSED}"

REQUEST = f"""
mutation ($phone: String!) {{
  requestSignInCode(input: {{phone: $phone}}) {{
    __typename ... on SignInCodeRequested {{ validForS nextAfterS }} {_REFUSED}
  }}
}}
"""
SIGN_IN = f"""
mutation ($phone: String!, $code: String!, $device: String! = "") {{
  signInWithCode(input: {{phone: $phone, code: $code, device: $device}}) {{ {SIGN_IN_FIELDS} }}
}}
"""

PHONE = "13800138000"


async def ask(document: str, actor: Actor = ANONYMOUS, **variables: Any) -> Any:
    """Run a document of one root field as the actor and return that field."""
    result = await schema.execute(document, variable_values=variables, context_value=Context(actor))
    assert result.errors is None, result.errors
    assert result.data is not None
    (answer,) = result.data.values()
    return answer


def printed_code(text: str) -> str:
    """Return the code in what the console printed last."""
    found: list[str] = re.findall(r": (\d{6}) \(", text)
    return found[-1]


def other_than(code: str) -> str:
    """Return a code that is not this one."""
    return f"{(int(code) + 1) % 1_000_000:06d}"


async def request_code(capsys: Any, phone: str = PHONE, *, actor: Actor = ANONYMOUS) -> str:
    """Ask for a code and read it from the console."""
    answer = await ask(REQUEST, actor, phone=phone)
    assert answer["__typename"] == "SignInCodeRequested", answer
    return printed_code(capsys.readouterr().out)


async def sign_in(
    capsys: Any, phone: str = PHONE, *, actor: Actor = ANONYMOUS
) -> Mapping[str, Any]:
    """Sign in by phone and return the payload."""
    code = await request_code(capsys, phone)
    answer: Mapping[str, Any] = await ask(SIGN_IN, actor, phone=phone, code=code, device="小米")
    assert answer["__typename"] == "SignedIn", answer
    return answer


async def known(token: str) -> Actor:
    """Return the actor behind a token that opens a door."""
    actor = await sessions.actor_of_token(token, locale="zh-Hans", address=None)
    assert actor is not None
    return actor


async def row(sql: str) -> Mapping[str, Any]:
    """Return the one row of a statement."""
    (found,) = await database.fetch(sql)
    return found
