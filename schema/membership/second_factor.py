"""The second factor: set up in two steps, then shown in each session that needs it."""

from typing import Annotated

import strawberry

from domains.membership.queries import sessions as session_queries
from domains.membership.service import second_factor
from schema import node
from schema.context import Info
from schema.errors import Refused, Throttled
from schema.membership.sign_in import SignedIn, signed_in


@strawberry.type(description="Where the caller stands with the second factor.")
class SecondFactorStatus:
    """Set up, required, shown."""

    is_set_up: bool = strawberry.field(description="Whether a second factor is in force.")
    is_required: bool = strawberry.field(
        description="Whether a role of the caller is withheld from sessions that have shown none."
    )
    is_shown: bool = strawberry.field(description="Whether this session has shown it lately.")


@strawberry.type(description="A secret for the caller's authenticator; told only now.")
class SecondFactorEnrolled:
    """It counts once it is confirmed."""

    secret: str = strawberry.field(description="In base32, to be typed in.")
    otpauth_uri: str = strawberry.field(description="As a URI, to be shown as a QR code.")


@strawberry.input(description="A code that the new secret makes.")
class ConfirmSecondFactorInput:
    """Six digits."""

    code: str = strawberry.field(description="The six digits that the authenticator shows.")


@strawberry.type(description="The second factor is in force, and this session has shown it.")
class SecondFactorConfirmed:
    """With recovery codes, told only now."""

    session: SignedIn = strawberry.field(description="This session, under another token.")
    recovery_codes: list[str] = strawberry.field(
        description="Each opens the door once where the authenticator is lost; told only now."
    )


@strawberry.input(description="A code of the second factor, or a recovery code.")
class VerifySecondFactorInput:
    """Either."""

    code: str = strawberry.field(description="The six digits, or a recovery code.")


@strawberry.input(description="Somebody who has lost the second factor and the recovery codes.")
class ResetSecondFactorInput:
    """A person."""

    person_id: strawberry.ID = strawberry.field(description="Who has lost it.")


@strawberry.type(description="The second factor is removed, to be set up anew.")
class SecondFactorReset:
    """With every session of the person."""

    person_id: strawberry.ID = strawberry.field(description="Whose.")
    closed_sessions: int = strawberry.field(description="How many sessions were closed.")


EnrolSecondFactorResult = Annotated[
    SecondFactorEnrolled | Refused,
    strawberry.union("EnrolSecondFactorResult", description="A secret, or a refusal."),
]
ConfirmSecondFactorResult = Annotated[
    SecondFactorConfirmed | Throttled | Refused,
    strawberry.union("ConfirmSecondFactorResult", description="In force, or refused."),
]
VerifySecondFactorResult = Annotated[
    SignedIn | Throttled | Refused,
    strawberry.union("VerifySecondFactorResult", description="Shown, or refused."),
]
ResetSecondFactorResult = Annotated[
    SecondFactorReset | Refused,
    strawberry.union("ResetSecondFactorResult", description="Removed, or refused."),
]


@strawberry.type
class SecondFactorQuery:
    """The caller's own."""

    @strawberry.field(description="Where the caller stands with it; null for who is not signed in.")
    async def my_second_factor(self, info: Info) -> SecondFactorStatus | None:
        """Tells why powers are withheld."""
        row = await session_queries.second_factor_of(info.context.actor)
        if row is None:
            return None
        return SecondFactorStatus(
            is_set_up=row["is_set_up"],
            is_required=row["is_required"],
            is_shown=info.context.actor.second_factor,
        )


@strawberry.type
class SecondFactorMutation:
    """Set up, confirmed, shown."""

    @strawberry.mutation(description="Make a secret for the caller's authenticator.")
    async def enrol_second_factor(self, info: Info) -> EnrolSecondFactorResult:
        """Told once; counts once it is confirmed."""
        made = await second_factor.enrol_second_factor(info.context.actor)
        return SecondFactorEnrolled(secret=made.secret, otpauth_uri=made.otpauth_uri)

    @strawberry.mutation(description="Put the new secret in force by a code of it.")
    async def confirm_second_factor(
        self,
        info: Info,
        input: Annotated[ConfirmSecondFactorInput, strawberry.argument(description="The code.")],
    ) -> ConfirmSecondFactorResult:
        """Other sessions have to show it anew."""
        done = await second_factor.confirm_second_factor(info.context.actor, code=input.code)
        return SecondFactorConfirmed(
            session=await signed_in(info, done.opened), recovery_codes=list(done.recovery_codes)
        )

    @strawberry.mutation(description="Show the second factor; the session gets another token.")
    async def verify_second_factor(
        self,
        info: Info,
        input: Annotated[VerifySecondFactorInput, strawberry.argument(description="The code.")],
    ) -> VerifySecondFactorResult:
        """Opens the withheld roles for some hours."""
        opened = await second_factor.verify_second_factor(info.context.actor, code=input.code)
        return await signed_in(info, opened)

    @strawberry.mutation(
        description="Remove the lost second factor of somebody below one's own administration."
    )
    async def reset_second_factor(
        self,
        info: Info,
        input: Annotated[ResetSecondFactorInput, strawberry.argument(description="Whose.")],
    ) -> ResetSecondFactorResult:
        """After making sure of the person; all their sessions close."""
        person_id = node.decode("person", input.person_id, path=("input", "personId"))
        closed = await second_factor.reset_second_factor(info.context.actor, person_id)
        return SecondFactorReset(person_id=input.person_id, closed_sessions=closed)
