"""The running hall that meetings are tried in serves volunteers too."""

from tests.meetings.conftest import Hall, hall

__all__ = ["Hall", "hall"]
