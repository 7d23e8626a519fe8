"""Expected refusals. Whatever is not a DomainError is a bug.

A refusal is a class: its name is its code, and it says its sentence in each
language. Sentences are templates over the keyword arguments that it is raised with.
"""

import re
from collections.abc import Iterator
from typing import ClassVar

DEFAULT_LOCALE = "zh-Hans"


class DomainError(Exception):
    """A refusal that the caller can understand and act upon.

    `path` names the input field at fault; `details` are the figures of the sentence.
    """

    code: ClassVar[str] = "REFUSED"
    zh: ClassVar[str] = "请求未被接受。"
    en: ClassVar[str] = "The request was refused."

    def __init_subclass__(cls) -> None:
        """Derive the code from the name: `AlreadyVoted` is `ALREADY_VOTED`."""
        cls.code = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", cls.__name__).upper()

    def __init__(self, *, path: tuple[str, ...] = (), **details: object) -> None:
        super().__init__(self.code)
        self.path = path
        self.details = details

    def message(self, locale: str = DEFAULT_LOCALE) -> str:
        """Say the refusal in the caller's language."""
        template = self.en if locale.startswith("en") else self.zh
        return template.format(**self.details)

    def __str__(self) -> str:
        return f"{self.code}: {self.message('en')}"


class NotFound(DomainError):
    """What is named does not exist for this caller; unseen and absent look alike."""

    zh = "找不到所指的对象。"
    en = "Nothing that you can see answers to this id."


class Forbidden(DomainError):
    """The caller sees the object but may not do this with it."""

    zh = "你没有进行此操作的权限。"
    en = "You may not do this."


class SignInRequired(DomainError):
    """The command needs a signed-in caller."""

    zh = "请先登录。"
    en = "Sign in first."


class InvalidInput(DomainError):
    """A value is malformed; `path` says which, `zh` and `en` say what is wrong."""

    zh = "输入有误:{reason_zh}"
    en = "Invalid input: {reason_en}"

    def __init__(self, *, path: tuple[str, ...], zh: str, en: str) -> None:
        super().__init__(path=path, reason_zh=zh, reason_en=en)


class VersionConflict(DomainError):
    """Someone else changed the text since the caller read it."""

    zh = "内容已被他人修改(当前版本 {version}),请刷新后重试。"
    en = "The text has changed since you read it (now version {version}); reload and try again."


class IdempotencyKeyReused(DomainError):
    """The same key came with another input."""

    zh = "该幂等键已用于另一请求。"
    en = "This idempotency key has already been used for another request."


class TooManyAttempts(DomainError):
    """A throttle holds; `retry_after_s` seconds must pass."""

    zh = "尝试过于频繁,请在 {retry_after_s} 秒后再试。"
    en = "Too many attempts; try again in {retry_after_s} seconds."


class NoRuleInForce(DomainError):
    """No rules of this code are in force on the day."""

    zh = "{on} 没有生效的规则“{rule_code}”。"
    en = "No rules {rule_code!r} are in force on {on}."


class RuleSetDiffers(DomainError):
    """This version of the rules already stands, with other content or another end."""

    zh = "规则“{rule_code}”第 {version} 版已存在,且内容不同。"
    en = "Version {version} of the rules {rule_code!r} stands already, and says something else."


class RuleSetsOverlap(DomainError):
    """Another version of the rules is in force within the same days."""

    zh = "规则“{rule_code}”第 {version} 版与另一版的施行日期重叠。"
    en = "Version {version} of the rules {rule_code!r} overlaps the days of another version."


class UploadTooLarge(DomainError):
    """The file is larger than was declared, or than the installation takes."""

    zh = "文件过大:最多 {most_bytes} 字节。"
    en = "The file is too large: {most_bytes} bytes at most."


class UploadTypeRefused(DomainError):
    """The file is of a type that is not taken, or not of the type that it claims."""

    zh = "不接受此类文件,或文件内容与所称类型不符。"
    en = "This type of file is not taken, or the content is not of the type that it claims."


class UploadMissing(DomainError):
    """Nothing has arrived at the upload's address yet."""

    zh = "尚未收到文件内容。"
    en = "Nothing has been received for this upload yet."


class UploadAltered(DomainError):
    """What arrived does not hash to what the caller sent."""

    zh = "收到的内容与所给的 SHA-256 不符,请重新上传。"
    en = "What was received does not have the SHA-256 that was given; send it again."


class UploadExpired(DomainError):
    """The time to complete the upload is over."""

    zh = "上传已过期,请重新开始。"
    en = "The upload has expired; begin again."


class TooManyUploads(DomainError):
    """Too many of the caller's uploads wait to be completed."""

    zh = "待完成的上传过多(最多 {most} 个)。"
    en = "Too many uploads wait to be completed ({most} at most)."


def all_refusals() -> Iterator[type[DomainError]]:
    """Yield every refusal class that has been imported, most general first."""
    waiting: list[type[DomainError]] = [DomainError]
    while waiting:
        refusal = waiting.pop(0)
        yield refusal
        waiting.extend(refusal.__subclasses__())
