"""Who may, with notices: one declared table."""

from domains.kernel.actor import Authority, Role, Rule, has, signed_in

writes_templates = has(Role.PLATFORM_ADMINISTRATOR)

AUTHORITY: Authority = {}

__all__ = ["AUTHORITY", "Rule", "signed_in", "writes_templates"]
