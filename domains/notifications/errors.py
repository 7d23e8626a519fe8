"""What notices refuse."""

from domains.kernel.errors import DomainError


class LegalNotice(DomainError):
    """What the law wants told cannot be turned off."""

    zh = "依法必须告知的通知不能关闭。"
    en = "Notices that the law requires cannot be turned off."


class VariableMissing(DomainError):
    """A text names a variable for which there is no value."""

    zh = "模板变量没有取值:{variable}。"
    en = "There is no value for the template's variable {variable}."


class VariableUnknown(DomainError):
    """A text names a variable that its kind does not have."""

    zh = "该类通知没有此模板变量:{variable}。"
    en = "This kind of notice has no variable {variable}."


class DigestImpossible(DomainError):
    """What cannot wait is not gathered into a digest, nor is what lies in the inbox anyway."""

    zh = "时效性强的通知和收件箱内的通知不能并入摘要。"
    en = "What cannot wait, or lies in the inbox anyway, is not gathered into a digest."


class ProviderCodeMissing(DomainError):
    """A provider that sends only templates of its own needs its template's code; others none."""

    zh = "短信与微信模板须填写服务商模板编号,其他渠道不填。"
    en = "SMS and WeChat templates name the provider's template; other channels have none."


class NotFailed(DomainError):
    """Only what could not be told is told again."""

    zh = "该事项并未发送失败,无需重试。"
    en = "This did not fail, so there is nothing to try again."


class CampaignStateUnfit(DomainError):
    """The campaign is not in a state in which this can be done."""

    zh = "该通知当前状态不能进行此操作。"
    en = "This cannot be done with the campaign as it stands."


class CampaignNeedsPreview(DomainError):
    """Whoever sends a campaign has looked first at how many it reaches."""

    zh = "请先预览将通知到的人数,再发送。"
    en = "Preview how many it reaches before you send it."


class CampaignYourOwn(DomainError):
    """What finds people by tags is approved by another than who wrote it."""

    zh = "按标签发送的通知须由他人审核。"
    en = "You wrote this campaign; somebody else approves it."


class TooManyCampaigns(DomainError):
    """The area has sent as many campaigns today as it may."""

    zh = "该区域今日发送的通知已达上限({most} 条)。"
    en = "This area has sent all the campaigns that it may today ({most})."


class TooManyPreviews(DomainError):
    """Somebody has looked through tags as often today as they may."""

    zh = "您今日按标签预览的次数已达上限({most} 次)。"
    en = "You have previewed by tags as often as you may today ({most})."


class ChannelOff(DomainError):
    """This installation does not send by this channel."""

    zh = "本平台未开通该通知渠道。"
    en = "Notices do not go by this channel here."


class AddressMalformed(DomainError):
    """This is no address, or none that can be written to."""

    zh = "地址或订阅信息有误,请核对。"
    en = "This address or subscription is not one that can be written to; check it."


class TooManyAddresses(DomainError):
    """As many addresses are registered on the channel as there may be."""

    zh = "该渠道登记的设备已达上限({most} 个),请先移除不用的设备。"
    en = "{most} devices are registered on this channel; remove one that is not used any more."


class EmailNotSent(DomainError):
    """The letter with the code could not be handed over."""

    zh = "验证邮件发送失败,请稍后重试或核对邮箱地址。"
    en = "The letter with the code could not be sent; check the address or try again later."


class TemplateNotOffered(DomainError):
    """No notice goes by this template."""

    zh = "没有使用该模板的通知。"
    en = "No notice uses this template."


class NotDead(DomainError):
    """Only what was given up is tried again or dismissed."""

    zh = "该通知不在发送失败清单中。"
    en = "This is not among the messages that were given up."


class MattersNoMore(DomainError):
    """It is too late to send it."""

    zh = "该通知已过时效,不再发送。"
    en = "It is too late to send this."
