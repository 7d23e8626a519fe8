"""What is refused of the catalogue and its duties."""

from domains.kernel.errors import DomainError


class ItemUnknown(DomainError):
    """The community's catalogue has no such item in force."""

    zh = "公开目录中没有编号为 {item} 的事项。"
    en = "The catalogue has no item {item!r} in force."


class CatalogueLooser(DomainError):
    """A community's own version asks for no less than the preset that it replaces."""

    zh = "社区自定的频次不得低于目录预设。"
    en = "A community's own item is due no more rarely than the preset that it replaces."


class NothingOccurs(DomainError):
    """Only what is due at once is owed by an occurrence; the rest comes with the calendar."""

    zh = "只有“即时公开”的事项才需要登记发生情况。"
    en = "Only items that are due at once are owed by an occurrence."


class ObligationOver(DomainError):
    """A duty can be waived before it is met and before it is late."""

    zh = "该公开义务已履行、已逾期或已豁免。"
    en = "This duty was met, became late, or was waived."


class ObligationUnfit(DomainError):
    """A disclosure meets duties of its own community, affair and item that are not met yet."""

    zh = "所选公开义务与该公开事项不符,或已履行。"
    en = "The duty is not one that this disclosure meets, or was met already."
