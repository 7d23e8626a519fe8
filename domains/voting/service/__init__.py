"""The ballot box's commands: each one transaction, checks, changes, and what happened."""

from domains.voting.service.assisted import cast_ballot_for
from domains.voting.service.casting import CastReceipt, cast_ballot
from domains.voting.service.counting import (
    close_due_poll,
    open_due_poll,
    recount,
    remind_due_poll,
    remind_due_roll,
    tally_due_poll,
)
from domains.voting.service.entries import Remedy, UnitProof
from domains.voting.service.objections import (
    admit_voter,
    decide_objection,
    file_objection,
    strike_voter,
)
from domains.voting.service.polls import OptionDraft, PollDraft, create_poll, update_poll
from domains.voting.service.presets import sync_presets
from domains.voting.service.proxies import (
    end_proxy,
    file_proxy,
    file_proxy_for,
    publish_due_proxies,
    publish_proxies,
)
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
    "Remedy",
    "UnitProof",
    "admit_voter",
    "cancel_poll",
    "cast_ballot",
    "cast_ballot_for",
    "close_due_poll",
    "create_poll",
    "decide_objection",
    "end_proxy",
    "file_objection",
    "file_proxy",
    "file_proxy_for",
    "freeze_due_roll",
    "open_due_poll",
    "publish_due_proxies",
    "publish_poll",
    "publish_proxies",
    "recount",
    "remind_due_poll",
    "remind_due_roll",
    "return_poll",
    "strike_voter",
    "submit_poll",
    "sync_presets",
    "tally_due_poll",
    "update_poll",
]
