"""Words for certificates, stars, medals and bans."""

from enum import StrEnum


class CertificateState(StrEnum):
    """Whether a certificate stands."""

    VALID = "valid"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"


class VolunteerHonourKind(StrEnum):
    """What is granted."""

    STAR = "star"
    MEDAL = "medal"


class VolunteerHonourState(StrEnum):
    """How far an honour has come."""

    NOTICE = "notice"
    GRANTED = "granted"
    REFUSED = "refused"
    REVOKED = "revoked"


class HonourObjectionState(StrEnum):
    """What became of an objection to an honour."""

    OPEN = "open"
    UPHELD = "upheld"
    DISMISSED = "dismissed"
