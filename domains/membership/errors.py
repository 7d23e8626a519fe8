"""What membership refuses, in the words of both languages."""

from domains.kernel.errors import DomainError


class PhoneMalformed(DomainError):
    """The phone number is not a mobile number of mainland China."""

    zh = "手机号码格式不正确,请输入 11 位手机号。"
    en = "This is not a mobile number: enter its 11 digits."


class CodeWrong(DomainError):
    """The one-time code is not the one that was sent."""

    zh = "验证码不正确,请核对后重试。"
    en = "This code is wrong; check it and try again."


class CodeExpired(DomainError):
    """The one-time code was used before or its time is over."""

    zh = "验证码已失效,请重新获取。"
    en = "This code is no longer valid; ask for a new one."


class CodeNotSent(DomainError):
    """The provider of text messages did not take the one-time code."""

    zh = "短信发送失败,请稍后重新获取验证码。"
    en = "The text message could not be sent; ask for a new code in a while."


class SignInMethodOff(DomainError):
    """This installation does not offer this way to sign in."""

    zh = "本平台未开通此登录方式。"
    en = "This way to sign in is not offered here."


class ProviderUnavailable(DomainError):
    """The outside provider of identities does not answer as it should."""

    zh = "登录服务暂时不可用,请稍后重试。"
    en = "The sign-in provider is not available; try again in a while."


class OutsideCodeRefused(DomainError):
    """The outside provider refused the code: invalid, expired or used before."""

    zh = "授权已失效,请重新发起登录。"
    en = "The provider did not accept this sign-in; start again."


class OutsideAccountBlocked(DomainError):
    """The outside provider holds the account to be a risk."""

    zh = "该账号存在风险,暂时无法以此方式登录。"
    en = "The provider has blocked this account; sign in another way."


class BindingExpired(DomainError):
    """The binding token was altered or its time is over."""

    zh = "绑定已超时,请重新发起登录。"
    en = "The time to link this account is over; start again."


class IdentityLinkedElsewhere(DomainError):
    """The outside identity belongs to another person here."""

    zh = "该外部账号已绑定其他用户。"
    en = "This outside account is linked to somebody else."


class IdentityNotLinked(DomainError):
    """Nobody here is linked to this outside identity yet."""

    zh = "该外部账号尚未绑定,请先用手机号登录后再绑定。"
    en = "This outside account is not linked; sign in by phone and link it first."


class SecondFactorWrong(DomainError):
    """The second factor's code is wrong or was used before."""

    zh = "动态验证码不正确或已使用。"
    en = "This second-factor code is wrong or was used before."


class SecondFactorMissing(DomainError):
    """The caller has no confirmed second factor."""

    zh = "尚未启用二次验证。"
    en = "You have not set up a second factor."


class SecondFactorPresent(DomainError):
    """The caller's second factor must be shown before another takes its place."""

    zh = "已启用二次验证,请先完成验证再更换。"
    en = "You have a second factor; show it before you replace it."
