"""Acting on bodies and their people. Each result is the payload or the refusal."""

from typing import Annotated
from uuid import UUID

import strawberry

from domains.disclosure.service import publishers
from domains.disclosure.values import OfficerPart, PublisherKind
from schema import node
from schema.context import Info
from schema.disclosure.publishers import Publisher
from schema.disclosure.writing_inputs import Argument, Key
from schema.errors import Refused
from schema.membership.types import reloaded


@strawberry.input(description="A body to be registered.")
class RegisterPublisherInput:
    """What it is, and over which area it publishes."""

    area_id: strawberry.ID = strawberry.field(description="The area over which it publishes.")
    kind: PublisherKind = strawberry.field(description="What kind of body it is.")
    name: str = strawberry.field(description="What it is called, 2 to 100 characters.")
    organisation_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="The organisation that it is: of departments, owners and property companies.",
    )
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="A body to be ended.")
class EndPublisherInput:
    """Which."""

    publisher_id: strawberry.ID = strawberry.field(description="The body.")


@strawberry.input(description="How a body is reached.")
class SetPublisherContactsInput:
    """All of it at once."""

    publisher_id: strawberry.ID = strawberry.field(description="The body.")
    contacts: list[str] = strawberry.field(
        description="Telephone numbers and e-mail addresses of its own, 10 at most."
    )


@strawberry.input(description="Somebody to have a part in a body.")
class AppointPublisherOfficerInput:
    """Who, and which part."""

    publisher_id: strawberry.ID = strawberry.field(description="The body.")
    person_id: strawberry.ID = strawberry.field(description="Who.")
    part: OfficerPart = strawberry.field(description="What they are to do for it.")


@strawberry.input(description="Somebody to have a part in a body no more.")
class DismissPublisherOfficerInput:
    """Who, and which part."""

    publisher_id: strawberry.ID = strawberry.field(description="The body.")
    person_id: strawberry.ID = strawberry.field(description="Who.")
    part: OfficerPart = strawberry.field(description="What they did for it.")


@strawberry.type(description="The body as it stands now.")
class PublisherPayload:
    """What came of a command."""

    publisher: Publisher = strawberry.field(description="The body.")
    replayed: bool = strawberry.field(description="Whether the key had been used before.")


RegisterPublisherResult = Annotated[
    PublisherPayload | Refused,
    strawberry.union("RegisterPublisherResult", description="The body, or why there is none."),
]
EndPublisherResult = Annotated[
    PublisherPayload | Refused,
    strawberry.union("EndPublisherResult", description="The body, or why it goes on."),
]
SetPublisherContactsResult = Annotated[
    PublisherPayload | Refused,
    strawberry.union("SetPublisherContactsResult", description="The body, or why not."),
]
AppointPublisherOfficerResult = Annotated[
    PublisherPayload | Refused,
    strawberry.union("AppointPublisherOfficerResult", description="The body, or why not."),
]
DismissPublisherOfficerResult = Annotated[
    PublisherPayload | Refused,
    strawberry.union("DismissPublisherOfficerResult", description="The body, or why not."),
]


def _body(publisher_id: str) -> UUID:
    return node.decode("publisher", publisher_id, path=("input", "publisherId"))


def _person(person_id: str) -> UUID:
    return node.decode("person", person_id, path=("input", "personId"))


async def _publisher(info: Info, uuid: UUID, *, replayed: bool = False) -> PublisherPayload:
    found = await reloaded(info, Publisher.load, uuid)
    assert found is not None, "a publisher is never removed"
    return PublisherPayload(publisher=found, replayed=replayed)


@strawberry.type
class PublisherMutation:
    """Bodies and their people."""

    @strawberry.mutation(description="Register a body that publishes over an area.")
    async def register_publisher(
        self, info: Info, input: Annotated[RegisterPublisherInput, Argument]
    ) -> RegisterPublisherResult:
        """Register it."""
        publisher_id, replayed = await publishers.register_publisher(
            info.context.actor,
            node.decode("area", input.area_id, path=("input", "areaId")),
            kind=input.kind,
            name=input.name,
            organisation_id=node.decode_optional(
                "organisation", input.organisation_id, path=("input", "organisationId")
            ),
            idempotency_key=input.idempotency_key,
        )
        return await _publisher(info, publisher_id, replayed=replayed)

    @strawberry.mutation(description="End a body; what it published stays.")
    async def end_publisher(
        self, info: Info, input: Annotated[EndPublisherInput, Argument]
    ) -> EndPublisherResult:
        """End it."""
        publisher_id = _body(input.publisher_id)
        await publishers.end_publisher(info.context.actor, publisher_id)
        return await _publisher(info, publisher_id)

    @strawberry.mutation(
        description="Declare how a body is reached: what it publishes may say these contacts."
    )
    async def set_publisher_contacts(
        self, info: Info, input: Annotated[SetPublisherContactsInput, Argument]
    ) -> SetPublisherContactsResult:
        """Declare them."""
        publisher_id = _body(input.publisher_id)
        await publishers.set_contacts(info.context.actor, publisher_id, input.contacts)
        return await _publisher(info, publisher_id)

    @strawberry.mutation(description="Give somebody a part in a body.")
    async def appoint_publisher_officer(
        self, info: Info, input: Annotated[AppointPublisherOfficerInput, Argument]
    ) -> AppointPublisherOfficerResult:
        """Appoint them."""
        publisher_id = _body(input.publisher_id)
        await publishers.appoint_officer(
            info.context.actor, publisher_id, person_id=_person(input.person_id), part=input.part
        )
        return await _publisher(info, publisher_id)

    @strawberry.mutation(description="Take somebody's part in a body back.")
    async def dismiss_publisher_officer(
        self, info: Info, input: Annotated[DismissPublisherOfficerInput, Argument]
    ) -> DismissPublisherOfficerResult:
        """Dismiss them."""
        publisher_id = _body(input.publisher_id)
        await publishers.dismiss_officer(
            info.context.actor, publisher_id, person_id=_person(input.person_id), part=input.part
        )
        return await _publisher(info, publisher_id)
