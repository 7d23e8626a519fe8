"""Certificates of service: whole to the volunteer, little to everybody who holds the code."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

import strawberry

from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.volunteering.queries import certificates
from domains.volunteering.service import certifying
from domains.volunteering.service.certifying import Span
from domains.volunteering.values.honours import CertificateState
from schema import node
from schema.connection import After, Connection, First, connection, listing, page
from schema.context import LOADS, Info
from schema.errors import Refused
from schema.membership.types import reloaded
from schema.node import Node
from schema.volunteering import honours_enums as _enums  # noqa: F401  # describes the enums first
from schema.volunteering.inputs import Argument, Key
from schema.volunteering.volunteers import Volunteer


@strawberry.type(description="平台记录: a record of this platform over somebody's service.")
class VolunteerCertificate(Node):
    """No official certificate: until a national link exists it is called what it is."""

    number: str = strawberry.field(description="Its number.")
    code: str = strawberry.field(description="The code by which everybody checks it.")
    verify_address: str = strawberry.field(description="Where everybody checks it.")
    state: CertificateState = strawberry.field(description="Whether it stands.")
    issued_at: datetime = strawberry.field(description="When it was issued.")
    ended_at: datetime | None = strawberry.field(description="Since when it does not stand.")
    end_reason: str | None = strawberry.field(description="Why it does not stand.")
    since: date = strawberry.field(description="The day of its first record.")
    until: date = strawberry.field(description="The day of its last record.")
    given_minutes: int = strawberry.field(description="The minutes actually given.")
    record_count: int = strawberry.field(description="How many records it holds.")
    sha256: str = strawberry.field(description="The fingerprint of what it says.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        content = certificates.content_of(row)
        return cls(
            id=node.encode("volunteer_certificate", row["id"]),
            number=row["number"],
            code=certificates.code_of(row),
            verify_address=certificates.address_of(row),
            state=CertificateState(row["state"]),
            issued_at=row["issued_at"],
            ended_at=row["ended_at"],
            end_reason=row["end_reason"],
            since=date.fromisoformat(content["since"]),
            until=date.fromisoformat(content["until"]),
            given_minutes=content["givenMinutes"],
            record_count=len(content["records"]),
            sha256=bytes(row["content_sha256"]).hex(),
            row=row,
        )

    @classmethod
    async def load(cls, info: Info, certificate_id: UUID) -> Self | None:
        """Load it with the others of its level; None where unseen."""
        row = await info.context.load(certificates.certificates_by_id, certificate_id)
        return None if row is None else cls.of(row)

    @strawberry.field(description="Whose service it tells of.", metadata=LOADS)
    async def volunteer(self, info: Info) -> Volunteer | None:
        """Load them with those of the other certificates."""
        return await Volunteer.load(info, self.row["volunteer_id"])

    @strawberry.field(description="An address that fetches it as PDF for ten minutes.")
    def file_address(self) -> str:
        """Sign it."""
        return certificates.file_address(self.row)


@strawberry.type(description="A service, as a certificate tells of it.")
class CertifiedService:
    """The mandatory items of Order 67, article 15."""

    day: date = strawberry.field(description="On what day.")
    activity: str = strawberry.field(description="What the activity was called.")
    content: str = strawberry.field(description="What was done.")
    recorder: str = strawberry.field(description="Who recorded it.")
    given_minutes: int = strawberry.field(description="The minutes actually given.")


@strawberry.type(description="What everybody who holds number and code may know.")
class VerifiedCertificate:
    """Nothing of a certificate that does not stand, but that it does not."""

    number: str = strawberry.field(description="Its number.")
    state: CertificateState = strawberry.field(description="Whether it stands.")
    masked_name: str = strawberry.field(description="The surname and a star.")
    issued_on: date = strawberry.field(description="When it was issued.")
    given_minutes: int = strawberry.field(description="The minutes; 0 where it does not stand.")
    recorders: list[str] = strawberry.field(description="Who recorded the service.")
    services: list[CertifiedService] = strawberry.field(
        description="The services, 500 at most; none where it does not stand."
    )


@strawberry.input(description="A certificate to be issued, free of charge.")
class IssueVolunteerCertificateInput:
    """Over the final records of a time."""

    volunteer_id: strawberry.ID = strawberry.field(description="Whose service.")
    since: date | None = strawberry.field(default=None, description="From this day on.")
    until: date | None = strawberry.field(default=None, description="Up to this day.")
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="A certificate that shall not stand.")
class RevokeVolunteerCertificateInput:
    """Which, and why."""

    certificate_id: strawberry.ID = strawberry.field(description="The certificate.")
    reason: str = strawberry.field(description="Why, 2 to 500 characters.")


@strawberry.type(description="The certificate, as things stand now.")
class VolunteerCertificatePayload:
    """What was dealt with."""

    certificate: VolunteerCertificate | None = strawberry.field(description="The certificate.")
    replayed: bool = strawberry.field(
        default=False, description="Whether this repeats the answer to an earlier request."
    )


IssueVolunteerCertificateResult = Annotated[
    VolunteerCertificatePayload | Refused,
    strawberry.union("IssueVolunteerCertificateResult", description="The certificate, or why not."),
]
RevokeVolunteerCertificateResult = Annotated[
    VolunteerCertificatePayload | Refused,
    strawberry.union(
        "RevokeVolunteerCertificateResult", description="The certificate, or why it stands."
    ),
]


@strawberry.type
class CertificatesQuery:
    """Reading and checking certificates."""

    @strawberry.field(
        description="Check a certificate: null where number, code or text is not what was issued."
    )
    async def verify_certificate(
        self,
        number: Annotated[str, strawberry.argument(description="The number on it.")],
        code: Annotated[str, strawberry.argument(description="The code on it.")],
        sha256: Annotated[
            str | None,
            strawberry.argument(description="The fingerprint on it, to check the text as well."),
        ] = None,
    ) -> VerifiedCertificate | None:
        """Check it, for everybody."""
        found = await certificates.verify(number, code, sha256=sha256)
        if found is None:
            return None
        return VerifiedCertificate(
            number=found.number,
            state=found.state,
            masked_name=found.masked_name,
            issued_on=found.issued_on,
            given_minutes=found.given_minutes,
            recorders=list(found.recorders),
            services=[
                CertifiedService(
                    day=each.day,
                    activity=each.activity,
                    content=each.content,
                    recorder=each.recorder,
                    given_minutes=each.given_minutes,
                )
                for each in found.services
            ],
        )

    @strawberry.field(description="A volunteer's certificates, the latest first.")
    async def volunteer_certificates(
        self,
        info: Info,
        volunteer_id: Annotated[strawberry.ID, strawberry.argument(description="Whose.")],
        first: First = None,
        after: After = None,
    ) -> Connection[VolunteerCertificate]:
        """Read a page of them."""
        uuid = node.known("volunteer", volunteer_id) or node.NOBODY
        of = listing("volunteerCertificates", {"volunteer": uuid})
        at = page(of, first, after)
        found = await certificates.certificates(info.context.actor, uuid, at)
        return connection(
            of,
            found,
            at,
            make=VolunteerCertificate.of,
            key=lambda row: (row["issued_at"], row["id"]),
        )


@strawberry.type
class CertificatesMutation:
    """Issuing and revoking."""

    @strawberry.mutation(description="Issue a certificate over final records, free of charge.")
    async def issue_volunteer_certificate(
        self, info: Info, input: Annotated[IssueVolunteerCertificateInput, Argument]
    ) -> IssueVolunteerCertificateResult:
        """Issue it."""
        certificate_id, replayed = await certifying.issue_certificate(
            info.context.actor,
            node.decode("volunteer", input.volunteer_id, path=("input", "volunteerId")),
            Span(input.since, input.until),
            idempotency_key=input.idempotency_key,
        )
        found = await reloaded(info, VolunteerCertificate.load, certificate_id)
        return VolunteerCertificatePayload(certificate=found, replayed=replayed)

    @strawberry.mutation(description="Revoke a certificate, with a reason.")
    async def revoke_volunteer_certificate(
        self, info: Info, input: Annotated[RevokeVolunteerCertificateInput, Argument]
    ) -> RevokeVolunteerCertificateResult:
        """Revoke it."""
        path = ("input", "certificateId")
        certificate_id = await certifying.revoke_certificate(
            info.context.actor,
            node.decode("volunteer_certificate", input.certificate_id, path=path),
            reason=input.reason,
        )
        found = await reloaded(info, VolunteerCertificate.load, certificate_id)
        return VolunteerCertificatePayload(certificate=found)


async def _certificates(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    rows = await certificates.certificates_by_id(actor, ids)
    return [None if row is None else VolunteerCertificate.of(row) for row in rows]


node.register("volunteer_certificate", _certificates)
