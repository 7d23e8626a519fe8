"""What the inputs of orders say."""

from datetime import datetime

import strawberry

from domains.matching.values.orders import DisputeOutcome
from schema.matching import needs_enums as _enums  # noqa: F401  # describes the enums first


@strawberry.input(description="An order to be opened.")
class OpenServiceOrderInput:
    """It was held when its need was verified."""

    order_id: strawberry.ID = strawberry.field(description="The order.")


@strawberry.input(description="An order to be called off.")
class CancelServiceOrderInput:
    """Before anybody has come."""

    order_id: strawberry.ID = strawberry.field(description="The order.")
    reason: str = strawberry.field(description="Why, 2 to 200 characters; who is matched reads it.")


@strawberry.input(description="Volunteers to be asked for an order.")
class OfferServiceOrderInput:
    """In this order of rank; more than there are places are reserves."""

    order_id: strawberry.ID = strawberry.field(description="The order.")
    volunteer_ids: list[strawberry.ID] = strawberry.field(
        description="Whom to ask, 50 at most, the first first."
    )
    note: str | None = strawberry.field(
        default=None, description="Why, in words of the caller's own, 2 to 200 characters."
    )
    is_pinned: bool = strawberry.field(
        default=False, description="Whether the matcher leaves these as they are."
    )


@strawberry.input(description="An offer to be taken back.")
class WithdrawServiceOfferInput:
    """While nobody has answered it."""

    offer_id: strawberry.ID = strawberry.field(description="The offer.")
    reason: str = strawberry.field(description="Why, 2 to 200 characters.")


@strawberry.input(description="An answer to an offer of one's own.")
class AnswerServiceOfferInput:
    """Nobody is compelled: declining needs no reason, and nothing follows from it."""

    offer_id: strawberry.ID = strawberry.field(description="The offer.")
    accept: bool = strawberry.field(description="Whether the caller will come.")


@strawberry.input(description="A place to be taken from the list.")
class TakeServiceOrderInput:
    """Where the need allows it."""

    order_id: strawberry.ID = strawberry.field(description="The order.")


@strawberry.input(description="A place to be given back.")
class LeaveServicePlaceInput:
    """Before the service; it counts against nobody."""

    place_id: strawberry.ID = strawberry.field(description="The place.")
    reason: str = strawberry.field(description="Why, 2 to 200 characters.")


@strawberry.input(description="The beginning of a service.")
class CheckInToOrderInput:
    """By the volunteer with the code, or by the one served or a helper without."""

    place_id: strawberry.ID = strawberry.field(description="The place.")
    code: str | None = strawberry.field(
        default=None,
        description="The code that the one served shows; left out by them and helpers.",
    )


@strawberry.input(description="The end of a service.")
class CheckOutOfOrderInput:
    """By the volunteer with the code, or by the one served or a helper without."""

    place_id: strawberry.ID = strawberry.field(description="The place.")
    code: str | None = strawberry.field(
        default=None,
        description="The code that the one served shows; left out by them and helpers.",
    )


@strawberry.input(description="A service to be confirmed.")
class ConfirmServiceInput:
    """By the one served, or who helps them."""

    place_id: strawberry.ID = strawberry.field(description="The place.")


@strawberry.input(description="That a volunteer did not come.")
class ReportNoShowInput:
    """The volunteer may dispute it."""

    place_id: strawberry.ID = strawberry.field(description="The place.")


@strawberry.input(description="That the caller disagrees with what is said of a service.")
class DisputeServiceInput:
    """Staff judge it."""

    place_id: strawberry.ID = strawberry.field(description="The place.")
    reason: str = strawberry.field(description="What is not so, 2 to 500 characters.")


@strawberry.input(description="What staff found in a dispute.")
class AdjudicateServiceInput:
    """By who has no part in the service."""

    place_id: strawberry.ID = strawberry.field(description="The place.")
    outcome: DisputeOutcome = strawberry.field(description="What was found.")
    reason: str = strawberry.field(description="Why, 2 to 500 characters.")
    started_at: datetime | None = strawberry.field(
        default=None, description="From when; where the service was given."
    )
    ended_at: datetime | None = strawberry.field(
        default=None, description="To when; where the service was given."
    )


@strawberry.input(description="A rating of a service.")
class RateServiceInput:
    """The one served rates the volunteer, the volunteer the one served."""

    place_id: strawberry.ID = strawberry.field(description="The place.")
    stars: int = strawberry.field(description="1 to 5 stars; nobody is shown a single rating.")
