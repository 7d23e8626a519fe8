"""What is refused of disclosures and their versions."""

from domains.kernel.errors import DomainError


class PersonalDataInText(DomainError):
    """A text that everybody is to read holds somebody's personal data; it names what was found."""

    zh = "公开文本中含有个人信息:{reason_zh}。请删去,或放入会被遮盖的字段。"
    en = "A public text holds personal data: {reason_en}. Take it out, or put it in a masked field."


class BodyMayNotPublish(DomainError):
    """The body may not publish this kind of disclosure, or of this affair."""

    zh = "该发布主体无权发布此类内容。"
    en = "This body may not publish disclosures of this kind or affair."


class PublisherEnded(DomainError):
    """The body has ended and publishes nothing new."""

    zh = "该发布主体已停止发布,不能再发布新内容;已公开的内容仍可更正或撤回。"
    en = "This body has ended: it publishes nothing new, and can still correct what is public."


class OccurredInFuture(DomainError):
    """What is disclosed is said to have occurred on a day to come."""

    zh = "发生日期 {day} 晚于今天。"
    en = "The day of occurrence, {day}, is still to come."


class AttachmentUnfit(DomainError):
    """An attachment is not a complete upload of the writer's, or no picture where one is wanted."""

    zh = "附件须为你本人已上传完成的文件;图片须为图片格式。"
    en = "An attachment is a complete upload of your own; a picture is an image."


class NotADraft(DomainError):
    """What was handed in cannot be changed; it is returned or published."""

    zh = "已提交审核的内容不能修改;请等待审核或退回。"
    en = "What was handed in cannot be changed unless it is returned."


class HandedInBefore(DomainError):
    """A draft that was handed in once has steps that stand: it is not given up."""

    zh = "该稿曾提交审核,审核记录须保留,不能删除;可以修改后重新提交。"
    en = "This draft was handed in before, and its reviews are kept: edit it and hand it in anew."


class NotWaiting(DomainError):
    """The version waits at no step of a chain."""

    zh = "该版本不在审核中。"
    en = "This version waits at no step of its chain."


class NotApproved(DomainError):
    """Only what has passed its whole chain can be published."""

    zh = "尚未通过全部审核,不能发布。"
    en = "Only what every step has approved can be published."


class AuthorNeverApproves(DomainError):
    """Who wrote a version takes no step of its chain."""

    zh = "撰写人不得审核自己撰写的内容。"
    en = "Who wrote it never approves it."


class StepTakenBefore(DomainError):
    """The chain wants another person at each step."""

    zh = "同一人不得在同一轮审核中通过两个环节。"
    en = "The chain wants another person at each step of a round."


class VersionUnderWay(DomainError):
    """Another version of the disclosure is being written or approved."""

    zh = "该公开事项已有一个版本正在撰写或审核。"
    en = "Another version of this disclosure is under way."


class NotPublic(DomainError):
    """Only what is public can be corrected, withdrawn, pinned or read."""

    zh = "该公开事项尚未公开。"
    en = "This disclosure is not public."


class DisclosureClosed(DomainError):
    """What was withdrawn or archived is not written on any more."""

    zh = "该公开事项已撤回或归档,不能再修改。"
    en = "This disclosure was withdrawn or archived and is not written on any more."


class PlacingFixed(DomainError):
    """Kind, duties, targets and tags stand once the disclosure is public."""

    zh = "公开后不能更改类别、对应义务、发布范围和标签。"
    en = "Kind, duties, targets and tags stand once the disclosure is public."


class ScheduledInPast(DomainError):
    """A publication is scheduled for an instant to come."""

    zh = "定时发布的时间须晚于现在。"
    en = "A publication is scheduled for an instant to come."


class TargetOutside(DomainError):
    """A disclosure is aimed at areas within its publisher's own."""

    zh = "发布范围须在发布主体所在区域之内。"
    en = "A disclosure is aimed at areas within its publisher's own."


class TooManyPins(DomainError):
    """So many disclosures of the body are pinned already."""

    zh = "该主体最多置顶 {most} 条。"
    en = "This body has pinned its {most} disclosures already."


class TakenDown(DomainError):
    """The content is out of public sight."""

    zh = "该内容已下架。"
    en = "The content has been taken down."


class RowsUnfit(DomainError):
    """Structured rows have the fields of their item's form, and only a structured one has rows."""

    zh = "明细须符合公开目录所定的字段(第 {row} 行)。"
    en = "Rows have the fields of the item's form (row {row})."
