"""What the exchange refuses, by noun."""

from domains.matching.errors import funds, needs, orders, projects, resources

__all__ = ["funds", "needs", "orders", "projects", "resources"]
