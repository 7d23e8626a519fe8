"""What volunteering adds to the contract's roots, in one place."""

from schema.volunteering.activities_mutations import VolunteerActivitiesMutation
from schema.volunteering.queries import VolunteeringQuery
from schema.volunteering.records_mutations import ServiceRecordsMutation
from schema.volunteering.volunteers_mutations import VolunteersMutation

QUERIES: tuple[type, ...] = (VolunteeringQuery,)
MUTATIONS: tuple[type, ...] = (
    VolunteersMutation,
    VolunteerActivitiesMutation,
    ServiceRecordsMutation,
)
