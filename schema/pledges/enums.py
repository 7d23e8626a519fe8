"""Pledges' enums, described once for the contract; the domain's own classes are used."""

from domains.pledges.values.pledges import (
    ChangeState,
    EvidenceKind,
    Keeping,
    ObjectionAbout,
    PledgeAct,
    PledgeObjectionState,
    PledgeState,
    ReportKind,
    SourceKind,
)
from schema.enums import describe

describe(
    PledgeState,
    "How far a pledge has come.",
    PROPOSED="Waits to be screened by somebody other than who wrote it.",
    DECLINED="Screened and not taken up; the reason is public.",
    SCREENED="Taken up; waits to be put to notice.",
    PUBLIC_NOTICE="Public, and open to objections until the notice is over.",
    WITHDRAWN="Taken back before it was promised.",
    COMMITTED="Promised (亮诺): its notice is over and no objection is open.",
    IN_PROGRESS="Being delivered (践诺): progress has been reported.",
    OVERDUE="Its deadline has passed without delivery.",
    DELIVERED="Said to be delivered; those who may accept it are asked.",
    ACCEPTED="Residents or their representatives accepted what was delivered.",
    CLOSED="Accepted and closed with a summary.",
    DEFAULTED="Not kept; the reason is public.",
)
describe(
    SourceKind,
    "Where a pledge comes from.",
    NEED="A resident's need.",
    ISSUE="An issue that was raised.",
    RESOLUTION="A resolution of a meeting.",
    REVIEW="The last review.",
    OWN="The community or the body itself.",
)
describe(
    ReportKind,
    "What a report of a pledge claims.",
    PROGRESS="Progress, with or without a milestone reached.",
    DELIVERY="That the whole pledge is delivered.",
)
describe(
    EvidenceKind,
    "What a claim is proven by.",
    PICTURE="A picture.",
    ATTENDANCE="How many came; never who.",
    DISCLOSURE="Something that was disclosed.",
    FINANCE_LINE="A line of the community's accounts.",
)
describe(
    ChangeState,
    "What became of a change to a promise.",
    NOTICE="On public notice; the promise stands as it was.",
    IN_FORCE="In force; the first deadline is kept beside the new one.",
    REJECTED="An objection to it was upheld.",
    WITHDRAWN="Taken back, or fallen away because the pledge was settled first.",
)
describe(
    ObjectionAbout,
    "What an objection is about.",
    NOTICE="A pledge on public notice.",
    CHANGE="A change on public notice.",
    CLAIM="What a report claims.",
)
describe(
    PledgeObjectionState,
    "What became of an objection or contest.",
    OPEN="Waits for its answer.",
    UPHELD="Right: the notice is off, the change rejected or the claim struck.",
    DISMISSED="Answered, and nothing changes.",
)
describe(
    PledgeAct,
    "What happened, in the public history of a pledge.",
    PROPOSED="It was proposed.",
    EDITED="It was written anew, to be screened again.",
    ACCEPTED_FOR_NOTICE="It was screened and taken up.",
    DECLINED="It was screened and declined.",
    NOTICED="It was put to public notice.",
    OBJECTED="A resident objected.",
    OBJECTION_UPHELD="An objection or contest was upheld.",
    OBJECTION_DISMISSED="An objection was dismissed.",
    ANSWER_LATE="An objection or contest was not answered in time.",
    WITHDRAWN="It was withdrawn before it was promised.",
    COMMITTED="It was promised.",
    CHANGE_NOTICED="A change was put to public notice.",
    CHANGE_IN_FORCE="A change came into force.",
    CHANGE_REJECTED="A change was rejected.",
    CHANGE_WITHDRAWN="A change was withdrawn or fell away.",
    REPORTED="Progress was reported.",
    MILESTONE_REACHED="A milestone was reported as reached.",
    CLAIM_CONTESTED="A claim was contested.",
    CLAIM_STRUCK="A contested claim was struck.",
    CLAIM_UPHELD="A contested claim stands.",
    OVERDUE="Its deadline passed.",
    DELIVERED="Delivery was claimed.",
    SENT_BACK="The delivery was not accepted.",
    ACCEPTED="The delivery was accepted.",
    CLOSED="It was closed.",
    DEFAULTED="It was given up, with a reason.",
)
describe(
    Keeping,
    "Whether a pledge was kept, judged by the deadline that it was committed with.",
    PENDING="Not settled: not accepted yet, and not given up.",
    ON_TIME="Delivered by its first deadline, and accepted.",
    LATE="Delivered after its first deadline, and accepted, whatever was changed since.",
    DEFAULTED="Not kept.",
)
