"""An app on a queue of its own, as uploads wait there for a worker."""

import pytest
from flask import Flask


@pytest.fixture
def app(queueing_app: Flask) -> Flask:
    return queueing_app
