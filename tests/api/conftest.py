"""Clients with a token."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.support.web_server import served

ENTRIES = "/api/monitoring/entries/"


@pytest.fixture
def live(app: Flask) -> Iterator[str]:
    """The address of the app on a port of this machine."""
    with served(app) as address:
        yield address
