"""Who may, in disclosure: one declared table, used by commands and by what queries show."""

from domains.kernel.actor import Authority

AUTHORITY: Authority = {}
