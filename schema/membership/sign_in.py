"""Signing in and out: one-time codes, and the caller's own open sessions."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from domains.kernel.actor import ANONYMOUS, Actor
from domains.kernel.database import Row
from domains.membership.queries import sessions as session_queries
from domains.membership.service import sessions, sign_in
from domains.membership.service.sessions import OpenedSession
from domains.membership.values import SignInMethod
from schema import connection, enums, node
from schema.connection import After, Connection, First
from schema.context import Info
from schema.errors import Refused, Throttled
from schema.membership.types import Person

enums.describe(
    SignInMethod,
    "How a session was opened.",
    ONE_TIME_CODE="By a code sent to a phone.",
    WECHAT="From a WeChat mini-program.",
    OIDC="By an OIDC provider.",
)


@strawberry.type(description="An open session of the caller: a device that is signed in.")
class Session(node.Node):
    """Never shows its token."""

    method: SignInMethod = strawberry.field(description="How it was opened.")
    device: str = strawberry.field(description="What the device called itself at sign-in.")
    created_at: datetime = strawberry.field(description="When it was opened.")
    last_seen_at: datetime = strawberry.field(
        description="When it was last used, to the minute or so."
    )
    expires_at: datetime = strawberry.field(description="When it closes unless it is used.")
    is_current: bool = strawberry.field(description="Whether this request came with it.")


def session_of(row: Row) -> Session:
    """Make a row into a session."""
    return Session(
        id=node.encode("session", row["id"]),
        method=SignInMethod(row["method"]),
        device=row["device"],
        created_at=row["created_at"],
        last_seen_at=row["last_seen_at"],
        expires_at=row["expires_at"],
        is_current=row["is_current"],
    )


async def _fetch(actor: Actor, ids: list[UUID]) -> list[node.Node | None]:
    found = await session_queries.sessions_by_id(actor, ids)
    return [session_of(row) if row else None for row in found]


node.register("session", _fetch)


@strawberry.type(description="The caller is signed in: keep the token, it is told only once.")
class SignedIn:
    """A session that was opened, or that has shown a second factor."""

    token: str = strawberry.field(
        description="Send it as `Authorization: Bearer …`; earlier tokens of this session are void."
    )
    expires_at: datetime = strawberry.field(description="When it ends unless it is used.")
    session_id: strawberry.ID = strawberry.field(description="The session's id.")
    person_id: strawberry.ID = strawberry.field(description="Who is signed in.")
    of: strawberry.Private[UUID]

    @strawberry.field(description="Who is signed in, as they see themselves.")
    async def person(self, info: Info) -> Person | None:
        """Seen with their own eyes: the context is theirs by now."""
        return await Person.load(info, self.of)


async def signed_in(info: Info, opened: OpenedSession) -> SignedIn:
    """Tell a session's token, once; the rest of the operation is asked by who has signed in."""
    actor = info.context.actor
    known = await session_queries.actor_of_token(
        opened.token, locale=actor.locale, address=actor.address
    )
    info.context.become(known or actor)
    return SignedIn(
        of=opened.person_id,
        token=opened.token,
        expires_at=opened.expires_at,
        session_id=node.encode("session", opened.session_id),
        person_id=node.encode("person", opened.person_id),
    )


@strawberry.input(description="Where to send a one-time code.")
class RequestSignInCodeInput:
    """A phone."""

    phone: str = strawberry.field(description="A mobile number of mainland China.")


@strawberry.type(description="A code is on its way, whether or not the phone was known.")
class SignInCodeRequested:
    """The same for every phone."""

    valid_for_s: int = strawberry.field(description="Seconds for which the code is valid.")
    next_after_s: int = strawberry.field(description="Seconds until another may be asked for.")


@strawberry.input(description="A phone and the code that was sent to it.")
class SignInWithCodeInput:
    """Both, and the device."""

    phone: str = strawberry.field(description="The mobile number that received the code.")
    code: str = strawberry.field(description="The six digits.")
    device: str = strawberry.field(
        default="", description="What to call this device in the list of sessions."
    )


@strawberry.type(description="The caller's session is closed.")
class SignedOut:
    """Closing it twice is the same."""

    done: bool = strawberry.field(default=True, description="Always true.")


@strawberry.input(description="Which of the caller's sessions to close.")
class RevokeSessionInput:
    """One session."""

    session_id: strawberry.ID = strawberry.field(description="The session's id.")


@strawberry.type(description="A session was closed; its token opens nothing any more.")
class SessionClosed:
    """Which one."""

    session_id: strawberry.ID = strawberry.field(description="The session's id.")


@strawberry.type(description="All other sessions of the caller were closed.")
class OtherSessionsClosed:
    """How many."""

    count: int = strawberry.field(description="How many were open.")


@strawberry.input(description="The caller's name.")
class UpdateMyNameInput:
    """A name."""

    name: str = strawberry.field(description="As on the identity card.")


@strawberry.type(description="The caller's name was changed.")
class MyNameUpdated:
    """Whose."""

    person_id: strawberry.ID = strawberry.field(description="The caller.")
    name: str = strawberry.field(description="The name that stands now.")


RequestSignInCodeResult = Annotated[
    SignInCodeRequested | Throttled | Refused,
    strawberry.union("RequestSignInCodeResult", description="On its way, or refused."),
]
SignInWithCodeResult = Annotated[
    SignedIn | Throttled | Refused,
    strawberry.union("SignInWithCodeResult", description="Signed in, or refused."),
]
SignOutResult = Annotated[
    SignedOut | Refused, strawberry.union("SignOutResult", description="Closed, or refused.")
]
RevokeSessionResult = Annotated[
    SessionClosed | Refused,
    strawberry.union("RevokeSessionResult", description="Closed, or refused."),
]
RevokeOtherSessionsResult = Annotated[
    OtherSessionsClosed | Refused,
    strawberry.union("RevokeOtherSessionsResult", description="Closed, or refused."),
]
UpdateMyNameResult = Annotated[
    MyNameUpdated | Refused,
    strawberry.union("UpdateMyNameResult", description="Changed, or refused."),
]

_SESSIONS = connection.listing("mySessions")


@strawberry.type
class SignInQuery:
    """The caller's own doors."""

    @strawberry.field(description="The caller's open sessions, newest first.")
    async def my_sessions(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[Session]:
        """Nobody sees another's."""
        asked = connection.page(_SESSIONS, first, after)
        found = await session_queries.open_sessions(info.context.actor, asked)
        return connection.connection(
            _SESSIONS, found, asked, make=session_of, key=lambda row: (row["id"],)
        )


@strawberry.type
class SignInMutation:
    """Doors opened and closed."""

    @strawberry.mutation(description="Send a one-time code to a phone, known or not.")
    async def request_sign_in_code(
        self,
        info: Info,
        input: Annotated[RequestSignInCodeInput, strawberry.argument(description="Where to.")],
    ) -> RequestSignInCodeResult:
        """The answer is the same for every phone."""
        sent = await sign_in.request_sign_in_code(info.context.actor, phone=input.phone)
        return SignInCodeRequested(valid_for_s=sent.valid_for_s, next_after_s=sent.next_after_s)

    @strawberry.mutation(description="Sign in with the code that was sent to a phone.")
    async def sign_in_with_code(
        self,
        info: Info,
        input: Annotated[SignInWithCodeInput, strawberry.argument(description="The code.")],
    ) -> SignInWithCodeResult:
        """A phone not known yet makes a new person."""
        opened = await sign_in.sign_in_with_code(
            info.context.actor, phone=input.phone, code=input.code, device=input.device
        )
        return await signed_in(info, opened)

    @strawberry.mutation(description="Close the session that this request came with.")
    async def sign_out(self, info: Info) -> SignOutResult:
        """Safe to repeat."""
        actor = info.context.actor
        await sessions.sign_out(actor)
        info.context.become(replace(ANONYMOUS, locale=actor.locale, address=actor.address))
        return SignedOut()

    @strawberry.mutation(description="Close one of the caller's sessions.")
    async def revoke_session(
        self,
        info: Info,
        input: Annotated[RevokeSessionInput, strawberry.argument(description="Which one.")],
    ) -> RevokeSessionResult:
        """Another person's session does not exist here."""
        session_id = node.decode("session", input.session_id, path=("input", "sessionId"))
        await sessions.revoke_session(info.context.actor, session_id)
        return SessionClosed(session_id=input.session_id)

    @strawberry.mutation(description="Close every session of the caller but the present one.")
    async def revoke_other_sessions(self, info: Info) -> RevokeOtherSessionsResult:
        """For a lost telephone."""
        return OtherSessionsClosed(count=await sessions.revoke_other_sessions(info.context.actor))

    @strawberry.mutation(description="Give the caller's own name, until staff have verified it.")
    async def update_my_name(
        self,
        info: Info,
        input: Annotated[UpdateMyNameInput, strawberry.argument(description="The name.")],
    ) -> UpdateMyNameResult:
        """The caller's own."""
        renamed = await sign_in.update_my_name(info.context.actor, name=input.name)
        return MyNameUpdated(person_id=node.encode("person", renamed.person_id), name=renamed.name)
