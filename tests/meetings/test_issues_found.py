"""Issues that the platform found: nobody's, one of each source, and handled like all others."""

from uuid import uuid4

import asyncpg
import pytest

from domains.kernel import database
from domains.kernel.database import transaction
from domains.meetings.models import Issue
from domains.meetings.service import issue_steps, issues
from domains.meetings.values.issues import IssueState
from tests.meetings.matters import NOISE, a_draft, a_place, an_issue


async def found(place, source_id=None):
    """An issue that nobody raised."""
    async with transaction():
        return await issues.raise_found(
            place.community.id, a_draft(), source=("shortage", source_id or uuid4())
        )


async def supporters(issue_id):
    rows = await database.fetch(
        "SELECT person_id FROM meetings_issue_support WHERE issue_id = $1", issue_id
    )
    return {row["person_id"] for row in rows}


async def test_one_issue_is_raised_of_a_source(db):
    place, source_id = await a_place(), uuid4()

    first, again = await found(place, source_id), await found(place, source_id)

    (issue,) = await Issue.all()
    assert (first, again) == (issue.id, None)
    assert (issue.proposer_id, issue.source_kind, issue.source_id) == (None, "shortage", source_id)


async def test_what_is_merged_into_a_found_issue_brings_who_raised_and_supports_it(db):
    place = await a_place()
    into, other = await found(place), await an_issue(place)
    await issues.support_issue(place.residents[1], other)

    await issue_steps.merge_issue(place.committee, other, into_id=into, reason="内容相同")

    assert await supporters(into) == {place.lin.person_id, place.residents[1].person_id}


async def test_a_found_issue_that_is_merged_brings_its_supporters_and_nobody_else(db):
    place = await a_place()
    into, other = await an_issue(place), await found(place)
    await issues.support_issue(place.residents[1], other)

    await issue_steps.merge_issue(place.committee, other, into_id=into, reason="内容相同")

    assert await supporters(into) == {place.residents[1].person_id}


async def test_a_found_issue_is_taken_up_by_the_committee(db):
    place = await a_place()
    issue_id = await found(place)

    await issue_steps.triage_issue(place.committee, issue_id, category=NOISE)

    assert (await Issue.get(id=issue_id)).state is IssueState.TRIAGED


async def test_an_issue_is_somebodys_or_found_from_something(db):
    place = await a_place()
    issue_id = await an_issue(place)

    with pytest.raises(asyncpg.CheckViolationError):
        await database.execute(
            "UPDATE meetings_issue SET proposer_id = NULL WHERE id = $1", issue_id
        )

    assert (await Issue.get(id=issue_id)).proposer_id == place.lin.person_id
