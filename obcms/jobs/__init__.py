"""Scheduled work: a table of jobs, a queue, and a row for every run (SPEC 10)."""

from flask import Flask
from redis import Redis

from obcms.config import Settings


def init_app(app: Flask) -> None:
    """Makes the Redis client; nothing connects before it is used."""
    settings: Settings = app.config["OBCMS"]
    app.extensions["redis"] = Redis.from_url(settings.redis_url, socket_connect_timeout=3)
