"""Tags: said by staff or oneself, sealed, looked at again, contested, used only where allowed."""

import asyncio
from datetime import date, timedelta
from uuid import uuid4

import pytest

from domains.kernel import clock, database
from domains.kernel.actor import ANONYMOUS, Grant, Role
from domains.kernel.errors import DomainError, InvalidInput, NotFound
from domains.membership.errors import DayImpossible
from domains.membership.errors.tags import (
    TagContestOpen,
    TagEnded,
    TagKindTaken,
    TagKindUnfit,
    TagNeedsNoConsent,
    TagNotContested,
    TagSetByYou,
    TagStands,
)
from domains.membership.queries import addressing, tags
from domains.membership.queries.addressing import Audience
from domains.membership.rules.tags import PRESETS, TagKindPreset
from domains.membership.service import residencies, tag_kinds, tagging
from domains.membership.values import ConsentForm, TagConsent, TagDraft, TagSensitivity, TagSubject
from schema import node
from schema.context import Context
from schema.root import schema
from tests import factories

MEALS = TagDraft("elder_meals", "本人申请助餐")
AID = TagDraft("subsistence", "民政核定名单")
AID_HOME = TagDraft("household_subsistence", "民政核定名单")


class Town:
    """A community with a keeper, another keeper, and two residents of one household."""

    async def build(self):
        await tag_kinds.sync_presets()
        self.community = await factories.a_community()
        self.building = await factories.a_building(self.community)
        self.household = await factories.a_household(self.building)
        self.elder = await factories.a_person("孙大海", born=date(1945, 3, 1))
        self.son = await factories.a_person("孙小海", born=date(1975, 3, 1))
        self.child = await factories.a_person("孙果", born=date(2015, 3, 1))
        for each in (self.elder, self.son, self.child):
            await factories.a_residency(each, self.household)
        self.keeper = await factories.a_committee_member(self.community)
        self.other = await factories.a_committee_member(self.community)
        return self

    def audience(self, **narrowed):
        return Audience((self.community.path,), **narrowed)

    async def met(self, **narrowed):
        on = await clock.today()
        rows = await addressing.after(self.audience(**narrowed), on=on, last=None, limit=100)
        return {row["person_id"] for row in rows}


async def as_resident(person, community):
    return factories.as_actor(person, Grant(Role.RESIDENT, area_path=community.path))


async def rows():
    """All that these commands could change."""
    return [dict(row) for row in await database.fetch("SELECT * FROM membership_tag ORDER BY id")]


def test_seven_kinds_of_households_and_sixty_of_people_are_preset():
    by_subject = [sum(each.subject is of for each in PRESETS) for of in TagSubject]

    assert dict(zip(TagSubject, by_subject, strict=True)) == {
        TagSubject.PERSON: 60,
        TagSubject.HOUSEHOLD: 7,
    }
    assert len({each.code for each in PRESETS}) == 67


async def test_what_staff_say_is_sealed_and_read_by_whom_it_is_said_of(db):
    town = await Town().build()
    elder = await as_resident(town.elder, town.community)

    made = await tagging.tag_person(town.keeper, town.elder.id, MEALS)

    (row,) = await rows()
    assert b"elder_meals" not in row["kind_sealed"] + row["kind_index"] + row["source_sealed"]
    own = await tags.own_by_id(elder, [made.id])
    assert (tags.told(own[0]).code, tags.told(own[0]).source) == ("elder_meals", "本人申请助餐")
    stranger = await as_resident(await factories.a_person(), town.community)
    assert await tags.own_by_id(stranger, [made.id]) == [None]


async def test_the_same_is_said_once_also_by_two_at_once(db):
    town = await Town().build()

    done = await asyncio.gather(
        *(tagging.tag_person(town.keeper, town.elder.id, MEALS) for _ in range(4)),
        return_exceptions=True,
    )

    assert sorted(type(each).__name__ for each in done) == ["Made", *["TagStands"] * 3]
    assert len(await rows()) == 1


@pytest.mark.parametrize(
    ("draft", "refusal"),
    [
        (TagDraft("nothing_like_it", "名单"), TagKindUnfit),
        (AID_HOME, TagKindUnfit),
        (TagDraft("elder_meals", " "), InvalidInput),
        (TagDraft("elder_meals", "名单", since=date(2999, 1, 1)), DayImpossible),
        (TagDraft("elder_meals", "名单", review_on=date(2020, 1, 1)), DayImpossible),
        (TagDraft("elder_meals", "名单", review_on=date(2999, 1, 1)), DayImpossible),
    ],
)
async def test_what_cannot_be_said_is_refused_and_nothing_is_recorded(db, draft, refusal):
    town = await Town().build()

    with pytest.raises(refusal):
        await tagging.tag_person(town.keeper, town.elder.id, draft)

    assert await rows() == []


async def test_staff_of_elsewhere_and_neighbours_say_nothing(db):
    town = await Town().build()
    stranger = await factories.a_committee_member()
    neighbour = await as_resident(await factories.a_person(), town.community)

    for actor in (stranger, neighbour, ANONYMOUS):
        with pytest.raises(NotFound):
            await tagging.tag_person(actor, town.elder.id, MEALS)
        with pytest.raises(NotFound):
            await tagging.open_tags(actor, person_id=town.elder.id)

    assert await rows() == []


async def test_a_sensitive_tag_reaches_nobody_until_it_is_allowed(db):
    town = await Town().build()
    elder = await as_resident(town.elder, town.community)
    made = await tagging.tag_person(town.keeper, town.elder.id, AID)

    before = await town.met(person_tags=("subsistence",))
    await tagging.allow_tag_use(elder, made.id)
    allowed = await town.met(person_tags=("subsistence",))
    await tagging.withdraw_tag_use(elder, made.id)

    assert (before, allowed) == (set(), {town.elder.id})
    assert await town.met(person_tags=("subsistence",)) == set()


async def test_staff_allow_nothing_for_somebody_but_by_a_consent_that_they_were_given(db):
    town = await Town().build()
    made = await tagging.tag_person(town.keeper, town.elder.id, AID)

    with pytest.raises(DomainError) as refused:
        await tagging.allow_tag_use(town.keeper, made.id)
    before = await town.met(person_tags=("subsistence",))
    await tagging.allow_tag_use(town.keeper, made.id, TagConsent(ConsentForm.WRITTEN, 1))

    assert refused.value.code == "FORBIDDEN"
    assert (before, await town.met(person_tags=("subsistence",))) == (set(), {town.elder.id})


async def test_a_tag_that_needs_no_consent_is_neither_allowed_nor_withdrawn(db):
    town = await Town().build()
    made = await tagging.tag_person(town.keeper, town.elder.id, MEALS)
    elder = await as_resident(town.elder, town.community)
    before = await rows()

    for command in (tagging.allow_tag_use, tagging.withdraw_tag_use):
        with pytest.raises(TagNeedsNoConsent):
            await command(elder, made.id)

    assert await rows() == before


async def test_an_adult_of_the_household_speaks_for_it_and_a_child_does_not(db):
    town = await Town().build()
    made = await tagging.tag_household(town.keeper, town.household.id, AID_HOME)

    with pytest.raises(NotFound):
        await tagging.allow_tag_use(await as_resident(town.child, town.community), made.id)
    await tagging.allow_tag_use(await as_resident(town.son, town.community), made.id)

    met = await town.met(household_tags=("household_subsistence",))
    assert met == {town.elder.id, town.son.id, town.child.id}


async def test_a_contested_tag_reaches_nobody_until_another_has_answered(db):
    town = await Town().build()
    elder = await as_resident(town.elder, town.community)
    made = await tagging.tag_person(town.keeper, town.elder.id, MEALS)
    await tagging.contest_tag(elder, made.id, reason="我不需要")

    contested = await town.met(person_tags=("elder_meals",))
    with pytest.raises(TagContestOpen):
        await tagging.contest_tag(elder, made.id, reason="再说一次")
    with pytest.raises(TagSetByYou):
        await tagging.settle_tag_contest(town.keeper, made.id, stands=True, answer="属实")
    await tagging.settle_tag_contest(town.other, made.id, stands=True, answer="已核实")
    with pytest.raises(TagNotContested):
        await tagging.settle_tag_contest(town.other, made.id, stands=False, answer="再核")

    assert (contested, await town.met(person_tags=("elder_meals",))) == (set(), {town.elder.id})


async def test_a_contest_that_is_upheld_ends_the_tag(db):
    town = await Town().build()
    elder = await as_resident(town.elder, town.community)
    made = await tagging.tag_person(town.keeper, town.elder.id, MEALS)
    await tagging.contest_tag(elder, made.id, reason="我不需要")

    await tagging.settle_tag_contest(town.other, made.id, stands=False, answer="已更正")

    assert await town.met(person_tags=("elder_meals",)) == set()
    with pytest.raises(TagEnded):
        await tagging.renew_tag(town.keeper, made.id, review_on=date(2099, 1, 1))
    again = await tagging.tag_person(town.keeper, town.elder.id, MEALS)
    assert again.id != made.id


async def test_after_its_day_of_review_a_tag_reaches_nobody_until_it_is_renewed(db, moved_clock):
    town = await Town().build()
    made = await tagging.tag_person(town.keeper, town.elder.id, MEALS)
    await moved_clock.advance(timedelta(days=400))

    late = await town.met(person_tags=("elder_meals",))
    on = await clock.today() + timedelta(days=100)
    await tagging.renew_tag(town.keeper, made.id, review_on=on)

    assert (late, await town.met(person_tags=("elder_meals",))) == (set(), {town.elder.id})


async def test_what_one_says_of_oneself_is_allowed_at_once(db):
    town = await Town().build()
    son = await as_resident(town.son, town.community)

    await tagging.tag_person(son, town.son.id, TagDraft("chronic_illness", "本人填写"))

    assert await town.met(person_tags=("chronic_illness",)) == {town.son.id}


async def test_who_opens_tags_is_audited_for_each_and_the_chain_does_not_say_which_kind(db):
    town = await Town().build()
    await tagging.tag_person(town.keeper, town.elder.id, AID)

    opened = await tagging.open_tags(town.other, person_id=town.elder.id)

    read = await database.fetch("SELECT * FROM kernel_audit WHERE command = 'read'")
    assert [each.code for each in opened] == ["subsistence"]
    assert [(row["subject_kind"], row["subject_id"]) for row in read] == [("tag", opened[0].id)]
    said = await database.fetch("SELECT details::text FROM kernel_audit")
    events = await database.fetch("SELECT payload::text AS details FROM kernel_outbox")
    assert not any("subsistence" in row["details"] for row in (*said, *events))


async def test_a_community_adds_a_kind_of_its_own_and_retires_it(db):
    town = await Town().build()
    own = TagKindPreset(
        code="dongguan_choir",
        subject=TagSubject.PERSON,
        title_zh="合唱团成员",
        title_en="Sings in the choir",
        sensitivity=TagSensitivity.ORDINARY,
        basis="本人自愿",
    )
    await tag_kinds.create_tag_kind(town.keeper, town.community.id, own)
    elsewhere = await factories.a_committee_member()

    with pytest.raises(TagKindTaken):
        await tag_kinds.create_tag_kind(town.keeper, town.community.id, own)
    with pytest.raises(NotFound):
        await tag_kinds.retire_tag_kind(town.keeper, town.community.id, "elder_meals")
    with pytest.raises(DomainError):
        await tag_kinds.retire_tag_kind(elsewhere, town.community.id, "dongguan_choir")
    await tagging.tag_person(town.keeper, town.elder.id, TagDraft("dongguan_choir", "团员名册"))
    await tag_kinds.retire_tag_kind(town.keeper, town.community.id, "dongguan_choir")
    with pytest.raises(TagKindUnfit):
        await tagging.tag_person(town.keeper, town.son.id, TagDraft("dongguan_choir", "团员名册"))

    assert await town.met(person_tags=("dongguan_choir",)) == {town.elder.id}


async def test_an_audience_is_narrowed_by_age_role_and_tags_together(db):
    town = await Town().build()
    await tagging.tag_person(town.keeper, town.elder.id, MEALS)
    everybody = {town.elder.id, town.son.id, town.child.id}

    assert await town.met() == everybody
    assert await town.met(least_age=60) == {town.elder.id}
    assert await town.met(least_age=18, most_age=60) == {town.son.id}
    assert await town.met(without_tags=("elder_meals",)) == everybody - {town.elder.id}
    assert await town.met(person_tags=("elder_meals",), most_age=60) == set()
    assert await town.met(roles=(Role.COMMITTEE_MEMBER,)) == {
        town.keeper.person_id,
        town.other.person_id,
    }


async def test_who_has_moved_away_is_not_meant(db):
    town = await Town().build()
    bond = await database.fetch_value(
        "SELECT id FROM membership_residency WHERE person_id = $1", town.son.id
    )
    today = await clock.today()

    await residencies.end_residency(town.keeper, bond, last_day=today - timedelta(days=1))

    assert await town.met() == {town.elder.id, town.child.id}


async def test_pages_of_an_audience_together_are_the_audience(db):
    town = await Town().build()
    on = await clock.today()

    found, last = [], None
    while page := await addressing.after(town.audience(), on=on, last=last, limit=2):
        found += [row["person_id"] for row in page]
        last = found[-1]

    assert found == sorted({town.elder.id, town.son.id, town.child.id})


async def test_a_count_tells_who_is_not_reached_for_want_of_consent_or_of_a_birthday(db):
    town = await Town().build()
    ageless = await factories.a_person("无名", born=None)
    await factories.a_residency(ageless, town.household)
    await tagging.tag_person(town.keeper, town.elder.id, AID)

    counted = await addressing.count(
        town.audience(person_tags=("subsistence",), least_age=60), on=await clock.today()
    )

    assert counted.people == 0
    assert counted.without_consent == 1
    assert counted.without_birth_date == 1
    assert counted.by_criterion == {"area": 4, "personTags": 0, "age": 1}


MINE = """query { myTags(first: 3) { nodes { id source kind { code title } person { name }
  household { unit } setBy { name } } } }"""


@pytest.mark.parametrize("count", [1, 3])
async def test_ones_own_tags_are_read_with_as_many_statements_however_many(db, statements, count):
    town = await Town().build()
    elder = await as_resident(town.elder, town.community)
    for code in ("elder_meals", "elder_alone", "deputy")[:count]:
        await tagging.tag_person(town.keeper, town.elder.id, TagDraft(code, "名单"))
    statements.clear()

    answer = await schema.execute(MINE, context_value=Context(elder))

    assert answer.errors is None
    assert len(answer.data["myTags"]["nodes"]) == count
    assert len(statements) == 3


async def test_small_figures_are_not_told(db):
    town = await Town().build()
    area = node.encode("area", town.community.id)
    await tagging.tag_person(town.keeper, town.elder.id, MEALS)
    for _ in range(5):
        neighbour = await factories.a_person()
        await factories.a_residency(neighbour, town.household)
        await tagging.tag_person(town.keeper, neighbour.id, TagDraft("newcomer", "登记"))
    asked = f'{{ tagFigures(areaId: "{area}") {{ kind {{ code }} tagged usable }} }}'

    told = await schema.execute(asked, context_value=Context(town.keeper))
    neighbours = await schema.execute(
        asked, context_value=Context(await as_resident(town.son, town.community))
    )

    assert told.data["tagFigures"] == [
        {"kind": {"code": "newcomer"}, "tagged": 5, "usable": 5},
    ]
    assert neighbours.data == {"tagFigures": []}


TAG = """mutation ($input: TagPersonInput!) { tagPerson(input: $input) { __typename
  ... on UserError { code path } ... on TagSaved { replayed tag { id kind { code } } } } }"""


async def test_a_tag_over_graphql_happens_once_a_key(db):
    town = await Town().build()
    given = {
        "personId": node.encode("person", town.elder.id),
        "tag": {"code": "elder_meals", "source": "本人申请"},
        "idempotencyKey": str(uuid4()),
    }

    said = [
        (
            await schema.execute(
                TAG, variable_values={"input": given}, context_value=Context(town.keeper)
            )
        ).data["tagPerson"]
        for _ in range(2)
    ]

    assert [each["replayed"] for each in said] == [False, True]
    assert said[0]["tag"] == said[1]["tag"]
    assert len(await rows()) == 1


async def test_of_one_person_the_same_kind_stands_once_whoever_says_it(db):
    town = await Town().build()
    await tagging.tag_person(town.keeper, town.elder.id, MEALS)

    with pytest.raises(TagStands):
        await tagging.tag_person(
            await as_resident(town.elder, town.community), town.elder.id, MEALS
        )

    assert len(await rows()) == 1
