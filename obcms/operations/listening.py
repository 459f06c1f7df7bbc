"""Where `flask up` listens: its port, its hold on the instance folder, and whether it answers."""

import fcntl
import json
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from tempfile import TemporaryFile

import click

EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}


@dataclass(frozen=True, slots=True)
class Address:
    """Where the web server listens. As text, what gunicorn binds to."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"{_bracketed(self.host)}:{self.port}"

    @property
    def near(self) -> str:
        """The host under which this machine itself reaches the server."""
        return EVERYWHERE.get(self.host, self.host)

    @property
    def url(self) -> str:
        """Where a browser on this machine finds the server."""
        return f"http://{_bracketed(self.near)}:{self.port}"


def refuse_taken_port(address: Address) -> None:
    """Ends in one line where the server could not listen."""
    try:
        family, kind, *_, where = socket.getaddrinfo(
            address.host, address.port, type=socket.SOCK_STREAM
        )[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(where)
            probe.listen()
    except OSError as error:
        raise click.ClickException(
            f"Port {address.port} cannot be used ({error.strerror}). Set PORT to another one."
        ) from None


@contextmanager
def hold_instance(folder: Path) -> Iterator[None]:
    """Makes the instance folder, and keeps a second `flask up` out of it while this one runs."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):  # an old lock may be writable where nothing else is
            lock = (folder / "up.lock").open("w")
    except OSError as error:
        raise click.ClickException(f"{folder} cannot be written to: {error.strerror}.") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise click.ClickException(f"`flask up` runs in {folder} already.") from None
        yield


def health_at(address: Address, allowed_hosts: Sequence[str]) -> dict[str, str]:
    """The checks of `/health/` that fail, and why; none when all is well. Goes past any proxy."""
    # The server answers only to its own names, where it was given some.
    host = allowed_hosts[0].lstrip(".") if allowed_hosts else f"{_bracketed(address.near)}"
    try:
        connection = HTTPConnection(address.near, address.port, timeout=5)
        connection.request("GET", "/health/", headers={"Host": host})
        body = connection.getresponse().read()
        connection.close()
        checks = json.loads(body)["checks"]
    except (OSError, HTTPException, ValueError, LookupError) as error:
        return {"answer": str(error) or type(error).__name__}
    return {name: check["detail"] for name, check in checks.items() if not check["ok"]}


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
