"""The time bank's enums, described once for the contract; the domain's own classes are used."""

from domains.timebank.values import (
    AccountKind,
    CapKind,
    Crossing,
    Excess,
    GiftTo,
    MovingAway,
    OfferKind,
    Succession,
    TransferKind,
)
from schema.enums import describe

describe(
    AccountKind,
    "Whose account of the time bank it is; the last five belong to the scheme itself.",
    PERSON="A person's.",
    HOUSEHOLD="A household's; whoever lives there uses it.",
    ORGANISATION="An organisation's; its administrators use it.",
    COMMUNITY="The community's own; its staff use it.",
    ISSUANCE="Where minutes come from when service was given, and go when they are honoured.",
    DONATION_POOL="What was donated, for people in need.",
    RESERVE="What a fund stands for, if promises cannot be honoured otherwise.",
    EXPIRED="What lapsed unused.",
    ADJUSTMENT="The other side of what two of the staff set right.",
)
describe(
    TransferKind,
    "Why minutes moved.",
    ISSUE="Service was given.",
    GIFT="A gift.",
    DONATION="A donation to the pool.",
    GRANT="Granted from the pool or the reserve to somebody in need.",
    REDEMPTION="Honoured by a service, goods or a benefit.",
    EXPIRY="Lapsed unused.",
    SUCCESSION="The holder died or moved away.",
    ADJUSTMENT="Set right by staff, approved by another.",
    REVERSAL="Sends back what another transfer posted.",
)
describe(
    CapKind,
    "Over what a cap is reckoned.",
    DAY="What one day of service is credited.",
    YEAR="What one calendar year of service is credited.",
    TOTAL="What a person is ever credited.",
    BALANCE="What an account holds.",
)
describe(
    Excess,
    "What becomes of minutes over a cap.",
    DONATE="They go to the donation pool.",
    REFUSE="They are not issued.",
)
describe(
    GiftTo,
    "To whom minutes may be given.",
    HOUSEHOLD="To who lives in the same household, and to the household.",
    RELATIVES="To relatives who confirmed it.",
    NEEDY="To people whose need was assessed and approved.",
    ANYONE="To any account that is held.",
)
describe(
    Crossing,
    "How far from home minutes may go; both communities' schemes must let them.",
    NONE="Not out of the community.",
    STREET="Within the street.",
    DISTRICT="Within the district.",
    CITY="Within the city.",
)
describe(
    Succession,
    "What becomes of the minutes of somebody who died.",
    HEIR="They go to a relative's account.",
    DONATE="They go to the donation pool.",
    LAPSE="They lapse.",
)
describe(
    MovingAway,
    "What becomes of the minutes of somebody who moved away.",
    KEEP="They stay theirs, where they are.",
    TRANSFER="They go to the same person's account in the new community.",
    DONATE="They go to the donation pool.",
)
describe(
    OfferKind,
    "What minutes are honoured with.",
    SERVICE="Service of others: what a time bank is for.",
    GOODS="Goods.",
    BENEFIT="A benefit of the community.",
)
