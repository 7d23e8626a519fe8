"""Exchange with the ministry's system, in the contract: sent, answered, refused, differing."""

from datetime import datetime
from typing import Annotated

import strawberry

from domains.volunteering.queries import exchange
from domains.volunteering.service import exchanging
from domains.volunteering.values.exchange import ExchangeState
from schema import node
from schema.connection import After, Connection, First, connection, listing, page
from schema.context import LOADS, Info
from schema.enums import describe
from schema.errors import Refused
from schema.volunteering.inputs import Argument
from schema.volunteering.queries import Within, path_of
from schema.volunteering.records import ServiceRecord

describe(
    ExchangeState,
    "How a record stands between both ends of an exchange.",
    UNSENT="To be sent: never sent, or changed or revoked since.",
    UNANSWERED="Sent; the other end has not answered what was sent last.",
    ACCEPTED="The other end has what was sent last.",
    REFUSED="The other end refused what was sent last.",
    DIFFERS="The other end answered something that was never sent: look into it.",
)


@strawberry.type(description="How many of an area's records stand how between both ends.")
class ExchangeReport:
    """For who keeps the area's records; nothing for others."""

    unsent: int = strawberry.field(description="To be sent.")
    unanswered: int = strawberry.field(description="Sent and not answered.")
    accepted: int = strawberry.field(description="Accepted as sent last.")
    refused: int = strawberry.field(description="Refused.")
    differing: int = strawberry.field(description="Answered otherwise than sent.")


@strawberry.type(description="A record as it stands between both ends of an exchange.")
class ExchangedRecord:
    """What was sent under which key, and what was answered."""

    key: str | None = strawberry.field(description="Its key; null until it is sent.")
    state: ExchangeState = strawberry.field(description="How it stands.")
    version: int | None = strawberry.field(description="The version that was sent last.")
    is_revoked: bool | None = strawberry.field(description="Whether it was sent as revoked.")
    times: int | None = strawberry.field(description="How often it was sent.")
    first_sent_at: datetime | None = strawberry.field(description="When it was sent first.")
    last_sent_at: datetime | None = strawberry.field(description="When it was sent last.")
    answered_at: datetime | None = strawberry.field(description="When an answer came in.")
    answer_reason: str | None = strawberry.field(description="Why it was refused.")
    record_id: strawberry.ID = strawberry.field(description="The record's id.")

    @strawberry.field(description="The record, as the caller sees it.", metadata=LOADS)
    async def record(self, info: Info) -> ServiceRecord | None:
        """Load it with those of the other lines."""
        uuid = node.known("service_record", self.record_id)
        return None if uuid is None else await ServiceRecord.load(info, uuid)


@strawberry.input(description="Records to be exchanged with the ministry's system.")
class ExportServiceRecordsInput:
    """Of which area, and after which record."""

    area_id: strawberry.ID = strawberry.field(description="The area, with what lies in it.")
    after: str | None = strawberry.field(
        default=None, description="The record number after which to go on."
    )


@strawberry.input(description="What the other end answered.")
class ImportExchangeAnswersInput:
    """One JSON object a line: key, sha256, answer (accepted or refused), reason."""

    area_id: strawberry.ID = strawberry.field(description="The area that the records lie in.")
    lines: str = strawberry.field(description="The file, 500 lines at most.")


@strawberry.type(description="Records in JSON Lines; each has a key and a hash of its own.")
class ServiceRecordsExported:
    """Sending them again changes nothing at the other end."""

    lines: str = strawberry.field(description="The file, 500 lines at most.")
    count: int = strawberry.field(description="How many lines.")
    go_on_after: str | None = strawberry.field(
        description="Give this back as `after` to go on; null where that was all."
    )


@strawberry.type(description="What a file of answers said; the same file again changes nothing.")
class ExchangeAnswersImported:
    """Lines that say nothing known are told by number and leave the others be."""

    accepted: int = strawberry.field(description="Accepted as sent last.")
    refused: int = strawberry.field(description="Refused.")
    differing: int = strawberry.field(description="Answered otherwise than was ever sent.")
    outdated: int = strawberry.field(description="Answers to what has changed since.")
    unknown_lines: list[int] = strawberry.field(
        description="The numbers of lines that name what was never sent from the area."
    )
    malformed_lines: list[int] = strawberry.field(
        description="The numbers of lines that are no answers."
    )


ExportServiceRecordsResult = Annotated[
    ServiceRecordsExported | Refused,
    strawberry.union("ExportServiceRecordsResult", description="The lines, or why not."),
]
ImportExchangeAnswersResult = Annotated[
    ExchangeAnswersImported | Refused,
    strawberry.union("ImportExchangeAnswersResult", description="What they said, or why not."),
]
InState = Annotated[ExchangeState | None, strawberry.argument(description="Records that stand so.")]


@strawberry.type
class ExchangeQuery:
    """Comparing both ends."""

    @strawberry.field(
        description="How many of an area's records were sent, answered, refused or differ, for"
        " who keeps them; zeros for others."
    )
    async def exchange_report(self, info: Info, area_id: Within) -> ExchangeReport:
        """Count them."""
        found = await exchange.counts(info.context.actor, await path_of(area_id))
        return ExchangeReport(
            unsent=found[ExchangeState.UNSENT],
            unanswered=found[ExchangeState.UNANSWERED],
            accepted=found[ExchangeState.ACCEPTED],
            refused=found[ExchangeState.REFUSED],
            differing=found[ExchangeState.DIFFERS],
        )

    @strawberry.field(
        description="An area's records that were sent or are to be, by number, for who keeps them."
    )
    async def exchanged_records(
        self,
        info: Info,
        area_id: Within,
        state: InState = None,
        first: First = None,
        after: After = None,
    ) -> Connection[ExchangedRecord]:
        """Read a page of them."""
        path = await path_of(area_id)
        of = listing("exchangedRecords", {"path": path, "state": state})
        at = page(of, first, after)
        found = await exchange.exchanged(info.context.actor, path, state=state, page=at)
        return connection(
            of,
            found,
            at,
            make=lambda row: ExchangedRecord(
                state=ExchangeState(row["exchange_state"]),
                is_revoked=row["revoked"],
                record_id=node.encode("service_record", row["id"]),
                **{name: row[name] for name in _PLAIN},
            ),
            key=lambda row: (row["number"],),
        )


_PLAIN = (
    *("key", "version", "times", "first_sent_at", "last_sent_at", "answered_at"),
    "answer_reason",
)


@strawberry.type
class ExchangeMutation:
    """Sending and taking in."""

    @strawberry.mutation(
        description="Write records of who consented as JSON Lines, to be sent to the ministry's"
        " system; sent twice they are taken once."
    )
    async def export_service_records(
        self, info: Info, input: Annotated[ExportServiceRecordsInput, Argument]
    ) -> ExportServiceRecordsResult:
        """Write them."""
        after = input.after or "0"
        made = await exchanging.export_records(
            info.context.actor,
            node.decode("area", input.area_id, path=("input", "areaId")),
            after=int(after) if after.isascii() and after.isdigit() and len(after) < 19 else 0,
        )
        return ServiceRecordsExported(
            lines=made.lines,
            count=made.count,
            go_on_after=None if made.go_on_after is None else str(made.go_on_after),
        )

    @strawberry.mutation(
        description="Take in a file of what the other end answered; twice is the same as once."
    )
    async def import_exchange_answers(
        self, info: Info, input: Annotated[ImportExchangeAnswersInput, Argument]
    ) -> ImportExchangeAnswersResult:
        """Take it in."""
        made = await exchanging.import_answers(
            info.context.actor,
            node.decode("area", input.area_id, path=("input", "areaId")),
            input.lines,
        )
        return ExchangeAnswersImported(
            accepted=made.accepted,
            refused=made.refused,
            differing=made.differing,
            outdated=made.outdated,
            unknown_lines=list(made.unknown_lines),
            malformed_lines=list(made.malformed_lines),
        )
