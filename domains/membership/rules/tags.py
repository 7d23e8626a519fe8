"""The kinds of tags that every installation begins with: seven of households, sixty of people.

How many of each follows a district that keeps 7 household and 60 personal kinds (徐州市鼓楼区);
which they are is this product's own choosing and data. What tells of health, hardship, children
or ethnic group is sensitive (PIPL, article 28) and reaches nobody without consent; ages are no
tags, since the register knows the day of birth.
"""

from dataclasses import dataclass

from domains.membership.values import TagSensitivity, TagSubject

ORDINARY, PERSONAL, SENSITIVE = (
    TagSensitivity.ORDINARY,
    TagSensitivity.PERSONAL,
    TagSensitivity.SENSITIVE,
)


@dataclass(frozen=True, slots=True)
class TagKindPreset:
    """A kind: after how many months what it says is looked at again, and why it may be kept."""

    code: str
    subject: TagSubject
    title_zh: str
    title_en: str
    sensitivity: TagSensitivity
    basis: str
    review_months: int = 12

    @property
    def needs_consent(self) -> bool:
        """Whether it reaches only who allowed that."""
        return self.sensitivity is TagSensitivity.SENSITIVE


_AID = "《社会救助暂行办法》;使用须经本人单独同意(个人信息保护法第29条)"
_HEALTH = "健康信息,须经本人单独同意(个人信息保护法第28、29条)"
_CHILD = "未成年人信息,须经监护人同意(个人信息保护法第31条)"
_HONOUR = "《退役军人保障法》《军人地位和权益保障法》"
_LIFE = "社区服务所必需,本人可查阅、更正、停用(个人信息保护法第44至47条)"
_OWN = "本人自愿提供(个人信息保护法第13条第1项)"

Row = tuple[str, str, str, TagSensitivity, str]

_HOUSEHOLDS: tuple[Row, ...] = (
    ("household_subsistence", "低保户", "On subsistence allowance", SENSITIVE, _AID),
    ("household_near_poverty", "低收入边缘户", "At the edge of low income", SENSITIVE, _AID),
    ("household_disabled", "有残疾人的家庭", "With a disabled member", SENSITIVE, _HEALTH),
    ("household_bereaved", "失独家庭", "Bereaved of an only child", SENSITIVE, _AID),
    ("household_military", "军属烈属家庭", "Of a soldier or a martyr", PERSONAL, _HONOUR),
    ("household_empty_nest", "空巢家庭", "Empty nest", PERSONAL, _LIFE),
    ("household_rented", "出租房屋", "Let to tenants", ORDINARY, _LIFE),
)
_PEOPLE: tuple[Row, ...] = (
    # Elders.
    ("elder_alone", "独居老人", "Elder living alone", PERSONAL, _LIFE),
    ("elder_empty_nest", "空巢老人", "Elder in an empty nest", PERSONAL, _LIFE),
    ("elder_left_behind", "留守老人", "Elder left behind", PERSONAL, _LIFE),
    ("elder_without_kin", "孤寡老人", "Elder without kin", PERSONAL, _LIFE),
    ("elder_disabled", "失能老人", "Elder who needs full care", SENSITIVE, _HEALTH),
    ("elder_half_disabled", "半失能老人", "Elder who needs some care", SENSITIVE, _HEALTH),
    ("elder_dementia", "失智老人", "Elder with dementia", SENSITIVE, _HEALTH),
    ("elder_allowance", "高龄津贴对象", "Receives the old-age allowance", ORDINARY, _LIFE),
    ("elder_meals", "助餐对象", "Takes meals for elders", ORDINARY, _OWN),
    ("elder_home_care", "居家养老服务对象", "Receives care at home", PERSONAL, _OWN),
    # Children and those who bring them up.
    ("child_left_behind", "留守儿童", "Child left behind", SENSITIVE, _CHILD),
    ("child_in_need", "困境儿童", "Child in need", SENSITIVE, _CHILD),
    ("child_orphan", "孤儿", "Orphan", SENSITIVE, _CHILD),
    ("child_unsupported", "事实无人抚养儿童", "Child whom nobody supports", SENSITIVE, _CHILD),
    ("child_preschool", "学龄前儿童", "Child below school age", SENSITIVE, _CHILD),
    ("child_pupil", "中小学生", "Pupil", SENSITIVE, _CHILD),
    ("parent_of_small", "婴幼儿家长", "Parent of a small child", ORDINARY, _OWN),
    ("parent_of_pupil", "学生家长", "Parent of a pupil", ORDINARY, _OWN),
    ("parent_single", "单亲家长", "Single parent", PERSONAL, _OWN),
    ("after_school_care", "需课后托管", "Wants care after school", ORDINARY, _OWN),
    # Health.
    ("disabled_body", "肢体残疾人", "Physically disabled", SENSITIVE, _HEALTH),
    ("disabled_sight", "视力残疾人", "Visually disabled", SENSITIVE, _HEALTH),
    ("disabled_hearing", "听力言语残疾人", "Deaf or speech-disabled", SENSITIVE, _HEALTH),
    ("disabled_mind", "智力残疾人", "Intellectually disabled", SENSITIVE, _HEALTH),
    ("disabled_psyche", "精神残疾人", "Psychosocially disabled", SENSITIVE, _HEALTH),
    ("chronic_illness", "慢性病患者", "Chronically ill", SENSITIVE, _HEALTH),
    ("serious_illness", "重大疾病患者", "Seriously ill", SENSITIVE, _HEALTH),
    ("expectant_mother", "孕产妇", "Expectant or new mother", SENSITIVE, _HEALTH),
    ("family_doctor", "家庭医生签约居民", "Has a family doctor", PERSONAL, _OWN),
    ("rehabilitation", "需康复服务", "Wants rehabilitation", SENSITIVE, _HEALTH),
    # Hardship.
    ("subsistence", "低保对象", "On subsistence allowance", SENSITIVE, _AID),
    ("destitute", "特困人员", "Destitute", SENSITIVE, _AID),
    ("low_income", "低收入人口", "On a low income", SENSITIVE, _AID),
    ("temporary_aid", "临时救助对象", "Receives temporary aid", SENSITIVE, _AID),
    ("medical_aid", "医疗救助对象", "Receives medical aid", SENSITIVE, _AID),
    ("housing_aid", "住房保障对象", "Receives housing aid", SENSITIVE, _AID),
    ("disaster_hit", "受灾人员", "Hit by a disaster", SENSITIVE, _AID),
    ("unemployed", "失业人员", "Unemployed", PERSONAL, _OWN),
    ("hard_to_employ", "就业困难人员", "Has difficulty finding work", SENSITIVE, _AID),
    ("legal_aid", "需法律援助", "Wants legal aid", PERSONAL, _OWN),
    # Honour and office.
    ("veteran", "退役军人", "Veteran", PERSONAL, _HONOUR),
    ("military_family", "现役军人家属", "Family of a serving soldier", PERSONAL, _HONOUR),
    ("martyr_family", "烈士遗属", "Family of a martyr", PERSONAL, _HONOUR),
    ("preferential_care", "优抚对象", "Receives preferential care", PERSONAL, _HONOUR),
    ("party_member", "中共党员", "Member of the Communist Party", PERSONAL, _OWN),
    ("party_reporting", "在职报到党员", "Member serving where they live", PERSONAL, _OWN),
    ("youth_league", "共青团员", "Member of the Youth League", PERSONAL, _OWN),
    ("deputy", "人大代表、政协委员", "Deputy or committee member", ORDINARY, _OWN),
    ("model_worker", "劳动模范", "Model worker", ORDINARY, _OWN),
    ("good_samaritan", "见义勇为人员", "Honoured for courage", ORDINARY, _OWN),
    # Work and origin.
    ("graduate", "高校毕业生", "Graduate", ORDINARY, _OWN),
    ("founder", "创业者", "Founder of a business", ORDINARY, _OWN),
    ("self_employed", "个体工商户", "Self-employed", ORDINARY, _OWN),
    ("courier", "快递外卖等新就业群体", "Courier or platform worker", ORDINARY, _OWN),
    ("migrant_worker", "外来务工人员", "Migrant worker", PERSONAL, _OWN),
    ("newcomer", "新居民", "Newcomer", ORDINARY, _OWN),
    ("landlord", "出租房屋业主", "Lets a dwelling", ORDINARY, _LIFE),
    ("professional", "专业人才", "Professional who offers expertise", ORDINARY, _OWN),
    ("returned_overseas", "归侨侨眷", "Returned overseas Chinese or family", PERSONAL, _OWN),
    ("ethnic_minority", "少数民族居民", "Of a minority nationality", SENSITIVE, _OWN),
)


def _of(subject: TagSubject, rows: tuple[Row, ...]) -> tuple[TagKindPreset, ...]:
    return tuple(
        TagKindPreset(
            code=code,
            subject=subject,
            title_zh=zh,
            title_en=en,
            sensitivity=sensitivity,
            basis=basis,
            review_months=6 if sensitivity is SENSITIVE else 12,
        )
        for code, zh, en, sensitivity, basis in rows
    )


PRESETS = (*_of(TagSubject.HOUSEHOLD, _HOUSEHOLDS), *_of(TagSubject.PERSON, _PEOPLE))
