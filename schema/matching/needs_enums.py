"""The exchange's enums of needs and orders, described once; the domain's own classes are used."""

from domains.matching.values.lists import FavouriteKind, NeedOrdering
from domains.matching.values.needs import NeedOrigin, NeedRepeats, NeedState, SkillLevel
from domains.matching.values.orders import (
    DisputeOutcome,
    RatingSide,
    ServiceOfferState,
    ServiceOrderState,
    ServicePlaceOrigin,
    ServicePlaceState,
)
from schema.enums import describe
from schema.volunteering import enums as _enums  # noqa: F401  # describes the enums first

describe(
    NeedOrigin,
    "How a need came to be known.",
    OWN="Posted by who has it.",
    ON_BEHALF="Posted on somebody's behalf.",
    FOUND_BY_STAFF="Found by who works in the community.",
)
describe(
    NeedState,
    "How far a need has come; each of its times is an order.",
    SUBMITTED="It waits to be verified, 点单.",
    VERIFIED="Staff verified it.",
    REJECTED="Staff rejected it, with a reason.",
    CANCELLED="It was withdrawn, with a reason.",
    CLOSED="All its orders have come to their end.",
)
describe(
    NeedRepeats,
    "Whether the times of a need come again.",
    ONCE="They come once.",
    WEEKLY="They come every week, up to a day.",
)
describe(
    SkillLevel,
    "How sure a skill has to be.",
    CLAIMED="The volunteer says so, and handed a proof in.",
    VERIFIED="The proof was accepted and holds on the day.",
)
describe(
    NeedOrdering,
    "In which order needs are listed.",
    NEWEST="The latest posted first.",
    SOONEST="Whose next time comes first.",
    NEAREST="The nearest to the given position first; what has no position comes last.",
)
describe(
    ServiceOrderState,
    "How far one time of a need has come.",
    SUBMITTED="It waits to be verified, 点单.",
    VERIFIED="Verified; it waits to be opened.",
    REJECTED="Rejected with its need.",
    OPEN="It waits for volunteers.",
    OFFERED="Volunteers are asked, 派单.",
    ACCEPTED="Everybody wanted has accepted, 接单.",
    CHECKED_IN="Somebody is serving.",
    COMPLETED="The service was given and waits to be confirmed.",
    CONFIRMED="Confirmed, recorded and credited.",
    RATED="The one served has rated it, 评单.",
    CLOSED="At its end.",
    CANCELLED="Called off, with a reason.",
    UNMET="Its time came and nobody was found.",
    NO_SHOW="Nobody came.",
    DISPUTED="The sides disagree; staff judge.",
    ADJUDICATED="Staff judged a dispute.",
)
describe(
    ServiceOfferState,
    "What became of an offer.",
    RESERVE="Kept behind others, not asked yet.",
    OFFERED="Asked; an answer is waited for.",
    ACCEPTED="Accepted.",
    DECLINED="Declined; nothing follows from it.",
    EXPIRED="Not answered in time; nothing follows from it.",
    WITHDRAWN="Taken back.",
)
describe(
    ServicePlaceState,
    "How far one volunteer's part in an order has come.",
    ACCEPTED="The volunteer will come.",
    CHECKED_IN="The volunteer is serving.",
    COMPLETED="The service was given and waits to be confirmed.",
    CONFIRMED="Confirmed, recorded and credited.",
    LEFT="The volunteer gave the place back in time.",
    CANCELLED="The order was called off.",
    NO_SHOW="The volunteer did not come.",
    DISPUTED="The sides disagree; staff judge.",
    ADJUDICATED="Staff judged a dispute.",
)
describe(
    ServicePlaceOrigin,
    "How a volunteer came to a place.",
    OFFERED="By an offer.",
    TAKEN="From the list.",
    PINNED="By an offer that staff had pinned.",
)
describe(
    DisputeOutcome,
    "What staff found.",
    SERVED="The service was given; its hours are recorded.",
    EXCUSED="It was not given, through nobody's fault.",
    NO_SHOW="The volunteer did not come.",
)
describe(
    RatingSide,
    "Who is rated.",
    OF_VOLUNTEER="The volunteer, by the one served.",
    OF_SERVED="The one served, by the volunteer.",
)
describe(
    FavouriteKind,
    "What is kept as a favourite.",
    NEED="A need.",
    RESOURCE="A resource.",
    PROJECT="A project.",
)
