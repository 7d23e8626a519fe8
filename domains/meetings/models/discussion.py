"""Comments in threads, and short statements that many answer.

Written in SQL only, and standing in the migration with their constraints:

- `meetings_comment_revision (comment_id, version)`: earlier texts, append-only;
- `meetings_comment_reaction (comment_id, person_id)`: one answer without words a reader;
- `meetings_report`, `meetings_hiding`: moderation of comments and statements;
- `meetings_statement_answer (statement_id, person_id)`: agree, disagree or pass, once.
"""

from tortoise import fields
from tortoise.models import Model

from domains.meetings.values.discussion import Side, SubjectKind


class Comment(Model):
    """What somebody says of an issue, an agenda item or a meeting; a thread is its first one."""

    id = fields.UUIDField(primary_key=True)
    subject_kind = fields.CharEnumField(SubjectKind, max_length=16)
    subject_id = fields.UUIDField()
    area_path = fields.CharField(max_length=300)
    community_id = fields.UUIDField(null=True)
    thread_id = fields.UUIDField()
    parent_id = fields.UUIDField(null=True)
    author_id = fields.UUIDField()
    side = fields.CharEnumField(Side, max_length=16)
    text = fields.CharField(max_length=2000)
    version = fields.IntField(default=1, db_default=1)
    created_at = fields.DatetimeField()
    edited_at = fields.DatetimeField(null=True)
    withdrawn_at = fields.DatetimeField(null=True)
    hidden_at = fields.DatetimeField(null=True)

    class Meta:
        """A reply is in the thread of what it answers, about the same subject."""

        table = "meetings_comment"


class Statement(Model):
    """One short sentence to agree or disagree with."""

    id = fields.UUIDField(primary_key=True)
    subject_kind = fields.CharEnumField(SubjectKind, max_length=16)
    subject_id = fields.UUIDField()
    area_path = fields.CharField(max_length=300)
    community_id = fields.UUIDField(null=True)
    author_id = fields.UUIDField()
    text = fields.CharField(max_length=140)
    created_at = fields.DatetimeField()
    hidden_at = fields.DatetimeField(null=True)

    class Meta:
        """No sentence stands twice with one subject."""

        table = "meetings_statement"
