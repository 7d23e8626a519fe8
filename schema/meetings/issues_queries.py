"""Reading issues."""

from typing import Annotated

import strawberry

from domains.meetings.queries import issues as queries
from domains.meetings.queries.issues import IssueFilter
from domains.meetings.rules import issues as rules
from domains.meetings.values.issues import IssueCategory, IssueState, IssueStep
from domains.membership.queries import places
from schema import node
from schema.connection import After, Connection, First, connection, listing, page
from schema.context import Info
from schema.meetings.issues import Issue


@strawberry.input(description="What a list of issues is narrowed to.")
class IssueFilterInput:
    """Every field narrows."""

    area_id: strawberry.ID | None = strawberry.field(
        default=None, description="Issues of this area and of what lies in it."
    )
    states: list[IssueState] | None = strawberry.field(
        default=None, description="Issues in one of these states."
    )
    steps: list[IssueStep] | None = strawberry.field(
        default=None, description="Issues at one of these steps."
    )
    categories: list[IssueCategory] | None = strawberry.field(
        default=None, description="Issues of one of these categories."
    )
    mine: bool = strawberry.field(default=False, description="Issues that the caller raised.")
    given_to_me: bool = strawberry.field(
        default=False,
        description="Issues on which the caller has to act: oneself, for a body that one leads,"
        " or for an organisation.",
    )
    overdue: bool = strawberry.field(
        default=False,
        description="Issues where something is late: the state, an assignment, or a department.",
    )
    words: str | None = strawberry.field(
        default=None, description="Issues that hold all of these words."
    )

    def wanted_states(self) -> tuple[IssueState, ...] | None:
        """Return the states that are both asked for and at the steps that are asked for."""
        if self.states is None and self.steps is None:
            return None
        steps = set(self.steps if self.steps is not None else IssueStep)
        states = self.states if self.states is not None else list(IssueState)
        return tuple(each for each in states if rules.STEP_OF[each] in steps)


@strawberry.type
class IssuesQuery:
    """Reading issues."""

    @strawberry.field(description="An issue; null where it cannot be seen.")
    async def issue(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The issue.")],
    ) -> Issue | None:
        """Answer alike for malformed, absent and invisible."""
        issue_id = node.known("issue", id)
        return await Issue.load(info, issue_id) if issue_id else None

    @strawberry.field(description="The issues that the caller sees, the newest first.")
    async def issues(
        self,
        info: Info,
        where: Annotated[
            IssueFilterInput | None, strawberry.argument(description="What to narrow it to.")
        ] = None,
        first: First = None,
        after: After = None,
    ) -> Connection[Issue]:
        """Read a page of them."""
        asked = where or IssueFilterInput()
        area_id = node.known("area", asked.area_id) if asked.area_id is not None else None
        area = await places.place_of(area_id) if area_id else None
        nowhere = asked.area_id is not None and area is None
        narrowed = IssueFilter(
            area_path=area.area_path if area else None,
            states=() if nowhere else asked.wanted_states(),
            categories=tuple(asked.categories) if asked.categories is not None else None,
            mine=asked.mine,
            given_to_me=asked.given_to_me,
            overdue=asked.overdue,
            words=asked.words,
        )
        of = listing("issues", {"where": narrowed})
        at = page(of, first, after)
        found = await queries.issues(info.context.actor, narrowed, at)
        return connection(
            of, found, at, make=Issue.of, key=lambda row: (row["created_at"], row["id"])
        )
