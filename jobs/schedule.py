"""The timetable, on one page: what ticks, how often, and what it calls.

A tick only asks; the database holds what is due, so a tick that is late, doubled or on
another machine changes nothing but the hour.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from jobs import (
    deliveries,
    disclosure,
    exchange,
    matching,
    matters,
    meetings,
    membership,
    notifications,
    outbox,
    pledges,
    sweeping,
    timebank,
    transparency,
    volunteering,
    voting,
)

Job = Callable[[], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class Tick:
    """One job and the seconds between its ticks."""

    name: str
    every_s: float
    run: Job


TIMETABLE: tuple[Tick, ...] = (
    # What a room hears passes through here: a hand raised should be seen before it is lowered.
    Tick("outbox.relay", 0.05, outbox.relay),
    Tick("membership.remind_of_ending_roles", 600, membership.remind_of_ending_roles),
    Tick("voting.freeze_due_rolls", 5, voting.freeze_due_rolls),
    Tick("voting.tell_overdue_objections", 60, voting.tell_overdue_objections),
    Tick("voting.publish_due_proxies", 60, voting.publish_due_proxies),
    Tick("voting.open_due_polls", 1, voting.open_due_polls),
    Tick("voting.remind_closing_rolls", 60, voting.remind_closing_rolls),
    Tick("voting.remind_closing_polls", 30, voting.remind_closing_polls),
    Tick("voting.close_due_polls", 1, voting.close_due_polls),
    Tick("voting.tally_closed_polls", 1, voting.tally_closed_polls),
    Tick("voting.publicise_certified_polls", 5, voting.publicise_certified_polls),
    Tick("voting.finish_displayed_polls", 5, voting.finish_displayed_polls),
    Tick("disclosure.found_community_bodies", 5, disclosure.found_community_bodies),
    Tick("disclosure.make_obligations", 60, disclosure.make_obligations),
    Tick("disclosure.mark_late_obligations", 30, disclosure.mark_late_obligations),
    Tick("disclosure.remind_of_due_obligations", 300, disclosure.remind_of_due_obligations),
    Tick("disclosure.judge_days_anew", 3600, disclosure.judge_days_anew),
    Tick("disclosure.publish_due_disclosures", 1, disclosure.publish_due_disclosures),
    Tick("disclosure.expire_due_disclosures", 30, disclosure.expire_due_disclosures),
    Tick("disclosure.take_down_due_disclosures", 30, disclosure.take_down_due_disclosures),
    Tick("disclosure.archive_due_disclosures", 300, disclosure.archive_due_disclosures),
    Tick("disclosure.forget_readers", 600, disclosure.forget_readers),
    Tick("disclosure.remind_of_due_answers", 60, disclosure.remind_of_due_answers),
    Tick("disclosure.escalate_late_questions", 30, disclosure.escalate_late_questions),
    Tick("disclosure.note_overdue_decisions", 60, disclosure.note_overdue_decisions),
    Tick("disclosure.lapse_due_demands", 60, disclosure.lapse_due_demands),
    Tick("disclosure.make_due_gatherings", 300, disclosure.make_due_gatherings),
    Tick("disclosure.remind_of_near_gatherings", 60, disclosure.remind_of_near_gatherings),
    Tick("transparency.grow_logs", 5, transparency.grow_logs),
    Tick("transparency.sign_heads", 60, transparency.sign_heads),
    Tick("pledges.commit_due_pledges", 30, pledges.commit_due_pledges),
    Tick("pledges.apply_due_changes", 30, pledges.apply_due_changes),
    Tick("pledges.remind_due_milestones", 300, pledges.remind_due_milestones),
    Tick("pledges.find_overdue_pledges", 60, pledges.find_overdue_pledges),
    Tick("pledges.note_late_answers", 60, pledges.note_late_answers),
    Tick("pledges.schedule_due_reviews", 300, pledges.schedule_due_reviews),
    Tick("pledges.note_missing_reports", 300, pledges.note_missing_reports),
    Tick("pledges.open_due_ratings", 30, pledges.open_due_ratings),
    Tick("pledges.tally_due_reviews", 30, pledges.tally_due_reviews),
    Tick("pledges.note_late_remark_answers", 60, pledges.note_late_remark_answers),
    Tick("pledges.note_late_rectifications", 60, pledges.note_late_rectifications),
    Tick("timebank.expire_due_transfers", 5, timebank.expire_due_transfers),
    Tick("timebank.sum_system_accounts", 600, timebank.sum_system_accounts),
    Tick("timebank.close_books", 600, timebank.close_books),
    Tick("timebank.allot_due_offers", 5, timebank.allot_due_offers),
    Tick("timebank.lapse_due_reservations", 5, timebank.lapse_due_reservations),
    Tick("timebank.tell_near_expiries", 3600, timebank.tell_near_expiries),
    Tick("timebank.settle_due_expiries", 600, timebank.settle_due_expiries),
    Tick("timebank.apply_ceilings", 600, timebank.apply_ceilings),
    Tick("timebank.take_figures", 600, timebank.take_figures),
    Tick("volunteering.lapse_due_attendance", 300, volunteering.lapse_due_attendance),
    Tick("volunteering.note_overdue_records", 60, volunteering.note_overdue_records),
    Tick("volunteering.publicise_due_records", 30, volunteering.publicise_due_records),
    Tick("volunteering.finalise_due_records", 30, volunteering.finalise_due_records),
    Tick("volunteering.check_due_volunteers", 60, volunteering.check_due_volunteers),
    Tick("volunteering.grant_due_honours", 30, volunteering.grant_due_honours),
    Tick("volunteering.tell_shifts_tomorrow", 60, volunteering.tell_shifts_tomorrow),
    Tick("volunteering.tell_shifts_soon", 30, volunteering.tell_shifts_soon),
    Tick("volunteering.note_absences", 60, volunteering.note_absences),
    Tick("matching.queue_daily_runs", 600, matching.queue_daily_runs),
    Tick("matching.solve_due_runs", 2, matching.solve_due_runs),
    Tick("matching.dispatch_due_runs", 2, matching.dispatch_due_runs),
    Tick("matching.settle_due_runs", 30, matching.settle_due_runs),
    Tick("matching.expire_due_offers", 5, matching.expire_due_offers),
    Tick("matching.remind_expiring_offers", 30, matching.remind_expiring_offers),
    Tick("matching.begin_due_orders", 5, matching.begin_due_orders),
    Tick("matching.tell_near_services", 30, matching.tell_near_services),
    Tick("matching.settle_due_places", 30, matching.settle_due_places),
    Tick("matching.note_unconfirmed_services", 60, matching.note_unconfirmed_services),
    Tick("matching.close_due_orders", 300, matching.close_due_orders),
    Tick("matching.repeat_due_needs", 300, matching.repeat_due_needs),
    Tick("matching.close_ended_needs", 300, matching.close_ended_needs),
    Tick("exchange.make_due_resources_available", 60, exchange.make_due_resources_available),
    Tick("exchange.expire_due_resources", 300, exchange.expire_due_resources),
    Tick("exchange.expire_due_reservations", 15, exchange.expire_due_reservations),
    Tick("exchange.remind_of_due_milestones", 300, exchange.remind_of_due_milestones),
    Tick("exchange.note_overdue_milestones", 60, exchange.note_overdue_milestones),
    Tick("exchange.begin_due_choices", 15, exchange.begin_due_choices),
    Tick("meetings.make_due_meetings", 60, meetings.make_due_meetings),
    Tick("meetings.open_due_check_ins", 1, meetings.open_due_check_ins),
    Tick("meetings.remind_of_near_meetings", 15, meetings.remind_of_near_meetings),
    Tick("meetings.end_due_speeches", 1, meetings.end_due_speeches),
    Tick("meetings.end_due_votes", 1, meetings.end_due_votes),
    Tick("meetings.draft_due_minutes", 5, meetings.draft_due_minutes),
    Tick("meetings.publish_due_minutes", 5, meetings.publish_due_minutes),
    Tick("matters.mark_overdue", 30, matters.mark_overdue),
    Tick("matters.settle_resolutions", 60, matters.settle_resolutions),
    Tick("notifications.expand_due_occasions", 1, notifications.expand_due_occasions),
    Tick("notifications.withdraw_due_occasions", 5, notifications.withdraw_due_occasions),
    Tick("notifications.note_due_digests", 60, notifications.note_due_digests),
    Tick("deliveries.hand_over", 1, deliveries.hand_over),
    Tick("deliveries.sweep", 15, deliveries.sweep),
    Tick("sweeping.sweep", 3600, sweeping.sweep),
)
