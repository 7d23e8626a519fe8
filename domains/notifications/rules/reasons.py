"""Why a notice reached somebody, as a sentence to them."""

from collections.abc import Mapping

from domains.notifications.values import Locale, ReasonCode

_ZH: Mapping[ReasonCode, str] = {
    ReasonCode.ON_ROLL_NOT_VOTED: "你在本次投票的选民名册上,且尚未投票。",
    ReasonCode.ON_ROLL: "你在本次投票的选民名册上。",
    ReasonCode.INVITED: "你受邀参加此次会议。",
    ReasonCode.LIVES_HERE: "你居住在相关区域。",
    ReasonCode.HOLDS_ROLE: "你在相关区域或单位担任职务。",
    ReasonCode.CONCERNED: "此事与你本人有关。",
    ReasonCode.AUTHOR: "此事由你提出。",
    ReasonCode.RESPONSIBLE: "此事由你负责办理。",
    ReasonCode.PARTICIPANT: "你参与了此事。",
    ReasonCode.FOLLOWS: "你关注了此事。",
    ReasonCode.MATCHED: "你符合此通知所面向的人群条件。",
}
_EN: Mapping[ReasonCode, str] = {
    ReasonCode.ON_ROLL_NOT_VOTED: "You are on this poll's roll and have not voted yet.",
    ReasonCode.ON_ROLL: "You are on this poll's roll.",
    ReasonCode.INVITED: "You are invited to this meeting.",
    ReasonCode.LIVES_HERE: "You live in the area that this is about.",
    ReasonCode.HOLDS_ROLE: "You hold a role over what this is about.",
    ReasonCode.CONCERNED: "This is about yourself.",
    ReasonCode.AUTHOR: "You began this.",
    ReasonCode.RESPONSIBLE: "You are in charge of this.",
    ReasonCode.PARTICIPANT: "You take part in this.",
    ReasonCode.FOLLOWS: "You follow this.",
    ReasonCode.MATCHED: "You are among those whom this is meant for.",
}
_FOR = {
    Locale.ZH_HANS: "你是{name}的协助人或监护人。",
    Locale.EN: "You are a helper or guardian of {name}.",
}


def sentence(reason: ReasonCode, locale: Locale, *, second_for: str | None = None) -> str:
    """Return why it reached its reader: because of themselves, or of whom they help."""
    if second_for is not None:
        return _FOR[locale].format(name=second_for)
    return (_ZH if locale is Locale.ZH_HANS else _EN)[reason]


assert set(_ZH) == set(_EN) == set(ReasonCode), "every reason is said in both languages"
