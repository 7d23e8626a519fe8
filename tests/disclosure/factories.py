"""Bodies, catalogues and disclosures for tests, made by the product's own commands."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from domains.disclosure.service import (
    approving,
    catalogue,
    drafting,
    presets,
    publishers,
    sourced,
)
from domains.disclosure.service.placing import Placing
from domains.disclosure.service.words import Words
from domains.disclosure.values import DisclosureKind, OfficerPart, PublisherKind
from domains.kernel import database
from domains.kernel.actor import Actor, Grant, Role
from domains.membership.models import Area, Organisation
from domains.membership.queries import places
from domains.membership.values import OrganisationKind
from tests import factories

NOTICE = Placing(kind=DisclosureKind.NOTICE)
WORDS = Words(title="停水通知", body="<p>周六上午九点至十一点,三号楼停水检修。</p>")


@dataclass(frozen=True)
class Town:
    """A community whose body has everybody that its chain asks for."""

    street: Area
    community: Area
    publisher_id: UUID
    writer: Actor
    supervisor: Actor
    reviewer: Actor
    approver: Actor
    resident: Actor


async def a_town(name: str = "同心社区", *, street: Area | None = None) -> Town:
    """A community with a committee of two, a supervisor and a street office; presets are in."""
    await presets.sync_presets()
    street = street or await factories.a_street()
    community = await factories.a_community(street, name=name)
    return Town(
        street=street,
        community=community,
        publisher_id=await the_body_of(community),
        writer=await factories.a_committee_member(community, name="王建国"),
        supervisor=await factories.an_officer(Role.SUPERVISOR, community, name="冯正"),
        reviewer=await factories.a_committee_member(community, name="董洁"),
        approver=await factories.a_street_reviewer(street),
        resident=await factories.a_resident(community),
    )


async def the_body_of(community: Area) -> UUID:
    """The community's own body."""
    place = await places.place_of(community.id)
    async with database.transaction():
        publisher_id: UUID = (await publishers.community_body(place))["id"]
        return publisher_id


async def adopted(town: Town, *codes: str) -> None:
    """The community keeps to these preset items."""
    await catalogue.adopt_items(
        town.writer, town.community.id, codes=list(codes) or None, idempotency_key=uuid4()
    )


async def a_draft(town: Town, placing: Placing = NOTICE, words: Words = WORDS) -> UUID:
    """A draft of the community's body."""
    disclosure_id, _ = await drafting.draft_disclosure(
        town.writer, town.publisher_id, placing, words, idempotency_key=uuid4()
    )
    return disclosure_id


async def approved(town: Town, disclosure_id: UUID, *, number: int = 1) -> None:
    """The draft goes its whole way."""
    await approving.submit_disclosure(town.writer, disclosure_id)
    for actor in (town.supervisor, town.reviewer, town.approver):
        await approving.approve_disclosure(actor, disclosure_id, number=number)


async def published(
    town: Town, disclosure_id: UUID, *, number: int = 1, at: datetime | None = None
) -> UUID:
    """The draft goes its whole way and is public, or will be."""
    await approved(town, disclosure_id, number=number)
    await approving.publish_disclosure(town.writer, disclosure_id, number=number, at=at)
    return disclosure_id


async def a_disclosure(
    town: Town, placing: Placing = NOTICE, words: Words = WORDS, **said: Any
) -> UUID:
    """A public disclosure of the community's body."""
    return await published(town, await a_draft(town, placing, replace(words, **said)))


async def an_organised_body(
    town: Town, kind: PublisherKind, organisation_kind: OrganisationKind
) -> tuple[UUID, Organisation]:
    """A department's, owners' or property company's body in the town."""
    organisation = await factories.an_organisation(
        town.community, name=kind.value, kind=organisation_kind
    )
    publisher_id, _ = await publishers.register_publisher(
        town.approver,
        town.community.id,
        kind=kind,
        name=kind.value,
        organisation_id=organisation.id,
        idempotency_key=uuid4(),
    )
    return publisher_id, organisation


async def within(organisation: Organisation, role: Role, *, name: str) -> Actor:
    """Somebody with a role in an organisation."""
    person = await factories.a_person(name)
    await factories.a_role_grant(person, role, organisation=organisation)
    return factories.as_actor(person, Grant(role, organisation_id=organisation.id))


async def a_party_body(town: Town) -> tuple[UUID, Actor, Actor, Actor]:
    """The party's body with its writer, its privacy reviewer and its approver."""
    publisher_id, _ = await publishers.register_publisher(
        town.approver,
        town.community.id,
        kind=PublisherKind.PARTY,
        name="同心社区党委",
        organisation_id=None,
        idempotency_key=uuid4(),
    )
    actors = []
    for part in (OfficerPart.WRITER, OfficerPart.PRIVACY_REVIEWER, OfficerPart.APPROVER):
        actor = await factories.a_resident(town.community, name=f"党员{part.value}")
        assert actor.person_id is not None
        await publishers.appoint_officer(
            town.approver, publisher_id, person_id=actor.person_id, part=part
        )
        actors.append(actor)
    return publisher_id, actors[0], actors[1], actors[2]


async def a_published_disclosure(community: Area | None = None, *, title: str = "纪要") -> UUID:
    """A disclosure of another domain's fact, public at once."""
    community = community or await factories.a_community()
    async with database.transaction():
        return await sourced.disclose(
            source=("test", uuid4()),
            area_id=community.id,
            kind=DisclosureKind.ANNOUNCEMENT,
            title=title,
            body="<p>同意广场舞队迁往九龙湖公园。</p>",
        )
