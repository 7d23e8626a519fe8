"""Household registers: brought in from files, with a report on every refused row."""

import json
from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

import strawberry

from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Slice
from domains.membership.queries import register as queries
from domains.membership.rules import register_sheets
from domains.membership.service import register
from domains.membership.values import ImportMode
from schema import node
from schema.connection import After, Connection, First, connection, listing, page
from schema.context import Info
from schema.errors import ErrorCode, Refused
from schema.membership.types import Area, Person
from schema.node import Node


@strawberry.type(description="Why one row of a register file was refused; never shows the value.")
class RegisterRowRefusal:
    """A row, a column and a reason."""

    row_number: int = strawberry.field(description="The row in the file; the heading is row 1.")
    column: str = strawberry.field(description="The column at fault, by its canonical heading.")
    code: ErrorCode = strawberry.field(description="Which refusal, for programs.")
    message: str = strawberry.field(description="The refusal in the caller's language.")


@strawberry.type(description="What an import created and confirmed.")
class RegisterCreated:
    """Four figures; all zero where nothing was brought in."""

    households: int = strawberry.field(description="New households.")
    people: int = strawberry.field(description="New people.")
    residencies: int = strawberry.field(description="New residencies.")
    confirmed: int = strawberry.field(description="Claims that the register confirmed.")


@strawberry.type(description="One file of a household register, and what became of it.")
class RegisterImport(Node):
    """Seen by staff of the community."""

    file_name: str = strawberry.field(description="What the file was called.")
    mode: ImportMode = strawberry.field(description="What to do when rows are refused.")
    applied: bool = strawberry.field(description="Whether anything was brought in.")
    row_count: int = strawberry.field(description="Rows that hold anything.")
    accepted_count: int = strawberry.field(description="Rows that are good.")
    refused_count: int = strawberry.field(description="Rows that were refused.")
    created: RegisterCreated = strawberry.field(description="What it created and confirmed.")
    imported_at: datetime = strawberry.field(description="When it was read.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        created: dict[str, int] = json.loads(row["created"])
        return cls(
            id=node.encode("register_import", row["id"]),
            file_name=row["file_name"],
            mode=ImportMode(row["mode"]),
            applied=row["applied"],
            row_count=row["row_count"],
            accepted_count=row["accepted_count"],
            refused_count=row["refused_count"],
            created=RegisterCreated(
                households=created.get("households", 0),
                people=created.get("people", 0),
                residencies=created.get("residencies", 0),
                confirmed=created.get("confirmed", 0),
            ),
            imported_at=row["imported_at"],
            row=row,
        )

    @strawberry.field(description="The community.")
    async def community(self, info: Info) -> Area | None:
        """Load it with those of the other imports."""
        return await Area.load(info, self.row["community_id"])

    @strawberry.field(description="Who brought it in; null for the system.")
    async def imported_by(self, info: Info) -> Person | None:
        """Load them with those of the other imports."""
        person_id = self.row["imported_by_id"]
        return None if person_id is None else await Person.load(info, person_id)

    @strawberry.field(description="The refused rows, in the order of the file.")
    async def refusals(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[RegisterRowRefusal]:
        """Load first pages in one statement; a later page is a list of its own."""
        of = listing("registerImport.refusals", {"import": self.row["id"]})
        asked = page(of, first, after)
        if asked.after is None:
            key = (self.row["id"], asked.limit)
            rows = await info.context.load(queries.first_refusals, key)
            found = Slice.of(rows, asked)
        else:
            found = await queries.refusals(info.context.actor, self.row["id"], asked)
        locale = info.context.actor.locale

        def make(row: Row) -> RegisterRowRefusal:
            return RegisterRowRefusal(
                row_number=row["row_number"],
                column=row["column"],
                code=ErrorCode[row["code"]],
                message=register_sheets.said(row["code"], json.loads(row["details"]), locale),
            )

        return connection(
            of, found, asked, make=make, key=lambda row: (row["row_number"], row["id"])
        )

    @strawberry.field(
        description="An address that fetches the report as XLSX for some minutes: a path on this"
        " origin, or a whole URL."
    )
    async def report_address(self, info: Info) -> str:
        """Made when it is asked for."""
        return await queries.report_address(info.context.actor, self.row)


async def _fetch(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    found = await queries.imports_by_id(actor, ids)
    return [RegisterImport.of(row) if row else None for row in found]


node.register("register_import", _fetch)


@strawberry.input(description="A register file to be brought in.")
class ImportHouseholdRegisterInput:
    """Which file, where to, and how strictly."""

    community_id: strawberry.ID = strawberry.field(description="The community.")
    upload_id: strawberry.ID = strawberry.field(
        description="A complete upload of the caller's: CSV or XLSX, 5 MB and 20,000 rows at most."
    )
    mode: ImportMode = strawberry.field(
        default=ImportMode.ALL_OR_NOTHING, description="What to do when rows are refused."
    )
    idempotency_key: UUID = strawberry.field(description="A key of the client's own.")


@strawberry.type(description="The file was read; the import says what became of it.")
class HouseholdRegisterImported:
    """Also where every row was refused."""

    register_import: RegisterImport = strawberry.field(description="The import.")
    replayed: bool = strawberry.field(
        description="Whether the key, or the same whole file, had come before."
    )


ImportHouseholdRegisterResult = Annotated[
    HouseholdRegisterImported | Refused,
    strawberry.union("ImportHouseholdRegisterResult", description="Read, or refused whole."),
]

CommunityId = Annotated[
    strawberry.ID | None, strawberry.argument(description="Only those of this community.")
]


@strawberry.type
class RegisterQuery:
    """Imports, and the file to fill in."""

    @strawberry.field(description="The register imports that the caller sees, the newest first.")
    async def register_imports(
        self,
        info: Info,
        community_id: CommunityId = None,
        first: First = None,
        after: After = None,
    ) -> Connection[RegisterImport]:
        """Staff see those of their communities."""
        wanted = None
        if community_id is not None:
            wanted = node.known("area", community_id) or node.NOBODY
        of = listing("registerImports", {"community": community_id})
        asked = page(of, first, after)
        found = await queries.imports(info.context.actor, wanted, asked)
        return connection(of, found, asked, make=RegisterImport.of, key=lambda row: (row["id"],))

    @strawberry.field(
        description="An address that fetches an empty register (XLSX) for some minutes; null"
        " where nobody is signed in."
    )
    async def register_template_address(self, info: Info) -> str | None:
        """The same for everybody."""
        if info.context.actor.person_id is None:
            return None
        return await queries.template_address()


@strawberry.type
class RegisterMutation:
    """Bringing registers in."""

    @strawberry.mutation(description="Bring a household register in from an uploaded file.")
    async def import_household_register(
        self,
        info: Info,
        input: Annotated[ImportHouseholdRegisterInput, strawberry.argument(description="What.")],
    ) -> ImportHouseholdRegisterResult:
        """Safe to repeat."""
        actor = info.context.actor
        imported = await register.import_uploaded_register(
            actor,
            node.decode("area", input.community_id, path=("input", "communityId")),
            upload_id=node.decode("upload", input.upload_id, path=("input", "uploadId")),
            mode=input.mode,
            idempotency_key=input.idempotency_key,
        )
        row = (await queries.imports_by_id(actor, [imported.import_id]))[0]
        assert row is not None, "who may import sees the imports"
        return HouseholdRegisterImported(
            register_import=RegisterImport.of(row), replayed=imported.replayed
        )
