"""The ledger's tables.

Accounts are a model, because commands open and close them. What moves is written once and
read in SQL only, and stands in the migrations, where its constraints are:

- `timebank_transfer`: who asked for how many minutes to go from where to where, and why;
- `timebank_resolution (transfer_id)`: how a pending transfer ended, at most once;
- `timebank_entry (transfer_id, leg)`: the legs, which sum to zero in every transaction;
- `timebank_books (community_id, day)`: the hash of a day's books, chained to the day before.

What the schemes need stands there too, written by commands in SQL:

- `timebank_issuing (record_id)`: what a service record earned, once a record;
- `timebank_kinship`: who said whom to be a relative, and when that one agreed;
- `timebank_need`: whose need goes first in a community, assessed by one and approved by another.
"""

from tortoise import fields
from tortoise.models import Model

from domains.timebank.values import AccountKind


class Account(Model):
    """Minutes that somebody holds, or through which a scheme makes and takes them back."""

    id = fields.UUIDField(primary_key=True)
    kind = fields.CharEnumField(AccountKind, max_length=16)
    owner_id = fields.UUIDField(null=True)
    community_id = fields.UUIDField()
    area_path = fields.CharField(max_length=300)
    floor_minutes = fields.BigIntField(null=True)
    ceiling_minutes = fields.BigIntField(null=True)
    balance_minutes = fields.BigIntField(default=0, db_default=0)
    pending_out_minutes = fields.BigIntField(default=0, db_default=0)
    pending_in_minutes = fields.BigIntField(default=0, db_default=0)
    opened_at = fields.DatetimeField()
    closed_at = fields.DatetimeField(null=True)
    suspended_at = fields.DatetimeField(null=True)
    suspend_reason = fields.CharField(max_length=200, null=True)

    class Meta:
        """Where it is kept."""

        table = "timebank_account"
