"""The words of rolls and proxies, described once for the contract."""

from domains.voting.values import (
    ObjectionAsks,
    ObjectionState,
    PollAct,
    ProxyRelation,
    RollBasis,
    RollStanding,
)
from schema.enums import describe

describe(
    RollStanding,
    "Whether somebody named on a roll may vote.",
    ADMITTED="May vote.",
    STRUCK="Was struck off, for the reason given.",
)
describe(
    RollBasis,
    "On what somebody is on a roll.",
    REGISTER="As the register stood when the roll was built.",
    REGISTERED_LIVING="Registered here and living here.",
    REGISTERED_AWAY="Registered here, living elsewhere, and wishing to vote.",
    RESIDENT_ADMITTED="Not registered, living here as long as the law asks, applied and admitted.",
    PROOF="On proof that was put before who decided.",
)
describe(
    ObjectionAsks,
    "What an objection to a roll asks for.",
    ADMIT="That somebody be admitted.",
    STRIKE="That somebody be struck off.",
    CORRECT="That an entry's floor area or representative be put right.",
)
describe(
    ObjectionState,
    "What became of an objection.",
    OPEN="It waits to be decided.",
    UPHELD="It was right: the roll was changed.",
    DISMISSED="It was not: the roll stands.",
)
describe(
    ProxyRelation,
    "What a holder is to their principal.",
    VOTER="Another voter, no near relative.",
    SPOUSE="Husband or wife.",
    PARENT="Parent.",
    CHILD="Child.",
    SIBLING="Brother or sister.",
    GRANDPARENT="Grandparent, of either side.",
    GRANDCHILD="Grandchild, of either side.",
)
describe(
    PollAct,
    "What somebody may do in a poll.",
    OBJECT="Object to the roll.",
    NOMINATE="Nominate somebody in an election.",
    FILE_PROXY="Let somebody else vote for them.",
    CAST="Cast their own ballot.",
    CAST_FOR="Cast the ballot of a principal.",
    CHALLENGE="Challenge the result.",
)
