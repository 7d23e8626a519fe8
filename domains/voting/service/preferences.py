"""Counting a poll by its rule of preference: what is read of it, and the count that is pure."""

from collections.abc import Callable

from domains.kernel.rules import thaw
from domains.voting import queries
from domains.voting.models import Option, Poll
from domains.voting.queries import paper as papers
from domains.voting.rules import DecisionRule, Result, Terms, count_under
from domains.voting.rules.counting import quorum_steps
from domains.voting.rules.preferences import decide_preference, increment_of, quorum_of, seed_of
from domains.voting.service import rolls
from domains.voting.values import Measure


async def counting(poll: Poll) -> Callable[[], Result]:
    """Read a poll; its count is pure, of frozen roll, paper, rules and ballots."""
    rule = DecisionRule.of(thaw(poll.frozen_rules))
    terms = await terms_of(poll)
    heads, area = await rolls.totals(poll.id)
    roll = {Measure.HEADS: heads, Measure.HOUSEHOLDS: heads, Measure.AREA: area}
    groups = await queries.preference_groups(
        poll.id, poll.secrecy, terms.form, option_count=len(terms.options)
    )
    paper = await papers.paper_totals(poll.id)
    # A void paper takes part and says nothing.
    void = paper.void if paper is not None else 0

    def count() -> Result:
        ballots, blank = queries.ballots_in(groups)
        totals = quorum_of(ballots + void, roll=roll, rule=rule)
        counted = None
        if all(step.holds for step in quorum_steps(totals, rule)):
            counted = count_under(terms, groups)
        return decide_preference(counted, totals=totals, blank=blank + void, roll=roll, rule=rule)

    return count


async def terms_of(poll: Poll) -> Terms:
    """Return all that a published poll's count depends on besides its ballots."""
    assert poll.counting_rule is not None, "a rule of preference is named, by constraint"
    assert poll.ballot_form is not None, "a form is named where a rule is, by constraint"
    assert poll.roll_fingerprint is not None, "a published poll has its roll's fingerprint"
    options = await Option.filter(poll_id=poll.id).order_by("position")
    budget = poll.ballot_form.is_budget
    return Terms(
        rule=poll.counting_rule,
        options=tuple(str(each.id) for each in options),
        seats=poll.seats,
        seed=seed_of(str(poll.id), bytes(poll.roll_fingerprint)),
        form=poll.ballot_form,
        highest=poll.highest,
        costs=tuple(each.cost_fen or 0 for each in options) if budget else None,
        budget=poll.budget_fen if budget else None,
        minimum_score=poll.minimum_score,
        increment=increment_of(poll.budget_fen or 0, poll.roll_size or 1),
    )
