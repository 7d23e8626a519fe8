"""What moved money. Ids and figures only."""

from dataclasses import dataclass
from uuid import UUID

from domains.kernel.events import Event


@dataclass(frozen=True, slots=True)
class FundEvent(Event):
    """Something that happened to one fund."""

    fund_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class FundIncomeRecorded(FundEvent):
    """Money has come in, with proof."""

    entry_id: UUID


@dataclass(frozen=True, slots=True)
class DonationMatched(FundEvent):
    """Another fund has added to what was given."""

    entry_id: UUID


@dataclass(frozen=True, slots=True)
class FundReturned(FundEvent):
    """Money went back to who had given it."""

    entry_id: UUID


@dataclass(frozen=True, slots=True)
class ProjectMoneyEvent(FundEvent):
    """Something that moved a project's money."""

    project_id: UUID


@dataclass(frozen=True, slots=True)
class MoneyAllotted(ProjectMoneyEvent):
    """Money was set aside for a line of a project's budget."""

    entry_id: UUID


@dataclass(frozen=True, slots=True)
class MoneyReleased(ProjectMoneyEvent):
    """Money that was set aside, and not spent, is the fund's again."""

    entry_id: UUID


@dataclass(frozen=True, slots=True)
class SpendingEntered(ProjectMoneyEvent):
    """A spending waits for somebody else's approval."""

    spending_id: UUID


@dataclass(frozen=True, slots=True)
class SpendingRefused(ProjectMoneyEvent):
    """A spending was not approved."""

    spending_id: UUID


@dataclass(frozen=True, slots=True)
class SpendingRecorded(ProjectMoneyEvent):
    """A spending stands in the books."""

    spending_id: UUID


@dataclass(frozen=True, slots=True)
class SpendingRefunded(ProjectMoneyEvent):
    """What was spent came back."""

    entry_id: UUID


OF_A_PROJECTS_MONEY: tuple[type[Event], ...] = (
    MoneyAllotted,
    MoneyReleased,
    SpendingEntered,
    SpendingRefused,
    SpendingRecorded,
    SpendingRefunded,
)
