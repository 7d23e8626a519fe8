"""Batches of papers from files: each reader's own, refused by rows, compared as typed ones are."""

import hashlib
import io
from uuid import uuid4

import pytest
import xlsxwriter

from domains.kernel import clock, database, storage
from domains.kernel.actor import Actor
from domains.kernel.errors import Forbidden, NotFound
from domains.membership.errors import RegisterColumnsWrong, RegisterEmpty, RegisterFileUnreadable
from domains.voting.errors import BatchSettled, EnteredTwice
from domains.voting.rules.paper import LineVerdict
from domains.voting.rules.paper_sheets import LineDraft, read
from domains.voting.service import paper, paper_files
from domains.voting.values import Secrecy
from schema import node
from tests import factories
from tests.voting.asking import ask
from tests.voting.factories import a_draft, a_town, an_open_poll
from tests.voting.test_paper import a_batch, closed, count, issued_to, line, state_of

HEADING = "结论,选项,名册号,理由"
ENTER = """
mutation ($input: EnterPaperBatchFileInput!) {
  enterPaperBatchFile(input: $input) {
    __typename
    ... on PaperBatchPayload { batch { state entries returned void } }
    ... on PaperFileRefused { refusedCount rows { row column code message } }
    ... on UserError { code path }
  }
}
"""


def csv(*rows: str, heading: str = HEADING) -> bytes:
    return "\n".join((heading, *rows)).encode()


def xlsx(*rows: tuple[object, ...], heading: str = HEADING) -> bytes:
    buffer = io.BytesIO()
    workbook = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = workbook.add_worksheet()
    for row, cells in enumerate((tuple(heading.split(",")), *rows)):
        for column, cell in enumerate(cells):
            sheet.write(row, column, cell)
    workbook.close()
    return buffer.getvalue()


async def uploaded(owner: Actor, content: bytes):
    """A completed upload of the owner's, as the kernel keeps it."""
    upload_id, digest = uuid4(), hashlib.sha256(content).digest()
    store = storage.current()
    await store.write(storage.incoming_key(upload_id), _once(content), most_bytes=len(content))
    async with store.hold(storage.incoming_key(upload_id)) as held:
        await store.keep(held)
    await database.execute(
        "INSERT INTO kernel_upload (id, owner_id, file_name, media_type, sniffed_type, size_bytes,"
        " state, created_at, sha256, completed_at)"
        " VALUES ($1, $2, '选票.csv', 'text/csv', 'text/csv', $3, 'complete', $4, $5, $4)",
        *(upload_id, owner.person_id, len(content), await clock.now(), digest),
    )
    return upload_id


async def _once(content):
    yield content


async def enter(reader, batch_id, content):
    upload_id = await uploaded(reader, content)
    return await paper_files.enter_paper_batch_file(reader, batch_id, upload_id)


def told(refused):
    return [(each.row, each.column, each.refusal.code) for each in refused]


async def a_closed_poll(moved_clock, *, secrecy=Secrecy.OPEN, residents=3):
    """A poll whose voters were all given a paper; its town, two readers, numbers, a batch."""
    town = await a_town(residents=residents)
    second = await factories.a_committee_member(town.community)
    poll_id = await an_open_poll(town, await a_draft(secrecy=secrecy))
    numbers = await issued_to(town, poll_id, *town.residents)
    await closed(moved_clock)
    return town, second, numbers, await a_batch(town.committee, poll_id)


async def test_two_readers_files_that_say_the_same_count(moved_clock):
    town, second, (one, two, three), batch_id = await a_closed_poll(moved_clock)
    first_file = csv(f"有效,1,{one},", f"空白,,{two},", f"废票,,{three},涂改")
    second_file = xlsx(("废票", "", three, "看不清"), ("有效", 1, one), ("空白", None, two))

    refused = await enter(town.committee, batch_id, first_file)
    between = await state_of(batch_id)
    refused += await enter(second, batch_id, second_file)

    assert refused == ()
    assert (between, await state_of(batch_id)) == ("entered", "agreed")
    assert await count("voting_ballot") == 2
    assert await count("kernel_upload") == 0  # what was entered is not kept beside itself


async def test_a_file_is_compared_with_what_the_other_typed_in(moved_clock):
    town, second, (one, *_), batch_id = await a_closed_poll(moved_clock)

    await paper.enter_paper_batch(town.committee, batch_id, [line(1, voter=one)])
    await enter(second, batch_id, csv(f"有效,2,{one},"))

    assert await state_of(batch_id) == "differs"


async def test_a_secret_polls_file_names_nobody(moved_clock):
    town, second, (one, *_), batch_id = await a_closed_poll(moved_clock, secrecy=Secrecy.SECRET)

    named = await enter(town.committee, batch_id, csv(f"有效,1,{one},", "有效,2,,"))
    await enter(town.committee, batch_id, csv("有效,1,,", "有效,2,,"))
    await enter(second, batch_id, csv("VALID,2", "valid,1", heading="verdict,options"))

    assert told(named) == [(2, None, "LINE_UNFIT")]
    assert await state_of(batch_id) == "agreed"


async def test_every_row_at_fault_is_told_and_nothing_is_entered(moved_clock):
    town, _, (one, two, _), batch_id = await a_closed_poll(moved_clock)

    refused = await enter(
        town.committee,
        batch_id,
        csv(
            f"有效,1,{one},",
            f"可能,1,{two},",
            f"有效,一,{two},",
            f"有效,9,{two},",
            "有效,1,98,",
            f"有效,1,{one},",
            f"废票,,{two},",
            f"=1+1,1,{two},",
            "",
        ),
    )

    assert told(refused) == [
        (3, "verdict", "VERDICT_UNKNOWN"),
        (4, "options", "FIGURE_UNREADABLE"),
        (5, None, "OPTION_UNKNOWN"),
        (6, "voter", "PAPER_NOT_ISSUED"),
        (7, "voter", "VOTER_REPEATED"),
        (8, None, "LINE_UNFIT"),
        (9, "verdict", "FORMULA_IN_CELL"),
    ]
    assert await state_of(batch_id) == "open"
    assert await count("voting_paper_entry") == 0
    assert await count("voting_paper_line") == 0


async def test_a_formula_in_a_workbook_is_refused_whatever_it_gave(moved_clock):
    town, _, (one, two, _), batch_id = await a_closed_poll(moved_clock)

    refused = await enter(
        town.committee, batch_id, xlsx(("有效", 1, one), ("有效", "=1+0", two, ""))
    )

    assert told(refused) == [(3, "options", "FORMULA_IN_CELL")]
    assert await state_of(batch_id) == "open"


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"PK\x03\x04 not a workbook", RegisterFileUnreadable),
        (csv("1", heading="选项"), RegisterColumnsWrong),
        (csv("有效,1", heading="结论,verdict"), RegisterColumnsWrong),
        (csv(), RegisterEmpty),
    ],
)
async def test_a_file_that_cannot_be_read_is_refused_whole(moved_clock, content, refusal):
    town, _, _, batch_id = await a_closed_poll(moved_clock)

    with pytest.raises(refusal):
        await enter(town.committee, batch_id, content)

    assert await state_of(batch_id) == "open"


async def test_the_same_person_does_not_enter_both_files(moved_clock):
    town, second, (one, *_), batch_id = await a_closed_poll(moved_clock)
    content = csv(f"有效,1,{one},")
    await enter(town.committee, batch_id, content)

    with pytest.raises(EnteredTwice):
        await enter(town.committee, batch_id, content)
    await enter(second, batch_id, content)
    with pytest.raises(BatchSettled):
        await enter(second, batch_id, content)

    assert await count("voting_paper_entry") == 2


async def test_nobody_enters_anothers_file_nor_into_a_batch_that_they_do_not_conduct(moved_clock):
    town, second, (one, *_), batch_id = await a_closed_poll(moved_clock)
    content = csv(f"有效,1,{one},")
    upload_id = await uploaded(town.committee, content)

    with pytest.raises(NotFound):
        await paper_files.enter_paper_batch_file(second, batch_id, upload_id)
    with pytest.raises(Forbidden):
        await enter(town.residents[0], batch_id, content)
    with pytest.raises(NotFound):
        await enter(await factories.a_committee_member(), batch_id, content)

    assert await count("voting_paper_entry") == 0


async def test_a_file_is_entered_through_the_contract(moved_clock):
    town, second, (one, *_), batch_id = await a_closed_poll(moved_clock)
    batch = node.encode("paper_batch", batch_id)

    async def sent(reader, content, **changes):
        upload = node.encode("upload", await uploaded(reader, content))
        given = {"batchId": batch, "uploadId": upload} | changes
        return (await ask(reader, ENTER, input=given))["enterPaperBatchFile"]

    wrong = await sent(town.committee, csv(f"对,1,{one},"))
    first = await sent(town.committee, csv(f"有效,1,{one},"))
    agreed = await sent(second, csv(f"有效,1,{one},"))
    foreign = await sent(await factories.a_committee_member(), csv(f"有效,1,{one},"))
    nonsense = await sent(second, csv("有效,1,1,"), uploadId="nonsense")

    assert wrong == {
        "__typename": "PaperFileRefused",
        "refusedCount": 1,
        "rows": [
            {
                "row": 2,
                "column": "verdict",
                "code": "VERDICT_UNKNOWN",
                "message": "“结论”须为:有效、空白、废票或作废。",
            }
        ],
    }
    assert first["batch"]["state"] == "ENTERED"
    assert agreed["batch"] == {"state": "AGREED", "entries": 2, "returned": 1, "void": 0}
    assert foreign == {"__typename": "Refused", "code": "NOT_FOUND", "path": ["input", "batchId"]}
    assert nonsense["code"] == "NOT_FOUND"


def test_a_sheet_reads_rankings_and_values():
    sheet = read(
        [
            ["理由", "评分", "结论", "选项", "别的"],
            ["", "", "有效", "3、1 2", "x"],
            ["", "1=5; 2：4 3:0", "valid", "", ""],
            ["", "", "", "", ""],
            ["交换", "", "作废"],
        ]
    )

    assert sheet.refused == ()
    assert sheet.drafts == {
        2: LineDraft(LineVerdict.VALID, (3, 1, 2)),
        3: LineDraft(LineVerdict.VALID, values=((1, 5), (2, 4), (3, 0))),
        5: LineDraft(LineVerdict.SPOILED, reason="交换"),
    }
