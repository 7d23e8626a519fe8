"""Enums of relatives and orders, described once for the contract."""

from domains.timebank.values import OrderKind, OrderState, Relation, ShortfallState
from schema.enums import describe

describe(
    Relation,
    "What a relative is to somebody.",
    SPOUSE="Husband or wife.",
    PARENT="Father or mother.",
    CHILD="Son or daughter.",
    GRANDPARENT="Grandparent.",
    GRANDCHILD="Grandchild.",
    SIBLING="Brother or sister.",
    IN_LAW="A relative by marriage.",
)
describe(
    OrderKind,
    "What one of the staff asks for, and another approves.",
    REVERSAL="Send back what a transfer posted.",
    ADJUSTMENT="Add minutes to an account, or with a minus take them away.",
    GRANT="Grant minutes to somebody in need: from the pool first, then from the reserve.",
    ENDOWMENT="Enlarge the reserve by what a fund stands for, or with a minus lessen it.",
    SUCCESSION="The holder died: what is left goes where the scheme says.",
    MOVING_AWAY="The holder moved away: what is left goes where the scheme says.",
    SETTLEMENT="Take what was agreed on with the holder of what could not be taken back; the rest"
    " is let go.",
    WAIVER="Let go what could not be taken back.",
)
describe(
    ShortfallState,
    "What has become of minutes that could not be taken back.",
    OPEN="Waits to be settled or waived.",
    SETTLED="What was agreed on with the holder was taken.",
    WAIVED="It was let go, with a reason.",
)
describe(
    OrderState,
    "What has become of an order.",
    PROPOSED="Waits to be approved by somebody else.",
    CARRIED_OUT="Approved, and done.",
    DECLINED="Declined; nothing moved.",
)
