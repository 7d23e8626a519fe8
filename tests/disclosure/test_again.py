"""Sent again from a lift: the same command with its key is done once and answers as before."""

from uuid import uuid4

import pytest

from domains.disclosure.errors import NotADraft
from domains.disclosure.service import approving, display, drafting, obligations
from domains.kernel import database
from domains.kernel.errors import IdempotencyKeyReused, NotFound
from jobs import disclosure as jobs
from schema import node
from tests.disclosure import factories
from tests.disclosure.test_graphql import APPROVE, keyed
from tests.voting.asking import done


async def written() -> list[list[dict[str, object]]]:
    """All that a version's way writes, and what is told of it."""
    return [
        [dict(row) for row in await database.fetch(f"SELECT * FROM {table} ORDER BY 1, 2, 3")]
        for table in (
            "disclosure_disclosure",
            "disclosure_version",
            "disclosure_step",
            "disclosure_obligation",
            "kernel_outbox",
            "kernel_audit",
        )
    ]


async def test_each_step_sent_again_is_one_step_and_answers_as_before(db):
    town = await factories.a_town()
    draft = await factories.a_draft(town)
    keys = [uuid4() for _ in range(5)]
    takers = (town.supervisor, town.reviewer, town.approver)

    async def all_of_it() -> list[bool]:
        return [
            await approving.submit_disclosure(town.writer, draft, idempotency_key=keys[0]),
            *[
                await approving.approve_disclosure(each, draft, number=1, idempotency_key=key)
                for each, key in zip(takers, keys[1:4], strict=True)
            ],
            await approving.publish_disclosure(
                town.writer, draft, number=1, idempotency_key=keys[4]
            ),
        ]

    first = await all_of_it()
    stands = await written()

    assert (first, await all_of_it()) == ([False] * 5, [True] * 5)
    assert await written() == stands


async def test_without_its_key_a_repetition_is_refused(db):
    town = await factories.a_town()
    draft = await factories.a_draft(town)
    await approving.submit_disclosure(town.writer, draft, idempotency_key=uuid4())
    stands = await written()

    with pytest.raises(NotADraft):
        await approving.submit_disclosure(town.writer, draft, idempotency_key=uuid4())

    assert await written() == stands


async def test_a_key_of_one_step_takes_no_other(db):
    town = await factories.a_town()
    draft, other = await factories.a_draft(town), await factories.a_draft(town)
    for each in (draft, other):
        await approving.submit_disclosure(town.writer, each)
    key = uuid4()
    await approving.approve_disclosure(town.supervisor, draft, number=1, idempotency_key=key)
    stands = await written()

    with pytest.raises(IdempotencyKeyReused):
        await approving.approve_disclosure(town.supervisor, other, number=1, idempotency_key=key)
    with pytest.raises(NotFound):
        await approving.approve_disclosure(town.resident, draft, number=1, idempotency_key=key)

    assert await written() == stands


async def test_what_was_handed_in_sent_back_and_arrives_again_is_not_handed_in_anew(db):
    town = await factories.a_town()
    draft = await factories.a_draft(town)
    submitted, returned = uuid4(), uuid4()
    await approving.submit_disclosure(town.writer, draft, idempotency_key=submitted)
    await approving.return_disclosure(
        town.supervisor, draft, number=1, reason="请写明时间", idempotency_key=returned
    )
    stands = await written()

    again = [
        await approving.submit_disclosure(town.writer, draft, idempotency_key=submitted),
        await approving.return_disclosure(
            town.supervisor, draft, number=1, reason="请写明时间", idempotency_key=returned
        ),
    ]

    assert again == [True, True]
    assert await written() == stands


async def test_a_draft_given_up_taken_down_or_waived_twice_is_once(db):
    town = await factories.a_town()
    await factories.adopted(town, "R01")
    await jobs.make_obligations()
    duty = await database.fetch_value("SELECT id FROM disclosure_obligation")
    draft, public = await factories.a_draft(town), await factories.a_disclosure(town)
    keys = [uuid4() for _ in range(3)]

    async def all_of_it() -> list[bool]:
        return [
            await drafting.discard_draft(town.writer, draft, idempotency_key=keys[0]),
            await display.take_down_disclosure(
                town.writer, public, reason="公示期满", idempotency_key=keys[1]
            ),
            await obligations.waive_obligation(
                town.approver, duty, reason="已在上级平台公开", idempotency_key=keys[2]
            ),
        ]

    first = await all_of_it()
    stands = await written()

    assert (first, await all_of_it()) == ([False] * 3, [True] * 3)
    assert await written() == stands


async def test_a_phone_in_a_lift_is_answered_the_same(db):
    town = await factories.a_town()
    draft = await factories.a_draft(town)
    await approving.submit_disclosure(town.writer, draft)
    step = keyed(disclosureId=node.encode("disclosure", draft), number=1)

    first, again = [await done(town.supervisor, APPROVE, input=step) for _ in range(2)]

    assert (first["replayed"], again["replayed"]) == (False, True)
    assert again["disclosure"] == first["disclosure"]
