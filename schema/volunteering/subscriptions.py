"""Hearing of volunteers' service: ids alone, and what a listener then reads, it reads as itself."""

from collections.abc import AsyncGenerator
from typing import Annotated

import strawberry

from domains.kernel.live import topic
from domains.volunteering.queries import activities, volunteers
from domains.volunteering.values.activities import VolunteerActivityState
from schema import live, node
from schema.context import Info
from schema.volunteering import enums as _enums  # noqa: F401  # describes the enums first


@strawberry.type(description="An activity has changed; read it to see how.")
class VolunteerActivityChanged:
    """Its id and state, alike for all who see it."""

    activity_id: strawberry.ID = strawberry.field(description="The activity.")
    state: VolunteerActivityState = strawberry.field(description="How far it has come.")


@strawberry.type(
    description="Records, certificates or honours of the caller, or of minors under the caller's"
    " guard, have changed; read them to see how."
)
class MyServiceRecordsChanged:
    """Ids alone."""

    volunteer_ids: list[strawberry.ID] = strawberry.field(
        description="The registrations of the caller and of the caller's wards."
    )


@strawberry.type
class VolunteeringSubscription:
    """News of volunteers' service."""

    @strawberry.subscription(
        description="Hear whenever an activity is published or called off, or a place in it is"
        " taken or given back.",
        metadata=live.shared(live.by_person),
    )
    async def volunteer_activity_changed(
        self,
        info: Info,
        activity_id: Annotated[strawberry.ID, strawberry.argument(description="The activity.")],
    ) -> AsyncGenerator[VolunteerActivityChanged, None]:
        """Listen to one activity; ends where it is out of sight."""
        uuid = node.known("volunteer_activity", activity_id)
        if uuid is None:
            return
        news = live.listen(info, topic("volunteer_activity", uuid))
        if (await activities.activities_by_id(info.context.actor, [uuid]))[0] is None:
            return
        async for _ in news:
            row = (await activities.activities_by_id(info.context.actor, [uuid]))[0]
            if row is None:
                return
            yield VolunteerActivityChanged(
                activity_id=node.encode("volunteer_activity", uuid),
                state=VolunteerActivityState(row["state"]),
            )

    @strawberry.subscription(
        description="Hear whenever records, certificates or honours of the caller or of the"
        " caller's wards change; ends where neither is a volunteer.",
        metadata=live.shared(live.by_person),
    )
    async def my_service_records_changed(
        self, info: Info
    ) -> AsyncGenerator[MyServiceRecordsChanged, None]:
        """Listen to one's own."""
        rows = await volunteers.own(info.context.actor, wards=True)
        if not rows:
            return
        ids = sorted(row["id"] for row in rows)
        async for _ in live.listen(info, *(topic("volunteer", each) for each in ids)):
            yield MyServiceRecordsChanged(
                volunteer_ids=[node.encode("volunteer", each) for each in ids]
            )
