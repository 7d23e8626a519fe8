"""Enums of certificates and honours, described once for the contract."""

from domains.volunteering.values.honours import (
    CertificateState,
    HonourObjectionState,
    VolunteerHonourKind,
    VolunteerHonourState,
)
from schema.enums import describe

describe(
    CertificateState,
    "Whether a certificate stands.",
    VALID="It stands.",
    SUPERSEDED="A record in it was corrected or revoked; a new one may be issued.",
    REVOKED="It was revoked.",
)
describe(
    VolunteerHonourKind,
    "What is granted.",
    STAR="A star, 星级.",
    MEDAL="A medal, 奖章.",
)
describe(
    VolunteerHonourState,
    "How far an honour has come.",
    NOTICE="Earned by the figures, and on public notice.",
    GRANTED="Granted.",
    REFUSED="Not approved, or no longer earned when the notice was over.",
    REVOKED="Taken back.",
)
describe(
    HonourObjectionState,
    "What became of an objection to an honour.",
    OPEN="Waits to be decided; the honour is not granted meanwhile.",
    UPHELD="The honour was refused.",
    DISMISSED="It was not right.",
)
