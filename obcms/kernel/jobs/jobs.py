"""The Redis client that the queue and the limits use."""

from flask import Flask
from redis import Redis

from obcms.kernel.config import Settings


def init_app(app: Flask) -> None:
    """Makes the client; nothing connects before it is used."""
    settings: Settings = app.config["OBCMS"]
    app.extensions["redis"] = Redis.from_url(settings.redis_url, socket_connect_timeout=3)
