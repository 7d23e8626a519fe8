"""What a draft of minutes is made from, read at one instant inside a command."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import SYSTEM
from domains.kernel.database import Row
from domains.kernel.paging import Page
from domains.meetings.rules.differences import Edit
from domains.meetings.rules.minutes_material import (
    Attended,
    Ballots,
    Entry,
    Item,
    Material,
    Moved,
    Speech,
)
from domains.meetings.values import AgendaItemKind, AttendeeKind, Capacity, LogKind, Standing
from domains.meetings.values.floor import SpeakingSide, SpeechEnd
from domains.meetings.values.motions import MotionKind, VoidReason, VoteForm, VoteState
from domains.voting import queries as ballots
from domains.voting.rules.ballots import mark_positions
from domains.voting.values import Stance

_LOG = """
SELECT seq, kind, at, actor_id, subject_id, person_id, payload::text AS payload
FROM meetings_log WHERE meeting_id = $1 ORDER BY seq
"""
_PEOPLE = """
SELECT id, person_id, capacity, kind, votes, group_name, standing, stands_in_for_id
FROM meetings_invitation WHERE meeting_id = $1 AND revoked_at IS NULL ORDER BY invited_at, id
"""
_NAMES = """
SELECT p.id, p.name FROM membership_person p WHERE p.id IN (
    SELECT person_id FROM meetings_invitation WHERE meeting_id = $1
    UNION SELECT person_id FROM meetings_log WHERE meeting_id = $1
    UNION SELECT actor_id FROM meetings_log WHERE meeting_id = $1)
"""
_ITEMS = """
SELECT i.id, i.position, i.kind, i.title FROM meetings_agenda_item i
WHERE i.meeting_id = $1 OR i.id IN (SELECT subject_id FROM meetings_log WHERE meeting_id = $1)
"""
_MOTIONS = """
SELECT o.id, o.kind, o.title, o.moved_text, o.text, o.base_text, o.edits::text AS edits,
       o.ruling, o.body_id, b.name AS body_name, o.postponed_to, o.recess_minutes
FROM meetings_motion o LEFT JOIN meetings_body b ON b.id = o.body_id
WHERE o.meeting_id = $1 ORDER BY o.number
"""
_VOTES = """
SELECT id, motion_id, poll_id, form, state, entitled, present, required, in_favour, against,
       silent, void_reason
FROM meetings_vote WHERE meeting_id = $1 ORDER BY opened_at
"""
_SPEECHES = """
SELECT id, side, group_name, limit_s, banked_ms, ending FROM meetings_request
WHERE meeting_id = $1 AND call_number IS NOT NULL
"""
_BODIES = """
SELECT id, name FROM meetings_body WHERE id::text IN (
    SELECT payload ->> 'body_id' FROM meetings_log WHERE meeting_id = $1)
"""
_MOST_NAMED = 2_000


async def material_of(meeting_id: UUID) -> Material:
    """Return what the log of a meeting tells, and what it refers to."""
    names = {row["id"]: row["name"] for row in await database.fetch(_NAMES, meeting_id)}
    return Material(
        log=[_entry(row) for row in await database.fetch(_LOG, meeting_id)],
        people=[_attended(row) for row in await database.fetch(_PEOPLE, meeting_id)],
        names=names,
        items={row["id"]: _item(row) for row in await database.fetch(_ITEMS, meeting_id)},
        motions={row["id"]: _moved(row) for row in await database.fetch(_MOTIONS, meeting_id)},
        votes={row["id"]: await _ballots(row) for row in await database.fetch(_VOTES, meeting_id)},
        speeches={row["id"]: _speech(row) for row in await database.fetch(_SPEECHES, meeting_id)},
        bodies={row["id"]: row["name"] for row in await database.fetch(_BODIES, meeting_id)},
    )


def _entry(row: Row) -> Entry:
    return Entry(
        seq=row["seq"],
        kind=LogKind(row["kind"]),
        at=row["at"],
        actor_id=row["actor_id"],
        subject_id=row["subject_id"],
        person_id=row["person_id"],
        said=json.loads(row["payload"]),
    )


def _attended(row: Row) -> Attended:
    return Attended(
        invitation_id=row["id"],
        person_id=row["person_id"],
        capacity=Capacity(row["capacity"]),
        kind=AttendeeKind(row["kind"]),
        votes=row["votes"],
        group_name=row["group_name"],
        standing=Standing(row["standing"]),
        stands_in_for_id=row["stands_in_for_id"],
    )


def _item(row: Row) -> Item:
    return Item(row["position"], AgendaItemKind(row["kind"]), row["title"])


def _moved(row: Row) -> Moved:
    edits: list[dict[str, Any]] = json.loads(row["edits"]) if row["edits"] else []
    return Moved(
        kind=MotionKind(row["kind"]),
        title=row["title"],
        moved_text=row["moved_text"],
        text=row["text"],
        base_text=row["base_text"],
        edits=[Edit(**each) for each in edits],
        ruling=row["ruling"],
        body_name=row["body_name"],
        postponed_to=row["postponed_to"],
        recess_minutes=row["recess_minutes"],
    )


async def _ballots(row: Row) -> Ballots:
    form, state = VoteForm(row["form"]), VoteState(row["state"])
    by_name = form is VoteForm.ROLL_CALL and state in {VoteState.CARRIED, VoteState.LOST}
    called = await _called(row["poll_id"]) if by_name else {}
    return Ballots(
        motion_id=row["motion_id"],
        form=form,
        state=state,
        entitled=row["entitled"],
        present=row["present"],
        required=row["required"],
        in_favour=row["in_favour"],
        against=row["against"],
        silent=row["silent"],
        void_reason=VoidReason(row["void_reason"]) if row["void_reason"] else None,
        names_for=called.get(Stance.FOR, ()),
        names_against=called.get(Stance.AGAINST, ()),
    )


async def _called(poll_id: UUID) -> Mapping[Stance, Sequence[str]]:
    """Return who voted how where names were called: no other vote is told by name."""
    (options,) = await ballots.options_by_poll(SYSTEM, [poll_id])
    stances = {row["position"]: Stance(row["stance"]) for row in options if row["stance"]}
    rows = (await ballots.roll_call(SYSTEM, poll_id, Page(_MOST_NAMED, None))).rows
    found: dict[Stance, list[str]] = {}
    for row in rows:
        for position in mark_positions(row["marks"]):
            if position in stances:
                found.setdefault(stances[position], []).append(row["name"])
    return found


def _speech(row: Row) -> Speech:
    return Speech(
        side=SpeakingSide(row["side"]),
        group_name=row["group_name"],
        limit_s=row["limit_s"],
        spoken_ms=row["banked_ms"],
        ending=SpeechEnd(row["ending"]) if row["ending"] else None,
    )
