"""Resolutions: what was decided, who does it by when, and whether it was kept.

Written in SQL only, and standing in the migration with their constraints:

- `meetings_progress (resolution_id, seq)`: reports with their evidence, append-only;
- `meetings_progress_evidence (resolution_id, seq, position)`: uploads that belong to them;
- `meetings_resolution_evaluation (resolution_id, round, person_id)`: what residents say.
"""

from typing import Any

from tortoise import fields
from tortoise.models import Model

from domains.meetings.values.issues import HandlerKind
from domains.meetings.values.resolutions import ResolutionSource, ResolutionState


class Resolution(Model):
    """Something that is to be done, by somebody, by a day; followed until it was kept."""

    id = fields.UUIDField(primary_key=True)
    area_id = fields.UUIDField()
    area_path = fields.CharField(max_length=300)
    community_id = fields.UUIDField(null=True)
    meeting_id = fields.UUIDField(null=True)
    source_kind = fields.CharEnumField(ResolutionSource, max_length=16)
    source_id = fields.UUIDField()
    issue_id = fields.UUIDField(null=True)
    proposer_id = fields.UUIDField(null=True)
    title = fields.CharField(max_length=120)
    text = fields.CharField(max_length=4000)
    handler_kind = fields.CharEnumField(HandlerKind, max_length=16)
    handler_id = fields.UUIDField()
    state = fields.CharEnumField(ResolutionState, max_length=16)
    due_on = fields.DateField()
    due_at = fields.DatetimeField()
    overdue_at = fields.DatetimeField(null=True)
    percent = fields.SmallIntField(default=0, db_default=0)
    round = fields.SmallIntField(default=1, db_default=1)
    evaluation_until = fields.DatetimeField(null=True)
    reason = fields.CharField(max_length=500, null=True)
    frozen_rules: Any = fields.JSONField()
    progress_seq = fields.IntField(default=0, db_default=0)
    history_seq = fields.IntField(default=0, db_default=0)
    author_id = fields.UUIDField(null=True)
    adopted_at = fields.DatetimeField()
    done_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        """A motion leads to one resolution at most."""

        table = "meetings_resolution"
