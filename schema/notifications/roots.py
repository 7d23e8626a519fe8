"""What notices give to the roots of the contract."""

from schema.notifications.choices import NoticeChoicesMutation, NoticeChoicesQuery
from schema.notifications.inbox import InboxQuery, InboxSubscription
from schema.notifications.inbox_mutations import InboxMutation
from schema.notifications.keeping import NoticeKeepingMutation, NoticeKeepingQuery

QUERIES: tuple[type, ...] = (InboxQuery, NoticeChoicesQuery, NoticeKeepingQuery)
MUTATIONS: tuple[type, ...] = (InboxMutation, NoticeChoicesMutation, NoticeKeepingMutation)
SUBSCRIPTIONS: tuple[type, ...] = (InboxSubscription,)
