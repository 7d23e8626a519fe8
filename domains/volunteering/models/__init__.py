"""Volunteering's tables.

Volunteers, activities and service records are models, because commands lock and change them
one at a time. What is only ever added (versions, confirmations, attendance), and what hangs
on them, is written and read in SQL only and stands in the migrations, where its constraints
are.
"""

from domains.volunteering.models.activities import Activity
from domains.volunteering.models.records import ServiceRecord
from domains.volunteering.models.volunteers import Volunteer

__all__ = ["Activity", "ServiceRecord", "Volunteer"]
