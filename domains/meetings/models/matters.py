"""Issues: what residents raise, followed from the report to the evaluation.

Written in SQL only, and standing in the migration with their constraints:

- `meetings_issue_support (issue_id, person_id)`: who stands behind an issue;
- `meetings_issue_picture (issue_id, position)`: uploads that belong to it;
- `meetings_assignment`, `meetings_whistle`: who has to act by when;
- `meetings_history (subject_kind, subject_id, seq)`: what happened, append-only, for all.
"""

from typing import Any

from tortoise import fields
from tortoise.models import Model

from domains.meetings.values.issues import IssueCategory, IssueState, RiskLevel, Satisfaction


class Issue(Model):
    """A matter that somebody raised; its row is locked by every command over it."""

    id = fields.UUIDField(primary_key=True)
    area_id = fields.UUIDField()
    area_path = fields.CharField(max_length=300)
    community_id = fields.UUIDField(null=True)
    proposer_id = fields.UUIDField(null=True)
    entered_by_id = fields.UUIDField(null=True)
    source_kind = fields.CharField(max_length=32, null=True)
    source_id = fields.UUIDField(null=True)
    title = fields.CharField(max_length=80)
    text = fields.TextField()
    place = fields.CharField(max_length=200, default="", db_default="")
    category = fields.CharEnumField(IssueCategory, max_length=24)
    state = fields.CharEnumField(IssueState, max_length=24)
    state_since = fields.DatetimeField()
    due_at = fields.DatetimeField(null=True)
    overdue_at = fields.DatetimeField(null=True)
    look_due_at = fields.DatetimeField(null=True)
    risk = fields.CharEnumField(RiskLevel, max_length=16, null=True)
    risk_note = fields.CharField(max_length=1000, null=True)
    assessed_by_id = fields.UUIDField(null=True)
    assessed_at = fields.DatetimeField(null=True)
    reason = fields.CharField(max_length=500, null=True)
    outcome = fields.CharField(max_length=2000, null=True)
    feedback = fields.CharField(max_length=2000, null=True)
    findings = fields.CharField(max_length=2000, null=True)
    merged_into_id = fields.UUIDField(null=True)
    poll_id = fields.UUIDField(null=True)
    ballot_decided_at = fields.DatetimeField(null=True)
    evaluation = fields.CharEnumField(Satisfaction, max_length=16, null=True)
    evaluation_text = fields.CharField(max_length=1000, null=True)
    evaluated_at = fields.DatetimeField(null=True)
    evaluation_until = fields.DatetimeField(null=True)
    reopened = fields.IntField(default=0, db_default=0)
    frozen_rules: Any = fields.JSONField()
    history_seq = fields.IntField(default=0, db_default=0)
    created_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        """What each state requires is checked by constraints in the migration."""

        table = "meetings_issue"
