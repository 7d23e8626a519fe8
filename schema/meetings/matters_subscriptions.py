"""Hearing of issues and discussions: what a listener then reads, it reads as itself."""

from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Annotated

import strawberry

from domains.kernel.actor import Actor
from domains.kernel.live import topic
from domains.meetings.queries import discussion as queries
from domains.meetings.queries import issues, subjects
from domains.meetings.queries.subjects import Subject
from domains.meetings.values.issues import IssueState
from schema import live, node
from schema.context import Info
from schema.meetings.discussion import subject_of

OfIssue = Annotated[strawberry.ID, strawberry.argument(description="The issue.")]
OfSubject = Annotated[
    strawberry.ID, strawberry.argument(description="An issue, an agenda item or a meeting.")
]


@strawberry.type(description="An issue has changed; read it to see how.")
class IssueChanged:
    """Ids, states and figures only, alike for all who see the issue."""

    issue_id: strawberry.ID = strawberry.field(description="The issue.")
    state: IssueState = strawberry.field(description="How far it has come.")
    supporters: int = strawberry.field(description="How many stand behind it.")


@strawberry.type(description="Something was said; read on from where one was.")
class DiscussionChanged:
    """Figures only, alike for all who see the subject."""

    subject_id: strawberry.ID = strawberry.field(description="What is discussed.")
    comments: int = strawberry.field(description="How many comments there are.")
    threads: int = strawberry.field(description="How many of them begin a thread.")
    changed_at: datetime | None = strawberry.field(
        description="When a comment was last written, edited, withdrawn or hidden."
    )


@strawberry.type
class MattersSubscription:
    """News of issues and discussions."""

    @strawberry.subscription(
        description="Hear whenever something happens to an issue.",
        metadata=live.shared(live.by_person),
    )
    async def issue_changed(
        self, info: Info, issue_id: OfIssue
    ) -> AsyncGenerator[IssueChanged, None]:
        """Listen to one issue; ends where it is out of sight."""
        uuid = node.known("issue", issue_id)
        if uuid is None:
            return
        news = live.listen(info, topic("issue", uuid))
        if (await issues.issues_by_id(info.context.actor, [uuid]))[0] is None:
            return
        async for _ in news:
            row = (await issues.issues_by_id(info.context.actor, [uuid]))[0]
            if row is None:
                return
            yield IssueChanged(
                issue_id=issue_id, state=IssueState(row["state"]), supporters=row["supporters"]
            )

    @strawberry.subscription(
        description="Hear whenever something is said of a subject, edited, hidden or answered. For"
        " those who see the subject by where they belong: they share one execution.",
        metadata=live.shared(live.by_grants),
    )
    async def discussion_changed(
        self, info: Info, subject_id: OfSubject
    ) -> AsyncGenerator[DiscussionChanged, None]:
        """Listen to one discussion; ends where its subject is out of sight."""
        subject = subject_of(subject_id)
        if subject is None:
            return
        news = live.listen(info, topic("discussion", subject[1]))
        if not await _is_seen(info, subject):
            return
        async for _ in news:
            if not await _is_seen(info, subject):
                return
            yield await _changed(subject_id, subject)

    @strawberry.subscription(
        description="The same for oneself alone: for whoever sees the subject because they are"
        " invited, sit in the body, raised the issue or have to act on it, wherever they live.",
        metadata=live.shared(live.by_person),
    )
    async def my_discussion_changed(
        self, info: Info, subject_id: OfSubject
    ) -> AsyncGenerator[DiscussionChanged, None]:
        """Listen to one discussion as oneself; ends where its subject is out of sight."""
        subject = subject_of(subject_id)
        if subject is None:
            return
        news = live.listen(info, topic("discussion", subject[1]))
        if not await _sees(info.context.actor, subject):
            return
        async for _ in news:
            if not await _sees(info.context.actor, subject):
                return
            yield await _changed(subject_id, subject)


async def _changed(subject_id: strawberry.ID, subject: Subject) -> DiscussionChanged:
    rows = await queries.figures(subject)
    moments = [row["changed_at"] for row in rows if row["changed_at"] is not None]
    return DiscussionChanged(
        subject_id=subject_id,
        comments=sum(row["count"] for row in rows),
        threads=sum(row["threads"] for row in rows),
        changed_at=max(moments, default=None),
    )


async def _is_seen(info: Info, subject: Subject) -> bool:
    """Judge by the roles that all who share the execution have, and by nothing of one's own."""
    return await _sees(Actor(person_id=None, grants=info.context.actor.grants), subject)


async def _sees(actor: Actor, subject: Subject) -> bool:
    talk = await subjects.talk(actor, subject)
    return talk is not None and talk.is_seen
