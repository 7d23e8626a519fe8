"""What the exchange refuses, by noun."""

from domains.matching.errors import funds, needs, orders, projects, requirements, resources, runs

__all__ = ["funds", "needs", "orders", "projects", "requirements", "resources", "runs"]
