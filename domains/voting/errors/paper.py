"""What is refused of ballots on paper."""

from domains.kernel.errors import DomainError


class VoterTookPart(DomainError):
    """This voter has cast, or has been given a paper."""

    zh = "该投票人已经投票或已经领取纸质选票。"
    en = "This voter has cast already, or has been given a paper."


class StandsInElection(DomainError):
    """Who stands for election handles neither its paper, its checks nor its challenges."""

    zh = "候选人不能办理本次选举的选票、核查和异议。"
    en = "Who stands for election handles neither its ballots nor its checks nor its challenges."


class PaperNotTaken(DomainError):
    """Batches are opened and entered after the close, until the paper is complete."""

    zh = "纸质选票须在投票截止后、计票前录入。"
    en = "Paper is entered after the close and before the count."


class PaperNotIssued(DomainError):
    """A line names a voter who was given no paper, or whose paper has been entered."""

    zh = "名册第 {number} 号未领取纸质选票,或其选票已经录入。"
    en = "Number {number} of the roll was given no paper, or theirs has been entered."


class VoterRepeated(DomainError):
    """A batch names the same voter twice."""

    zh = "名册第 {number} 号在本批中出现了两次。"
    en = "Number {number} of the roll appears twice in this batch."


class LineUnfit(DomainError):
    """A line does not say what a line of this poll has to say."""

    zh = "第 {line} 行不完整:公开表决须写明投票人,秘密表决不得写明;废票和作废票须写明理由。"
    en = (
        "Line {line} is not whole: an OPEN poll's names its voter, a SECRET poll's does not;"
        " a void or spoiled one says why."
    )


class BatchSettled(DomainError):
    """The batch has been agreed upon or discarded."""

    zh = "该批选票已经核对一致或作废。"
    en = "This batch has been agreed upon or discarded."


class BatchDiffers(DomainError):
    """The two entries differ; the batch is reopened and entered again."""

    zh = "两次录入不一致,请重新打开该批并再次录入。"
    en = "The two entries differ: reopen the batch and enter it again."


class EnteredTwice(DomainError):
    """The same person does not enter a batch twice."""

    zh = "同一批选票须由两人分别录入。"
    en = "Two people enter a batch; you have entered this one."


class BatchNotReopened(DomainError):
    """Only a batch whose entries differ is entered anew."""

    zh = "只有两次录入不一致的批次可以重新打开。"
    en = "Only a batch whose entries differ is reopened."


class PaperUnsettled(DomainError):
    """Batches are still being entered."""

    zh = "还有 {count} 批纸质选票未核对一致。"
    en = "{count} batches of paper are not settled yet."


class VerdictUnknown(DomainError):
    """A row of a file does not say what its paper came to, in a word that is known."""

    zh = "“结论”须为:有效、空白、废票或作废。"
    en = "The verdict is one of VALID, BLANK, VOID and SPOILED."


class FigureUnreadable(DomainError):
    """A cell of a file does not hold the whole numbers that its column asks for."""

    zh = "此列须填整数(选项以空格分隔;评分写作“选项=分值”)。"
    en = "This column holds whole numbers: options parted by spaces, values as option=value."
