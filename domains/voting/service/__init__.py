"""The ballot box's commands: each one transaction, checks, changes, and what happened."""

from domains.voting.service.casting import CastReceipt, cast_ballot
from domains.voting.service.counting import close_due_poll, open_due_poll, recount, tally_due_poll
from domains.voting.service.polls import OptionDraft, PollDraft, create_poll, update_poll
from domains.voting.service.presets import sync_presets
from domains.voting.service.publishing import (
    cancel_poll,
    freeze_due_roll,
    publish_poll,
    return_poll,
    submit_poll,
)

__all__ = [
    "CastReceipt",
    "OptionDraft",
    "PollDraft",
    "cancel_poll",
    "cast_ballot",
    "close_due_poll",
    "create_poll",
    "freeze_due_roll",
    "open_due_poll",
    "publish_poll",
    "recount",
    "return_poll",
    "submit_poll",
    "sync_presets",
    "tally_due_poll",
    "update_poll",
]
