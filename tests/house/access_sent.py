"""How it is said what is sent to a route."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask.testing import FlaskClient

from tests.house.access_subjects import Ids


@dataclass(frozen=True)
class Sent:
    """Over what the page itself holds; `{name}` in a text stands for an id of the subject.

    `prepare` does what must have been done before, and gives what else is sent. `answer` is the
    status of a success where it is not the usual one, and `writes` tells whether the trail has it.
    """

    subject: str = "tracked"
    form: Mapping[str, str] = field(default_factory=dict)
    prepare: Callable[[FlaskClient, Ids], dict[str, Any]] = lambda _client, _ids: {}
    answer: int | None = None
    writes: bool = True
