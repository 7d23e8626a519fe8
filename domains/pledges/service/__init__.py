"""The commands of pledges and reviews: each one transaction, checks, changes, what happened."""

from domains.pledges.service.changes import apply_due_change, change_pledge, withdraw_change
from domains.pledges.service.due import (
    commit_due_pledge,
    find_overdue_pledge,
    remind_due_milestone,
)
from domains.pledges.service.objections import (
    answer_objection,
    contest_report,
    note_late_answer,
    object_to_pledge,
)
from domains.pledges.service.outcomes import accept_pledge, close_pledge, default_pledge
from domains.pledges.service.presets import sync_presets
from domains.pledges.service.programmes import open_programme
from domains.pledges.service.proposing import (
    propose_pledge,
    put_to_notice,
    screen_pledge,
    update_pledge,
    withdraw_pledge,
)
from domains.pledges.service.reports import (
    EvidenceDraft,
    ReportDraft,
    deliver_pledge,
    report_progress,
)
from domains.pledges.service.residents import (
    comment_on_pledge,
    confirm_report,
    follow_pledge,
    remove_comment,
    unfollow_pledge,
)
from domains.pledges.service.terms import MilestoneDraft, Target, TermsDraft

__all__ = [
    "EvidenceDraft",
    "MilestoneDraft",
    "ReportDraft",
    "Target",
    "TermsDraft",
    "accept_pledge",
    "answer_objection",
    "apply_due_change",
    "change_pledge",
    "close_pledge",
    "comment_on_pledge",
    "commit_due_pledge",
    "confirm_report",
    "contest_report",
    "default_pledge",
    "deliver_pledge",
    "find_overdue_pledge",
    "follow_pledge",
    "note_late_answer",
    "object_to_pledge",
    "open_programme",
    "propose_pledge",
    "put_to_notice",
    "remind_due_milestone",
    "remove_comment",
    "report_progress",
    "screen_pledge",
    "sync_presets",
    "unfollow_pledge",
    "update_pledge",
    "withdraw_change",
    "withdraw_pledge",
]
