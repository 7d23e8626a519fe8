"""What notices give to the roots of the contract."""

from schema.notifications.addresses import NoticeAddressesQuery
from schema.notifications.addresses_mutations import NoticeAddressesMutation
from schema.notifications.choices import NoticeChoicesMutation, NoticeChoicesQuery
from schema.notifications.deliveries import DeliveriesMutation, DeliveriesQuery
from schema.notifications.inbox import InboxQuery, InboxSubscription
from schema.notifications.inbox_mutations import InboxMutation
from schema.notifications.keeping import NoticeKeepingMutation, NoticeKeepingQuery

QUERIES: tuple[type, ...] = (
    *(InboxQuery, NoticeChoicesQuery, NoticeKeepingQuery),
    *(NoticeAddressesQuery, DeliveriesQuery),
)
MUTATIONS: tuple[type, ...] = (
    *(InboxMutation, NoticeChoicesMutation, NoticeKeepingMutation),
    *(NoticeAddressesMutation, DeliveriesMutation),
)
SUBSCRIPTIONS: tuple[type, ...] = (InboxSubscription,)
