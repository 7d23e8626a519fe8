"""What roles are called in each language."""

from collections.abc import Mapping

from domains.kernel.actor import Role

TITLES: Mapping[Role, Mapping[str, str]] = {
    Role.RESIDENT: {"zh-Hans": "居民", "en": "resident"},
    Role.BUILDING_CAPTAIN: {"zh-Hans": "楼栋长", "en": "building captain"},
    Role.GRID_WORKER: {"zh-Hans": "网格员", "en": "grid worker"},
    Role.SOCIAL_WORKER: {"zh-Hans": "社会工作者", "en": "social worker"},
    Role.RESIDENTS_REPRESENTATIVE: {"zh-Hans": "居民代表", "en": "residents' representative"},
    Role.COMMITTEE_MEMBER: {"zh-Hans": "居委会成员", "en": "committee member"},
    Role.SUPERVISOR: {"zh-Hans": "监督员", "en": "supervisor"},
    Role.STREET_REVIEWER: {"zh-Hans": "街道审核员", "en": "street reviewer"},
    Role.DEPARTMENT_PUBLISHER: {"zh-Hans": "部门发布员", "en": "department publisher"},
    Role.DEPARTMENT_HEAD: {"zh-Hans": "部门负责人", "en": "department head"},
    Role.ORGANISATION_ADMINISTRATOR: {"zh-Hans": "组织管理员", "en": "organisation administrator"},
    Role.CHARITY_OFFICER: {"zh-Hans": "慈善专员", "en": "charity officer"},
    Role.PLATFORM_ADMINISTRATOR: {"zh-Hans": "平台管理员", "en": "platform administrator"},
}
assert set(TITLES) == set(Role), "every role has a name in both languages"
