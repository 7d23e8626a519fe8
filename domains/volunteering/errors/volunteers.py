"""What registration refuses."""

from domains.kernel.errors import DomainError


class AlreadyVolunteer(DomainError):
    """The person has a volunteer number already."""

    zh = "该居民已登记为志愿者。"
    en = "This person is registered as a volunteer already."


class NotVolunteer(DomainError):
    """Only registered volunteers do this."""

    zh = "仅限已登记的志愿者。"
    en = "Only a registered volunteer does this."


class VolunteerDetailsMissing(DomainError):
    """The day of birth is not known, so nobody can tell whether a guardian must agree."""

    zh = "户册中缺少出生日期,请先补全后再登记。"
    en = "The register does not know the day of birth; have it entered first."


class TooYoung(DomainError):
    """The rules ask for a greater age."""

    zh = "须年满 {least} 周岁方可登记。"
    en = "Volunteers are {least} years old at least."


class GuardianMissing(DomainError):
    """A minor's registration names an adult guardian who is somebody else."""

    zh = "未成年人登记须注明成年监护人。"
    en = "A minor's registration names an adult guardian."


class MinorBarred(DomainError):
    """Minors do not do this kind of service."""

    zh = "未成年人不得参加此类志愿服务。"
    en = "Minors may not take part in this kind of service."


class InsuranceMissing(DomainError):
    """Risky work is done only by who is insured for it, over all of its days."""

    zh = "该活动存在人身危险,须先具备覆盖当日的人身意外保险。"
    en = "This work is risky: insurance that covers its day comes first."


class ConsentMissing(DomainError):
    """The volunteer, or the guardian, has not agreed to this."""

    zh = "未取得本人(未成年人由监护人)同意。"
    en = "The volunteer, or a minor's guardian, has not agreed to this."


class SkillJudgedAlready(DomainError):
    """The proof of this skill was judged already."""

    zh = "该技能已审核。"
    en = "This skill has been judged already."
