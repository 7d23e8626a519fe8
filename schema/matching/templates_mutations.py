"""Templates: resources and projects that are kept as drafts for others."""

from typing import Annotated

import strawberry

from domains.matching.service import templates_kept
from domains.matching.values.resources import MatchingSubject
from schema import node
from schema.context import Info
from schema.errors import Refused
from schema.matching import exchange_enums as _enums  # noqa: F401  # describes the enums first
from schema.volunteering.inputs import Argument


@strawberry.input(description="A resource or project to be kept as a template.")
class SaveMatchingTemplateInput:
    """For others of its community."""

    kind: MatchingSubject = strawberry.field(description="What it is.")
    subject_id: strawberry.ID = strawberry.field(description="Which one.")
    title: str = strawberry.field(description="What the template is called, 2 to 80 characters.")


@strawberry.input(description="A template that is offered no more.")
class DropMatchingTemplateInput:
    """Which."""

    template_id: strawberry.ID = strawberry.field(description="The template.")


@strawberry.type(description="The template was kept, or dropped.")
class MatchingTemplatePayload:
    """Its id."""

    template_id: strawberry.ID = strawberry.field(description="The template.")


SaveMatchingTemplateResult = Annotated[
    MatchingTemplatePayload | Refused,
    strawberry.union("SaveMatchingTemplateResult", description="The template, or why not."),
]
DropMatchingTemplateResult = Annotated[
    MatchingTemplatePayload | Refused,
    strawberry.union("DropMatchingTemplateResult", description="The template, or why not."),
]


@strawberry.type
class MatchingTemplatesMutation:
    """Kept and dropped."""

    @strawberry.mutation(description="Keep a resource or project as a draft for others.")
    async def save_matching_template(
        self, info: Info, input: Annotated[SaveMatchingTemplateInput, Argument]
    ) -> SaveMatchingTemplateResult:
        """Keep it."""
        kind = "resource" if input.kind is MatchingSubject.RESOURCE else "service_project"
        template_id = await templates_kept.save_template(
            info.context.actor,
            input.kind,
            node.decode(kind, input.subject_id, path=("input", "subjectId")),
            title=input.title,
        )
        return MatchingTemplatePayload(template_id=node.encode("matching_template", template_id))

    @strawberry.mutation(description="Offer a template no more.")
    async def drop_matching_template(
        self, info: Info, input: Annotated[DropMatchingTemplateInput, Argument]
    ) -> DropMatchingTemplateResult:
        """Drop it."""
        template_id = await templates_kept.drop_template(
            info.context.actor,
            node.decode("matching_template", input.template_id, path=("input", "templateId")),
        )
        return MatchingTemplatePayload(template_id=node.encode("matching_template", template_id))
