"""What tests of membership share."""

from collections.abc import Callable, Iterator

import pytest

from domains.kernel import settings


@pytest.fixture
def configured() -> Iterator[Callable[..., None]]:
    """Set settings by their environment names for one test: `configured(GONGYI_…="…")`."""
    with pytest.MonkeyPatch.context() as environment:

        def configure(**values: str) -> None:
            for name, value in values.items():
                environment.setenv(name, value)
            settings.current.cache_clear()

        yield configure
    settings.current.cache_clear()
