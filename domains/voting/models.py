"""Voting's tables.

Polls and options are models, because commands change them one at a time. What is
written once a voter (roll entries, participations, ballots, receipts) is written and
counted in SQL only and stands in the migrations, where its constraints are:

- `voting_roll_entry (poll_id, voter_id)`: the frozen roll;
- `voting_participation (poll_number, voter_number)`: who has cast, over all channels, once;
- `voting_ballot (poll_number, voter_number, revision)`: named ballots, append-only;
- `voting_sealed_ballot`, `voting_receipt`: detached ballots and their receipts after close;
- `voting_staging_<poll>`: detached ballots while a secret poll is open; dropped at close.

What there is one of for each voter and poll names both by small numbers: the poll's own,
which the database gives it, and the voter's place on its roll.
"""

from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from domains.voting.rules.forms import BallotForm
from domains.voting.rules.records import CountingRule
from domains.voting.values import (
    ElectorateKind,
    Outcome,
    ParentRelation,
    PollMethod,
    PollState,
    Secrecy,
    Stance,
)


class Poll(Model):
    """A question that a frozen roll answers between two instants."""

    id = fields.UUIDField(primary_key=True)
    area_id = fields.UUIDField()
    area_path = fields.CharField(max_length=300)
    author_id = fields.UUIDField(null=True)
    title = fields.CharField(max_length=120)
    body = fields.TextField(default="", db_default="")
    method = fields.CharEnumField(PollMethod, max_length=16)
    secrecy = fields.CharEnumField(Secrecy, max_length=16)
    state = fields.CharEnumField(PollState, max_length=16)
    least_choices = fields.SmallIntField()
    most_choices = fields.SmallIntField()
    opens_at = fields.DatetimeField()
    closes_at = fields.DatetimeField()
    rule_code = fields.CharField(max_length=60)
    electorate = fields.CharEnumField(
        ElectorateKind, max_length=16, default=ElectorateKind.PERSONS, db_default="persons"
    )
    seats = fields.SmallIntField(default=1, db_default=1)
    budget_fen = fields.BigIntField(null=True)
    counting_rule = fields.CharEnumField(CountingRule, max_length=24, null=True)
    ballot_form = fields.CharEnumField(BallotForm, max_length=16, null=True)
    highest = fields.IntField(null=True)
    minimum_score = fields.BigIntField(default=0, db_default=0)
    most_points = fields.IntField(null=True)
    parent_poll_id = fields.UUIDField(null=True)
    parent_relation = fields.CharEnumField(ParentRelation, max_length=16, null=True)
    subject_kind = fields.CharField(max_length=40, null=True)
    subject_id = fields.UUIDField(null=True)
    quorum_override: Any = fields.JSONField(null=True)
    frozen_rules: Any = fields.JSONField(null=True)
    roll_size = fields.IntField(null=True)
    roll_fingerprint = fields.BinaryField(null=True)
    outcome = fields.CharEnumField(Outcome, max_length=16, null=True)
    result = fields.TextField(null=True)
    version = fields.IntField(default=1, db_default=1)
    created_at = fields.DatetimeField()
    submitted_at = fields.DatetimeField(null=True)
    roll_published_at = fields.DatetimeField(null=True)
    objections_until = fields.DatetimeField(null=True)
    nominations_until = fields.DatetimeField(null=True)
    least_candidates = fields.SmallIntField(null=True)
    published_at = fields.DatetimeField(null=True)
    closed_at = fields.DatetimeField(null=True)
    tallied_at = fields.DatetimeField(null=True)
    extended_at = fields.DatetimeField(null=True)
    reminded_at = fields.DatetimeField(null=True)
    roll_reminded_at = fields.DatetimeField(null=True)
    certified_at = fields.DatetimeField(null=True)
    publicised_at = fields.DatetimeField(null=True)
    publicity_until = fields.DatetimeField(null=True)
    final_at = fields.DatetimeField(null=True)
    annulled_at = fields.DatetimeField(null=True)
    annul_reason = fields.CharField(max_length=500, null=True)
    cancelled_at = fields.DatetimeField(null=True)
    cancel_reason = fields.CharField(max_length=500, null=True)

    class Meta:
        """What each state requires is checked by constraints in the migration."""

        table = "voting_poll"


class Option(Model):
    """One option of a poll, at its place on the paper."""

    id = fields.UUIDField(primary_key=True)
    poll: fields.ForeignKeyRelation[Poll] = fields.ForeignKeyField(
        "voting.Poll", related_name=False, on_delete=fields.CASCADE
    )
    position = fields.SmallIntField()
    label = fields.CharField(max_length=120)
    description = fields.CharField(max_length=2000, default="", db_default="")
    stance = fields.CharEnumField(Stance, max_length=16, null=True)
    cost_fen = fields.BigIntField(null=True)
    write_in = fields.BooleanField(default=False, db_default=False)

    poll_id: UUID

    class Meta:
        """One option a place."""

        table = "voting_option"
        unique_together = (("poll", "position"),)
