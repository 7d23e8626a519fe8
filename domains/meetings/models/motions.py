"""Motions, who seconds them, and the votes on them."""

from typing import Any

from tortoise import fields
from tortoise.models import Model

from domains.meetings.values.motions import (
    MotionKind,
    MotionState,
    VoidReason,
    VoteCall,
    VoteForm,
    VoteState,
)


class Motion(Model):
    """What somebody moves; `number` is its place in the log, and so in the stack.

    An amendment keeps the text that it was found in and its differences from it.
    """

    id = fields.UUIDField(primary_key=True)
    meeting_id = fields.UUIDField()
    item_id = fields.UUIDField(null=True)
    kind = fields.CharEnumField(MotionKind, max_length=16)
    state = fields.CharEnumField(MotionState, max_length=16)
    number = fields.IntField()
    depth = fields.SmallIntField(default=0, db_default=0)
    target_id = fields.UUIDField(null=True)
    proposer_id = fields.UUIDField()
    title = fields.CharField(max_length=120)
    text = fields.TextField()
    moved_text = fields.TextField()
    base_text = fields.TextField(null=True)
    edits: Any = fields.JSONField(null=True)
    body_id = fields.UUIDField(null=True)
    postponed_to = fields.DateField(null=True)
    recess_minutes = fields.SmallIntField(null=True)
    ruling = fields.CharField(max_length=500, null=True)
    reversed = fields.BooleanField(default=False, db_default=False)
    reason = fields.CharField(max_length=200, null=True)
    version = fields.IntField(default=1, db_default=1)
    proposed_at = fields.DatetimeField()
    stated_at = fields.DatetimeField(null=True)
    settled_at = fields.DatetimeField(null=True)
    settled_number = fields.IntField(null=True)

    class Meta:
        """One main motion a meeting, one vote at a time, and what is settled stands."""

        table = "meetings_motion"


class Seconding(Model):
    """That somebody stands behind a motion of somebody else's."""

    id = fields.UUIDField(primary_key=True)
    motion_id = fields.UUIDField()
    person_id = fields.UUIDField()
    at = fields.DatetimeField()

    class Meta:
        """Each person once."""

        table = "meetings_seconding"
        unique_together = (("motion_id", "person_id"),)


class Vote(Model):
    """A vote on a motion: the ballot box's poll holds the ballots, this row who is called."""

    id = fields.UUIDField(primary_key=True)
    meeting_id = fields.UUIDField()
    motion_id = fields.UUIDField()
    poll_id = fields.UUIDField(unique=True)
    form = fields.CharEnumField(VoteForm, max_length=20)
    call = fields.CharEnumField(VoteCall, max_length=16)
    state = fields.CharEnumField(VoteState, max_length=16)
    chair_id = fields.UUIDField()
    chair_votes = fields.BooleanField()
    present = fields.IntField()
    required = fields.IntField()
    entitled = fields.IntField()
    opened_at = fields.DatetimeField()
    closes_at = fields.DatetimeField()
    least_until = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)
    in_favour = fields.IntField(null=True)
    against = fields.IntField(null=True)
    silent = fields.IntField(null=True)
    void_reason = fields.CharEnumField(VoidReason, max_length=16, null=True)

    class Meta:
        """One open vote a meeting."""

        table = "meetings_vote"
