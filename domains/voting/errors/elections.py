"""What is refused about candidates, tellers, write-ins and run-offs."""

from domains.kernel.errors import DomainError


class NotAnElection(DomainError):
    """The poll elects nobody, so nobody stands in it."""

    zh = "该表决不是选举。"
    en = "This poll is not an election."


class NominationsOver(DomainError):
    """People are nominated while the roll is public, until the rule's day."""

    zh = "现在不在提名期内。"
    en = "Nobody can be nominated now."


class NominationsSpent(DomainError):
    """Nobody nominates more people than there are seats."""

    zh = "每人提名的人数不得超过应选名额({most} 人)。"
    en = "Nobody nominates more people than there are seats ({most})."


class NotANominator(DomainError):
    """Only voters on the roll nominate, and themselves only where the rule lets them."""

    zh = "只有名册上的选民可以提名,且本规则不一定允许自荐。"
    en = "Voters on the roll nominate, and themselves only where the rule lets them."


class CandidateUnfit(DomainError):
    """What the law asks of a candidate is not there."""

    zh = "此人不具备候选人条件:{reason_zh}。"
    en = "This person may not stand: {reason_en}."


class CandidateSettled(DomainError):
    """What shall be done with this candidate has been done, or is no longer possible."""

    zh = "该候选人的状态已不允许此操作。"
    en = "It is too late for this: how the candidate stands has been settled."


class OwnCandidacy(DomainError):
    """Who stands does not vet candidates in the same election."""

    zh = "候选人(含被提名人)不能审查本次选举的候选人。"
    en = "Who stands in an election, or was nominated, vets nobody in it."


class CandidatesTooMany(DomainError):
    """The paper has no room for another candidate."""

    zh = "选票最多列 {most} 名候选人。"
    en = "A paper has room for {most} candidates."


class CandidatesTooFew(DomainError):
    """Fewer stand than the rules ask."""

    zh = "正式候选人至少须有 {least} 人,现有 {standing} 人。"
    en = "At least {least} candidates have to stand; {standing} do."


class KinshipFixed(DomainError):
    """Kinship is declared until the candidates are fixed."""

    zh = "候选人名单确定后不能再申报近亲属关系。"
    en = "Kinship is declared until the candidates are fixed."


class TellerUnfit(DomainError):
    """Candidates and their near relatives are not tellers."""

    zh = "候选人及其近亲属不得担任唱票、计票、监票工作。"
    en = "Candidates and their near relatives are neither tellers nor scrutineers."


class TellerGone(DomainError):
    """This person is no teller of the poll, or the count is over."""

    zh = "此人不是本次表决的计票或监票人员,或计票已经结束。"
    en = "This person is no teller of the poll, or the count is over."


class WriteInsNotTaken(DomainError):
    """The rules of this election let nobody be written in, or not now."""

    zh = "本次选举的规则不允许另选他人,或现在不能填写。"
    en = "The rules of this election let nobody be written in, or not now."


class WriteInTellsWhose(DomainError):
    """A write-in over the network would tell whose ballot it is; it is taken on paper."""

    zh = "无记名选举的另选他人只能填写纸质选票:网上填写会暴露是谁的选票。"
    en = "In a SECRET election people are written in on paper: over the network it would tell whose ballot it is."  # noqa: E501


class RunoffNotRequired(DomainError):
    """No seat of the poll waits for a run-off, or one is being held."""

    zh = "该选举不需要另行选举,或另行选举已经发起。"
    en = "No seat waits for a run-off, or one is being held."


class RunoffTooLate(DomainError):
    """The run-off would end after the days that the rules give it."""

    zh = "另行选举须在 {until} 前结束。"
    en = "The run-off has to end by {until}."
