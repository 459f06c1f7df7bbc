"""What can go wrong on purpose. Entry points turn these into a message, never into a 500."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

# What kind of refusal an HTTP status is, in a few words.
TITLES = {
    400: "The request could not be read",
    401: "Not signed in",
    403: "Not allowed",
    404: "Not found",
    405: "Not allowed here",
    409: "Not possible as it stands",
    412: "Changed meanwhile",
    413: "Too large",
    415: "This kind of content is not taken",
    422: "Please check the input",
    429: "Too many attempts",
    500: "Something went wrong",
    503: "OBCMS is out of order just now",
}

# What a program is told of a refusal that has no code of its own.
CODES = {
    400: "unreadable",
    401: "not_signed_in",
    403: "role",
    404: "not_found",
    409: "conflict",
    412: "changed",
    413: "too_large",
    415: "not_json",
    422: "input",
    429: "too_many",
    503: "out_of_order",
}


@dataclass(frozen=True)
class Problem:
    """One thing wrong with the input, in a sentence; `pointer` names the field or row."""

    message: str
    pointer: str = ""


class ObcmsError(Exception):
    """Base of the errors a user is meant to read; `details` are for programs, by name."""

    details: Mapping[str, str] = MappingProxyType({})


def incomplete_form(pointer: str = "") -> "Invalid":
    """For a form that lacks what its page put into it."""
    return Invalid("This form is incomplete. Please open it again.", pointer)


class Invalid(ObcmsError):
    """The input is refused and nothing was written. Carries one Problem for each fault."""

    def __init__(
        self, problems: str | Problem | Iterable[str | Problem], pointer: str = ""
    ) -> None:
        given = [problems] if isinstance(problems, (str, Problem)) else list(problems)
        self.problems: Sequence[Problem] = tuple(
            item if isinstance(item, Problem) else Problem(item, pointer) for item in given
        )
        super().__init__(" ".join(problem.message for problem in self.problems))


class Conflict(ObcmsError):
    """Somebody else changed the same thing first; nothing was written."""


class Forbidden(ObcmsError):
    """The actor may see the subject but may not do this to it."""


class NotFound(ObcmsError):
    """There is no such thing for this actor; hidden and missing look the same."""


class Stale(ObcmsError):
    """The record is not the one that the client has seen; nothing was written."""


class TooMany(ObcmsError):
    """Too many attempts; nothing was looked at. `retry_after` is in seconds."""

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after
