"""What stands in the way of offering, reserving and handing over resources."""

from domains.kernel.errors import DomainError


class ResourceOfferedTwice(DomainError):
    """The same is offered by the same already."""

    zh = "该提供方已登记过同一资源(编号 {number})。"
    en = "The same provider offers this resource already (number {number})."


class ResourceStateUnfit(DomainError):
    """The resource has not come to where this may be done, or is past it."""

    zh = "资源目前的状态为“{state}”,不能进行此操作。"
    en = "The resource is {state}; this cannot be done with it now."


class ResourceKindUnfit(DomainError):
    """This is not done with resources of this kind."""

    zh = "此类资源不适用该操作:资金经专项资金入账,其他资源经签收。"
    en = "Not with this kind: money comes in through a fund's income, other things by receipt."


class ResourceWindowUnsound(DomainError):
    """A time ends before it begins, or there is none where one is needed."""

    zh = "时间段须先开始后结束,不超过 {most} 个;场地须有时间段。"
    en = "A time ends after it begins, and there are {most} at most; a venue needs one."


class OutsideWindow(DomainError):
    """The resource is not offered at that time."""

    zh = "该资源在所选时间不开放或不在有效期内。"
    en = "The resource is not offered at that time, or not valid then."


class ResourceTaken(DomainError):
    """There is not that much left, at that time."""

    zh = "该资源剩余数量不足(尚余 {left}{unit})。"
    en = "There is not enough of the resource left ({left} {unit} are)."


class ReservationStateUnfit(DomainError):
    """The reservation has not come to where this may be done, or is past it."""

    zh = "该预留目前的状态为“{state}”,不能进行此操作。"
    en = "The reservation is {state}; this cannot be done with it now."


class ReservationLapsed(DomainError):
    """The time in which the reservation had to be committed is over."""

    zh = "预留已过期,请重新预留。"
    en = "The reservation has lapsed; reserve again."


class ResourceStillHeld(DomainError):
    """Somebody counts on the resource."""

    zh = "该资源尚有未完成的预留,不能撤回。"
    en = "Something is reserved of the resource, so it cannot be withdrawn."


class ReceiptByDeliverer(DomainError):
    """Who hands over does not sign for it."""

    zh = "交付人不能自行签收。"
    en = "Who delivers does not sign the receipt."


class VerifierOffered(DomainError):
    """Nobody verifies what they offer themselves."""

    zh = "提供人不能核验自己提供的资源。"
    en = "Nobody verifies a resource that they offer themselves."


class PlaceOutsideArea(DomainError):
    """The place does not lie in the area."""

    zh = "所填地点不在该区域内。"
    en = "The place does not lie in the area."


class ProofUnfit(DomainError):
    """The proof has not arrived, or proves something else already."""

    zh = "凭证须为本人已上传完成的文件,且未用于其他事项。"
    en = "The proof is a complete upload of your own that proves nothing else yet."
