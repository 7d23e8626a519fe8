"""What is refused about proxies and help with casting."""

from domains.kernel.errors import DomainError


class ProxiesNotTaken(DomainError):
    """The rules of this poll know no proxies."""

    zh = "本次表决不接受委托投票。"
    en = "This poll takes no proxies."


class ProxyTooLate(DomainError):
    """The time to file or to publish proxies is over, or the roll is not public."""

    zh = "现在不能办理委托:须在 {until} 前办理。"
    en = "Proxies cannot be dealt with now: that ends at {until}."


class ProxyStands(DomainError):
    """The principal has given a proxy already."""

    zh = "你已委托他人投票,请先撤销。"
    en = "A proxy has been given already; end it first."


class ProxyPassedOn(DomainError):
    """Who has given their vote away holds nobody's, and who holds one gives theirs to nobody."""

    zh = "受托人不得再委托,已委托他人的人也不得接受委托。"
    en = "A proxy is not passed on: who holds one gives none, and who gave one holds none."


class ProxyTooMany(DomainError):
    """The holder has as many proxies as the rules let one person hold."""

    zh = "每人最多接受 {most} 人委托。"
    en = "One person holds {most} proxies at most."


class HolderUnfit(DomainError):
    """The rules do not let this person hold the proxy."""

    zh = "受托人须为本次名册上的选民,并符合规定的亲属关系。"
    en = "A holder is a voter of this roll, and related to the principal where the rules ask it."


class CandidateHoldsNoProxy(DomainError):
    """Candidates hold no proxies in this poll."""

    zh = "候选人不得接受委托。"
    en = "Candidates hold no proxies."


class ProxyEnded(DomainError):
    """The proxy has ended, or the poll has."""

    zh = "该委托已经终止。"
    en = "This proxy has ended."


class NoProxy(DomainError):
    """The caller holds no published proxy of this person."""

    zh = "你没有该人已公布的有效委托。"
    en = "You hold no published proxy of this person."


class ProxyDocumentMissing(DomainError):
    """The written proxy has to be uploaded by who enters it."""

    zh = "代为录入委托须上传书面委托书。"
    en = "The written proxy has to be uploaded by who enters it."


class NoProxyDocument(DomainError):
    """No written proxy was uploaded for this one."""

    zh = "该委托没有上传书面委托书。"
    en = "No written proxy was uploaded for this one."


class HelperStands(DomainError):
    """Who stands for election does not help others to vote."""

    zh = "候选人不得协助他人投票。"
    en = "Who stands for election does not help others to vote."
