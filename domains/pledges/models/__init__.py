"""Pledges' tables.

Programmes, pledges and reviews are models, because commands lock and change them one at a
time. What is only ever added (terms, milestones, reports, evidence, history), and what is
kept once a person (acceptances, follows, raters), is written and read in SQL only and
stands in the migrations, where its constraints are.
"""

from domains.pledges.models.pledges import Pledge, Programme
from domains.pledges.models.reviews import Review

__all__ = ["Pledge", "Programme", "Review"]
