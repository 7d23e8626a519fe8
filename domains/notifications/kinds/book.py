"""The kinds by their codes: filled by the registry, read by whatever kinds themselves rest on."""

from domains.notifications.kinds.kind import NoticeKind

BY_CODE: dict[str, NoticeKind] = {}
