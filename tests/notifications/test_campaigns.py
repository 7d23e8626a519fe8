"""Policy finds people: previewed, approved by another, told to whom it is meant for, with why."""

from datetime import date, timedelta
from uuid import uuid4

import asyncpg
import pytest

from domains.kernel import database
from domains.kernel.actor import ANONYMOUS, Grant, Role
from domains.kernel.errors import (
    Forbidden,
    InvalidInput,
    NotFound,
    SignInRequired,
    VersionConflict,
)
from domains.membership.service import tag_kinds, tagging
from domains.membership.values import TagDraft
from domains.notifications.errors import (
    CampaignNeedsPreview,
    CampaignStateUnfit,
    CampaignYourOwn,
    TooManyCampaigns,
    TooManyPreviews,
)
from domains.notifications.service import campaigns
from domains.notifications.service.campaigns import AudienceDraft, CampaignDraft
from domains.notifications.values import CampaignState
from schema import node
from schema.context import Context
from schema.root import schema
from tests import factories
from tests.notifications.telling import all_told, people_told

AID = "household_subsistence"


class Town:
    """A community with a writer, an approver, six elders and a son, two homes on allowance."""

    async def build(self):
        await tag_kinds.sync_presets()
        self.community = await factories.a_community()
        building = await factories.a_building(self.community)
        self.writer = await factories.a_grid_worker(self.community)
        self.approver = await factories.a_committee_member(self.community)
        self.elders, self.homes = [], []
        for number in range(6):
            home = await factories.a_household(building)
            elder = await factories.a_person(f"老人{number}", born=date(1945, 3, 1))
            await factories.a_residency(elder, home)
            self.elders.append(elder)
            self.homes.append(home)
        self.son = await factories.a_person("孙小海", born=date(1980, 3, 1))
        await factories.a_residency(self.son, self.homes[0])
        return self

    def as_resident(self, person):
        return factories.as_actor(person, Grant(Role.RESIDENT, area_path=self.community.path))

    def draft(self, **narrowed):
        return CampaignDraft(
            area_id=self.community.id,
            title="高龄津贴申领",
            body="年满 80 周岁的居民可到社区窗口申领。",
            purpose="使符合条件的老人知晓津贴",
            basis="本市高龄津贴办法",
            audience=AudienceDraft(area_ids=(self.community.id,), **narrowed),
        )

    async def drafted(self, **narrowed):
        campaign_id, _ = await campaigns.draft_campaign(
            self.writer, self.draft(**narrowed), idempotency_key=uuid4()
        )
        return campaign_id

    async def sent(self, **narrowed):
        campaign_id = await self.drafted(**narrowed)
        await campaigns.preview_campaign(self.writer, campaign_id)
        if await campaigns.send_campaign(self.writer, campaign_id) is CampaignState.SUBMITTED:
            await campaigns.approve_campaign(self.approver, campaign_id)
        await all_told()
        return campaign_id

    async def on_allowance(self, *, allowed):
        """Tag the first home, allowed by the son or not."""
        made = await tagging.tag_household(
            self.approver, self.homes[0].id, TagDraft(AID, "民政核定")
        )
        if allowed:
            await tagging.allow_tag_use(self.as_resident(self.son), made.id)
        return made.id


async def state():
    rows = await database.fetch("SELECT * FROM notifications_campaign ORDER BY id")
    return [dict(row) for row in rows]


async def test_what_is_meant_for_elders_reaches_elders_once_and_nobody_else(db):
    town = await Town().build()

    await town.sent(least_age=80)
    await all_told()

    assert await people_told("CAMPAIGN") == sorted(each.id for each in town.elders)


async def test_nothing_is_sent_that_was_not_previewed_since_it_was_changed(db):
    town = await Town().build()
    campaign_id = await town.drafted(least_age=80)

    with pytest.raises(CampaignNeedsPreview):
        await campaigns.send_campaign(town.writer, campaign_id)
    await campaigns.preview_campaign(town.writer, campaign_id)
    await campaigns.edit_campaign(
        town.writer, campaign_id, town.draft(least_age=60), expected_version=1
    )
    with pytest.raises(CampaignNeedsPreview):
        await campaigns.send_campaign(town.writer, campaign_id)
    with pytest.raises(VersionConflict):
        await campaigns.edit_campaign(
            town.writer, campaign_id, town.draft(least_age=50), expected_version=1
        )

    await all_told()
    assert await people_told("CAMPAIGN") == []


async def test_what_finds_people_by_tags_is_approved_by_another(db):
    town = await Town().build()
    await town.on_allowance(allowed=True)
    campaign_id, _ = await campaigns.draft_campaign(
        town.approver, town.draft(household_tags=(AID,)), idempotency_key=uuid4()
    )
    await campaigns.preview_campaign(town.approver, campaign_id)
    await campaigns.send_campaign(town.approver, campaign_id)
    before = await state()

    with pytest.raises(CampaignYourOwn):
        await campaigns.approve_campaign(town.approver, campaign_id)
    with pytest.raises(Forbidden):
        await campaigns.approve_campaign(town.writer, campaign_id)
    with pytest.raises(asyncpg.CheckViolationError):
        await database.execute("UPDATE notifications_campaign SET state = 'sent', sent_at = now()")

    assert await state() == before


async def test_a_household_that_has_not_allowed_it_is_not_reached_and_is_counted(db):
    town = await Town().build()
    await town.on_allowance(allowed=False)
    campaign_id = await town.drafted(household_tags=(AID,))

    counted = await campaigns.preview_campaign(town.writer, campaign_id)

    # None, and two: so few that the figures would tell of people.
    assert (counted.people, counted.without_consent) == (None, None)
    await campaigns.send_campaign(town.writer, campaign_id)
    await campaigns.approve_campaign(town.approver, campaign_id)
    await all_told()
    assert await people_told("CAMPAIGN_PRIVATE") == []


async def test_who_withdraws_between_the_sending_and_the_telling_is_not_told(db):
    town = await Town().build()
    tag_id = await town.on_allowance(allowed=True)
    campaign_id = await town.drafted(household_tags=(AID,))
    await campaigns.preview_campaign(town.writer, campaign_id)
    await campaigns.send_campaign(town.writer, campaign_id)
    await campaigns.approve_campaign(town.approver, campaign_id)

    await tagging.withdraw_tag_use(town.as_resident(town.son), tag_id)
    await all_told()

    assert await people_told("CAMPAIGN_PRIVATE") == []


async def test_a_preview_counts_each_criterion_alone_and_hides_small_figures_of_tags(db):
    town = await Town().build()
    await tagging.tag_person(town.approver, town.elders[0].id, TagDraft("elder_meals", "本人申请"))

    open_count = await campaigns.preview_campaign(town.writer, await town.drafted(least_age=80))
    hidden = await campaigns.preview_campaign(
        town.writer, await town.drafted(person_tags=("elder_meals",), least_age=80)
    )

    assert open_count.people == 6
    assert open_count.by_criterion == {"area": 7, "age": 6}
    assert hidden.people is None
    assert hidden.by_criterion == {"area": 7, "personTags": None, "age": 6}


async def test_what_a_preview_says_does_not_change_with_one_person(db):
    """Neither with whom the tag is said of, nor with how narrowly the others are asked for."""
    town = await Town().build()
    home = await factories.a_household(await factories.a_building(town.community))
    people = [
        await factories.a_person(f"居民{number}", born=date(1990, 1, 1)) for number in range(13)
    ]
    for each in people:
        await factories.a_residency(each, home)

    async def seen(tagged, **narrowed):
        await tagging.tag_person(town.approver, tagged.id, TagDraft("newcomer", "登记"))
        found = await campaigns.preview_campaign(town.writer, await town.drafted(**narrowed))
        return found.people, found.by_criterion.get("personTags")

    by_tag = [await seen(each, person_tags=("newcomer",)) for each in people]
    without = await campaigns.preview_campaign(
        town.writer, await town.drafted(without_tags=("newcomer",))
    )
    nobody = await campaigns.preview_campaign(
        town.writer, await town.drafted(person_tags=("elder_meals",))
    )
    of_all = await campaigns.preview_campaign(
        town.writer, await town.drafted(person_tags=("newcomer",), most_age=50)
    )

    # Twenty live there: 1 to 13 of them are newcomers.
    assert by_tag == [(each, each) for each in [None] * 4 + [5] * 5 + [10] * 4]
    assert (without.people, without.by_criterion["withoutTags"]) == (5, 5)
    assert nobody.people is None
    assert of_all.people is None  # all of that age but one


async def test_who_looks_through_tags_does_so_only_so_often_a_day(db, moved_clock):
    town = await Town().build()
    open_id = await town.drafted(least_age=80)
    campaign_id = await town.drafted(person_tags=("elder_meals",))
    for _ in range(campaigns.MOST_LOOKS_A_DAY):
        await campaigns.preview_campaign(town.writer, campaign_id)
    before = await state()

    with pytest.raises(TooManyPreviews):
        await campaigns.preview_campaign(town.writer, campaign_id)
    unchanged = await state()
    await campaigns.preview_campaign(town.approver, campaign_id)
    await campaigns.preview_campaign(town.writer, open_id)
    await moved_clock.advance(timedelta(days=1))
    await campaigns.preview_campaign(town.writer, campaign_id)

    assert unchanged == before


async def test_what_was_taken_back_is_told_no_more(db):
    town = await Town().build()
    campaign_id = await town.sent(least_age=80)
    await database.execute(
        "UPDATE notifications_notice SET read_at = kernel_now() WHERE person_id = $1",
        town.elders[0].id,
    )

    await campaigns.withdraw_campaign(town.writer, campaign_id, reason="办法已调整")
    await all_told()

    assert await people_told("CAMPAIGN") == [town.elders[0].id]
    with pytest.raises(CampaignStateUnfit):
        await campaigns.withdraw_campaign(town.writer, campaign_id, reason="再次")


async def test_what_is_returned_can_be_changed_and_handed_in_again(db):
    town = await Town().build()
    await town.on_allowance(allowed=True)
    campaign_id = await town.drafted(household_tags=(AID,))
    await campaigns.preview_campaign(town.writer, campaign_id)
    await campaigns.send_campaign(town.writer, campaign_id)

    await campaigns.return_campaign(town.approver, campaign_id, reason="请写明依据")
    await campaigns.preview_campaign(town.writer, campaign_id)
    await campaigns.send_campaign(town.writer, campaign_id)
    await campaigns.approve_campaign(town.approver, campaign_id)
    await all_told()

    assert await people_told("CAMPAIGN_PRIVATE") == sorted([town.elders[0].id, town.son.id])


@pytest.mark.parametrize(
    ("narrowed", "refusal"),
    [
        ({"person_tags": ("nothing_like_it",)}, NotFound),
        ({"least_age": 80, "most_age": 60}, InvalidInput),
        ({"least_age": -1}, InvalidInput),
        ({"person_tags": ("elder_meals",) * 21}, InvalidInput),
    ],
)
async def test_criteria_that_make_no_sense_are_refused_and_nothing_is_written(
    db, narrowed, refusal
):
    town = await Town().build()

    with pytest.raises(refusal):
        await town.drafted(**narrowed)

    assert await state() == []


async def test_nobody_addresses_an_area_that_is_not_theirs(db):
    town = await Town().build()
    elsewhere = await factories.a_community()
    stranger = await factories.a_committee_member(elsewhere)
    own = CampaignDraft(
        **{
            **{name: getattr(town.draft(), name) for name in ("title", "body", "purpose", "basis")},
            "area_id": elsewhere.id,
            "audience": AudienceDraft(area_ids=(town.community.id,)),
        }
    )
    key = uuid4()

    with pytest.raises(NotFound):
        await campaigns.draft_campaign(stranger, own, idempotency_key=key)
    for actor, refusal in (
        (stranger, Forbidden),
        (town.as_resident(town.son), Forbidden),
        (ANONYMOUS, SignInRequired),
    ):
        with pytest.raises(refusal):
            await campaigns.draft_campaign(actor, town.draft(), idempotency_key=key)

    assert await state() == []


async def test_another_communitys_campaign_is_not_found(db):
    town = await Town().build()
    campaign_id = await town.drafted()
    stranger = await factories.a_committee_member()
    before = await state()

    for command in (
        campaigns.preview_campaign,
        campaigns.send_campaign,
        campaigns.approve_campaign,
    ):
        with pytest.raises(NotFound):
            await command(stranger, campaign_id)
    for reasoned in (campaigns.return_campaign, campaigns.withdraw_campaign):
        with pytest.raises(NotFound):
            await reasoned(stranger, campaign_id, reason="无")

    assert await state() == before


async def test_an_area_sends_so_many_a_day_and_no_more(db):
    town = await Town().build()
    for _ in range(campaigns.MOST_A_DAY):
        campaign_id = await town.drafted(least_age=149)
        await campaigns.preview_campaign(town.writer, campaign_id)
        await campaigns.send_campaign(town.writer, campaign_id)
    one_more = await town.drafted(least_age=149)
    await campaigns.preview_campaign(town.writer, one_more)

    with pytest.raises(TooManyCampaigns):
        await campaigns.send_campaign(town.writer, one_more)


WHY = """query ($id: ID!) { whyAddressed(noticeId: $id) { purpose basis leastAge roles
  areas { name } tags { kind { code } } } }"""


async def test_each_addressee_sees_why_and_nobody_else_does(db):
    town = await Town().build()
    await town.on_allowance(allowed=True)
    await town.sent(household_tags=(AID,))
    row = await database.fetch_one(
        "SELECT id FROM notifications_notice WHERE person_id = $1", town.son.id
    )
    asked = {"id": node.encode("notice", row["id"])}

    async def why(actor):
        answer = await schema.execute(WHY, variable_values=asked, context_value=Context(actor))
        assert answer.errors is None
        return answer.data["whyAddressed"]

    told = await why(town.as_resident(town.son))
    assert told == {
        "purpose": "使符合条件的老人知晓津贴",
        "basis": "本市高龄津贴办法",
        "leastAge": None,
        "roles": [],
        "areas": [{"name": town.community.name}],
        "tags": [{"kind": {"code": AID}}],
    }
    others = (town.as_resident(town.elders[0]), town.writer, ANONYMOUS)
    assert [await why(each) for each in others] == [None, None, None]


LIST = """{ campaigns(first: 10) { nodes { id title state toldCount author { name }
  area { name } audience { areas { name } personTags { title } } } } }"""


@pytest.mark.parametrize("count", [1, 3])
async def test_campaigns_are_listed_with_as_many_statements_however_many(db, statements, count):
    town = await Town().build()
    for _ in range(count):
        await town.drafted(person_tags=("elder_meals",))
    statements.clear()

    answer = await schema.execute(LIST, context_value=Context(town.writer))

    assert answer.errors is None
    assert len(answer.data["campaigns"]["nodes"]) == count
    assert len(statements) == 4


async def test_who_may_not_write_campaigns_sees_none(db):
    town = await Town().build()
    await town.drafted()

    answer = await schema.execute(LIST, context_value=Context(town.as_resident(town.son)))

    assert answer.data == {"campaigns": {"nodes": []}}


DRAFT = """mutation ($input: DraftCampaignInput!) { draftCampaign(input: $input) { __typename
  ... on UserError { code path } ... on CampaignSaved { replayed campaign { id state } } } }"""


async def test_a_subject_of_elsewhere_is_not_found(db):
    town = await Town().build()
    given = {
        "areaId": node.encode("area", town.community.id),
        "content": {
            "title": "议事会",
            "body": "请参加。",
            "purpose": "告知",
            "basis": "议事规则",
            "audience": {"areaIds": [node.encode("area", town.community.id)]},
            "subjectId": node.encode("poll", uuid4()),
        },
        "idempotencyKey": str(uuid4()),
    }

    answer = await schema.execute(
        DRAFT, variable_values={"input": given}, context_value=Context(town.writer)
    )

    assert answer.data["draftCampaign"]["code"] == "NOT_FOUND"
    assert await state() == []
