"""Opening a programme, and writing, screening and changing what is promised."""

from typing import Annotated
from uuid import UUID

import strawberry

from domains.pledges import service
from domains.pledges.queries import delivery, pledges
from schema import node
from schema.context import Info
from schema.errors import Outdated, Refused
from schema.membership.types import reloaded
from schema.pledges.delivery import PledgeChange
from schema.pledges.inputs import Argument, Key, PledgeSourceInput, PledgeTermsInput
from schema.pledges.types import Pledge, PledgeProgramme


@strawberry.input(description="A community's programme of a year.")
class OpenPledgeProgrammeInput:
    """Once a community and year, under the rules in force today."""

    community_id: strawberry.ID = strawberry.field(description="The community.")
    year: int = strawberry.field(description="This year or the next.")
    introduction: str = strawberry.field(
        default="", description="What it is about, 5,000 characters at most."
    )
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="A pledge to be proposed.")
class ProposePledgeInput:
    """In which programme, from where, and what."""

    programme_id: strawberry.ID = strawberry.field(description="The programme.")
    source: PledgeSourceInput = strawberry.field(description="Where it comes from.")
    terms: PledgeTermsInput = strawberry.field(description="What is to be promised.")
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="A pledge, written anew before its notice.")
class UpdatePledgeInput:
    """Which, what, and the version that was read."""

    pledge_id: strawberry.ID = strawberry.field(description="The pledge.")
    terms: PledgeTermsInput = strawberry.field(description="The whole, as it shall be.")
    expected_version: int = strawberry.field(description="The version that the caller read.")


@strawberry.input(description="The screening of a proposal.")
class ScreenPledgeInput:
    """Which, how, and why."""

    pledge_id: strawberry.ID = strawberry.field(description="The pledge.")
    accepted: bool = strawberry.field(description="Whether it is taken up.")
    reason: str = strawberry.field(description="Why, 2 to 500 characters; everybody reads it.")


@strawberry.input(description="A screened pledge, to be put to public notice.")
class PutPledgeToNoticeInput:
    """Which."""

    pledge_id: strawberry.ID = strawberry.field(description="The pledge.")


@strawberry.input(description="A pledge to be withdrawn before it is promised.")
class WithdrawPledgeInput:
    """Which, and why."""

    pledge_id: strawberry.ID = strawberry.field(description="The pledge.")
    reason: str = strawberry.field(description="Why, 2 to 500 characters; everybody reads it.")


@strawberry.input(description="A change of a promise, to be put to public notice.")
class ChangePledgeInput:
    """Which, what, why, and the version that was read."""

    pledge_id: strawberry.ID = strawberry.field(description="The pledge.")
    terms: PledgeTermsInput = strawberry.field(
        description="The whole, as it shall be; milestones that are reached stay in it."
    )
    reason: str = strawberry.field(description="Why, 2 to 500 characters; everybody reads it.")
    expected_version: int = strawberry.field(description="The version that the caller read.")
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="A change to be taken off its notice.")
class WithdrawPledgeChangeInput:
    """Which."""

    change_id: strawberry.ID = strawberry.field(description="The change.")


@strawberry.type(description="The programme, as it is now.")
class PledgeProgrammePayload:
    """What was opened."""

    programme: PledgeProgramme = strawberry.field(description="The programme.")
    replayed: bool = strawberry.field(
        default=False, description="Whether this repeats the answer to an earlier request."
    )


@strawberry.type(description="The pledge, as it is now.")
class PledgePayload:
    """What changed."""

    pledge: Pledge = strawberry.field(description="The pledge.")
    replayed: bool = strawberry.field(
        default=False, description="Whether this repeats the answer to an earlier request."
    )


@strawberry.type(description="The change, as it is now.")
class PledgeChangePayload:
    """What is on notice, or off it."""

    change: PledgeChange = strawberry.field(description="The change.")
    replayed: bool = strawberry.field(
        default=False, description="Whether this repeats the answer to an earlier request."
    )


OpenPledgeProgrammeResult = Annotated[
    PledgeProgrammePayload | Refused,
    strawberry.union(
        "OpenPledgeProgrammeResult", description="The programme, or why there is none."
    ),
]
ProposePledgeResult = Annotated[
    PledgePayload | Refused,
    strawberry.union("ProposePledgeResult", description="The pledge, or why there is none."),
]
UpdatePledgeResult = Annotated[
    PledgePayload | Outdated | Refused,
    strawberry.union("UpdatePledgeResult", description="The pledge, or why it stands as it was."),
]
ScreenPledgeResult = Annotated[
    PledgePayload | Refused,
    strawberry.union("ScreenPledgeResult", description="The pledge, or why it was not screened."),
]
PutPledgeToNoticeResult = Annotated[
    PledgePayload | Refused,
    strawberry.union(
        "PutPledgeToNoticeResult", description="The pledge, or why it is not on notice."
    ),
]
WithdrawPledgeResult = Annotated[
    PledgePayload | Refused,
    strawberry.union("WithdrawPledgeResult", description="The pledge, or why it stands."),
]
ChangePledgeResult = Annotated[
    PledgeChangePayload | Outdated | Refused,
    strawberry.union("ChangePledgeResult", description="The change, or why there is none."),
]
WithdrawPledgeChangeResult = Annotated[
    PledgeChangePayload | Refused,
    strawberry.union("WithdrawPledgeChangeResult", description="The change, or why it goes on."),
]


async def pledge_payload(info: Info, pledge_id: UUID, *, replayed: bool = False) -> PledgePayload:
    """Show a pledge to who has just changed it."""
    pledge = await reloaded(info, Pledge.load, pledge_id)
    assert pledge is not None, "who changed a pledge sees it"
    return PledgePayload(pledge=pledge, replayed=replayed)


async def _change(info: Info, change_id: UUID, *, replayed: bool = False) -> PledgeChangePayload:
    row = (await delivery.changes_by_id(info.context.actor, [change_id]))[0]
    assert row is not None, "who changes a pledge sees the change"
    return PledgeChangePayload(change=PledgeChange.of(row), replayed=replayed)


def pledge_of(text: str) -> UUID:
    """Read the id of a pledge from an input; raises NotFound."""
    return node.decode("pledge", text, path=("input", "pledgeId"))


@strawberry.type
class PledgesMutation:
    """From a programme to a promise, and its changes."""

    @strawberry.mutation(description="Open a community's programme of a year; once a year.")
    async def open_pledge_programme(
        self, info: Info, input: Annotated[OpenPledgeProgrammeInput, Argument]
    ) -> OpenPledgeProgrammeResult:
        """Open it."""
        programme_id, replayed = await service.open_programme(
            info.context.actor,
            node.decode("area", input.community_id, path=("input", "communityId")),
            year=input.year,
            introduction=input.introduction,
            idempotency_key=input.idempotency_key,
        )
        row = (await pledges.programmes_by_id(info.context.actor, [programme_id]))[0]
        assert row is not None, "programmes are public"
        return PledgeProgrammePayload(programme=PledgeProgramme.of(row), replayed=replayed)

    @strawberry.mutation(
        description="Propose a pledge, with its target, deadline and milestones that make a whole."
    )
    async def propose_pledge(
        self, info: Info, input: Annotated[ProposePledgeInput, Argument]
    ) -> ProposePledgeResult:
        """Propose it."""
        programme_id = node.decode(
            "pledge_programme", input.programme_id, path=("input", "programmeId")
        )
        (programme,) = await pledges.programmes_by_id(info.context.actor, [programme_id])
        pledge_id, replayed = await service.propose_pledge(
            info.context.actor,
            programme_id,
            input.terms.draft(),
            source=await input.source.source(
                info, to=None if programme is None else programme["area_path"]
            ),
            idempotency_key=input.idempotency_key,
        )
        return await pledge_payload(info, pledge_id, replayed=replayed)

    @strawberry.mutation(
        description="Write a pledge anew before its notice; it is then screened again."
    )
    async def update_pledge(
        self, info: Info, input: Annotated[UpdatePledgeInput, Argument]
    ) -> UpdatePledgeResult:
        """Write it."""
        pledge_id = pledge_of(input.pledge_id)
        await service.update_pledge(
            info.context.actor,
            pledge_id,
            input.terms.draft(),
            expected_version=input.expected_version,
        )
        return await pledge_payload(info, pledge_id)

    @strawberry.mutation(
        description="Take a proposal up or decline it; not for who proposed or wrote it."
    )
    async def screen_pledge(
        self, info: Info, input: Annotated[ScreenPledgeInput, Argument]
    ) -> ScreenPledgeResult:
        """Screen it."""
        pledge_id = pledge_of(input.pledge_id)
        await service.screen_pledge(
            info.context.actor, pledge_id, accepted=input.accepted, reason=input.reason
        )
        return await pledge_payload(info, pledge_id)

    @strawberry.mutation(
        description="Put a screened pledge to public notice; unopposed, it is promised at its end."
    )
    async def put_pledge_to_notice(
        self, info: Info, input: Annotated[PutPledgeToNoticeInput, Argument]
    ) -> PutPledgeToNoticeResult:
        """Put it there."""
        pledge_id = pledge_of(input.pledge_id)
        await service.put_to_notice(info.context.actor, pledge_id)
        return await pledge_payload(info, pledge_id)

    @strawberry.mutation(description="Withdraw a pledge before it is promised.")
    async def withdraw_pledge(
        self, info: Info, input: Annotated[WithdrawPledgeInput, Argument]
    ) -> WithdrawPledgeResult:
        """Withdraw it."""
        pledge_id = pledge_of(input.pledge_id)
        await service.withdraw_pledge(info.context.actor, pledge_id, reason=input.reason)
        return await pledge_payload(info, pledge_id)

    @strawberry.mutation(
        description="Put a change of a promise to public notice; the first deadline stays beside."
    )
    async def change_pledge(
        self, info: Info, input: Annotated[ChangePledgeInput, Argument]
    ) -> ChangePledgeResult:
        """Put it there."""
        change_id, replayed = await service.change_pledge(
            info.context.actor,
            pledge_of(input.pledge_id),
            input.terms.draft(),
            reason=input.reason,
            expected_version=input.expected_version,
            idempotency_key=input.idempotency_key,
        )
        return await _change(info, change_id, replayed=replayed)

    @strawberry.mutation(description="Take a change off its notice; the promise stands.")
    async def withdraw_pledge_change(
        self, info: Info, input: Annotated[WithdrawPledgeChangeInput, Argument]
    ) -> WithdrawPledgeChangeResult:
        """Take it off."""
        change_id = node.decode("pledge_change", input.change_id, path=("input", "changeId"))
        await service.withdraw_change(info.context.actor, change_id)
        return await _change(info, change_id)
