"""Who is acting now: set by each entry point, read by the hook that writes the trail."""

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Origin:
    """The actor and where the change came from; `request_id` is a request's or a job's id."""

    actor_id: int | None
    actor_name: str
    ip_address: str | None = None
    request_id: str | None = None


_origin: ContextVar[Origin | None] = ContextVar("origin", default=None)


@contextmanager
def acting(origin: Origin) -> Iterator[None]:
    """Everything written inside is recorded as done by this actor."""
    token = _origin.set(origin)
    try:
        yield
    finally:
        _origin.reset(token)


def set_origin(origin: Origin | None) -> None:
    """For entry points whose begin and end are separate calls, such as a web request."""
    _origin.set(origin)


def current_origin() -> Origin:
    """Who acts; outside every entry point (a shell) the operating system's user."""
    return _origin.get() or Origin(None, f"shell: {system_user()}")


def system_user() -> str:
    """The operating system's user; by number where it has no name, as in some containers."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"
