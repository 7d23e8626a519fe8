"""The ballot box's commands: each one transaction, checks, changes, and what happened."""

from domains.voting.service.casting import CastReceipt, cast_ballot
from domains.voting.service.counting import close_due_poll, open_due_poll, recount, tally_due_poll
from domains.voting.service.polls import (
    OptionDraft,
    PollDraft,
    cancel_poll,
    create_poll,
    publish_poll,
    update_poll,
)
from domains.voting.service.presets import sync_presets

__all__ = [
    "CastReceipt",
    "OptionDraft",
    "PollDraft",
    "cancel_poll",
    "cast_ballot",
    "close_due_poll",
    "create_poll",
    "open_due_poll",
    "publish_poll",
    "recount",
    "sync_presets",
    "tally_due_poll",
    "update_poll",
]
