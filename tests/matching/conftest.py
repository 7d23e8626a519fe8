"""The running hall that meetings are tried in serves the exchange too."""

from tests.meetings.conftest import Hall, hall

__all__ = ["Hall", "hall"]
