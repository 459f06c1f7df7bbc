"""What is posted for a demonstration is marked as illustration, whatever verb posts it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_is_one: ContextVar[bool] = ContextVar("is_illustration", default=False)


def is_illustration() -> bool:
    """Whether what is posted now is made up."""
    return _is_one.get()


@contextmanager
def as_illustration() -> Iterator[None]:
    """Marks all that is posted inside."""
    token = _is_one.set(True)
    try:
        yield
    finally:
        _is_one.reset(token)
