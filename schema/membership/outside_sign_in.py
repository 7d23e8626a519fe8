"""Signing in by an outside provider: WeChat for residents, OIDC for administrators."""

from datetime import datetime
from typing import Annotated

import strawberry

from domains.membership.service import oidc, wechat
from schema.context import Info
from schema.errors import Refused, Throttled
from schema.membership.sign_in import SignedIn, signed_in


@strawberry.input(description="A mini-program's login code.")
class SignInWithWeChatInput:
    """What `wx.login` gave."""

    code: str = strawberry.field(description="The code of `wx.login`: five minutes, once.")
    device: str = strawberry.field(
        default="", description="What to call this device in the list of sessions."
    )


@strawberry.type(description="Nobody is linked to this WeChat account yet: link it by a phone.")
class WeChatBindingRequired:
    """What `bindWeChat` wants."""

    binding_token: str = strawberry.field(description="Give it to `bindWeChat`.")
    valid_for_s: int = strawberry.field(description="Seconds for which it is good.")


@strawberry.input(description="A WeChat account to be linked to whoever holds the phone.")
class BindWeChatInput:
    """The account, the phone and its code."""

    binding_token: str = strawberry.field(description="From `signInWithWeChat`.")
    phone: str = strawberry.field(description="The mobile number that received a code.")
    code: str = strawberry.field(description="The six digits of `requestSignInCode`.")
    device: str = strawberry.field(
        default="", description="What to call this device in the list of sessions."
    )


@strawberry.type(description="A sign-in at the OIDC provider has begun.")
class OidcSignInBegun:
    """Where the browser goes."""

    authorization_url: str = strawberry.field(description="Send the browser there.")
    state: str = strawberry.field(
        description="Keep it in the browser, and go on only where the same one comes back."
    )
    expires_at: datetime = strawberry.field(description="When it is too late to complete it.")


@strawberry.input(description="What the OIDC provider sent the browser back with.")
class CompleteOidcSignInInput:
    """State and code."""

    state: str = strawberry.field(description="The state that came back.")
    code: str = strawberry.field(description="The authorisation code.")
    device: str = strawberry.field(
        default="", description="What to call this device in the list of sessions."
    )


SignInWithWeChatResult = Annotated[
    SignedIn | WeChatBindingRequired | Throttled | Refused,
    strawberry.union(
        "SignInWithWeChatResult", description="Signed in, or to be linked, or refused."
    ),
]
BindWeChatResult = Annotated[
    SignedIn | Throttled | Refused,
    strawberry.union("BindWeChatResult", description="Linked and signed in, or refused."),
]
BeginOidcSignInResult = Annotated[
    OidcSignInBegun | Refused,
    strawberry.union("BeginOidcSignInResult", description="Where to go, or a refusal."),
]
CompleteOidcSignInResult = Annotated[
    SignedIn | Refused,
    strawberry.union("CompleteOidcSignInResult", description="Signed in, or refused."),
]


@strawberry.type
class OutsideSignInMutation:
    """Doors that others vouch for."""

    @strawberry.mutation(description="Sign in with a mini-program's login code.")
    async def sign_in_with_we_chat(
        self,
        info: Info,
        input: Annotated[SignInWithWeChatInput, strawberry.argument(description="The code.")],
    ) -> SignInWithWeChatResult:
        """An account not linked yet gets a binding token."""
        outcome = await wechat.sign_in_with_wechat(
            info.context.actor, code=input.code, device=input.device
        )
        if isinstance(outcome, wechat.BindingRequired):
            return WeChatBindingRequired(
                binding_token=outcome.binding_token, valid_for_s=outcome.valid_for_s
            )
        return await signed_in(info, outcome)

    @strawberry.mutation(description="Link a WeChat account by a one-time code, and sign in.")
    async def bind_we_chat(
        self,
        info: Info,
        input: Annotated[BindWeChatInput, strawberry.argument(description="What to link.")],
    ) -> BindWeChatResult:
        """Linking again is the same."""
        opened = await wechat.bind_wechat(
            info.context.actor,
            binding_token=input.binding_token,
            phone=input.phone,
            code=input.code,
            device=input.device,
        )
        return await signed_in(info, opened)

    @strawberry.mutation(
        description="Begin a sign-in at the OIDC provider; signed in already, begin linking it."
    )
    async def begin_oidc_sign_in(self, info: Info) -> BeginOidcSignInResult:
        """Authorisation code with PKCE."""
        begun = await oidc.begin_oidc_sign_in(info.context.actor)
        return OidcSignInBegun(
            authorization_url=begun.authorization_url,
            state=begun.state,
            expires_at=begun.expires_at,
        )

    @strawberry.mutation(description="Complete a sign-in with what the OIDC provider sent back.")
    async def complete_oidc_sign_in(
        self,
        info: Info,
        input: Annotated[CompleteOidcSignInInput, strawberry.argument(description="State, code.")],
    ) -> CompleteOidcSignInResult:
        """Once, within minutes."""
        opened = await oidc.complete_oidc_sign_in(
            info.context.actor, state=input.state, code=input.code, device=input.device
        )
        return await signed_in(info, opened)
