"""An app on a queue of its own, as uploads wait there for a worker."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from redis import Redis

from tests.support.apps import serving


@pytest.fixture
def app(database: str, redis_url: str, tmp_path: Path) -> Iterator[Flask]:
    with serving(database, tmp_path, redis_url=redis_url) as app:
        with Redis.from_url(redis_url) as redis:
            redis.flushall()
        yield app
        app.extensions["redis"].close()
