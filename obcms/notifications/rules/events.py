"""The kinds of events that people are told of. Slices declare theirs; users choose by them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Event:
    """A kind of event; `title` and `help` stand where a user chooses how to hear of it."""

    name: str
    title: str
    help: str = ""


# By name, in the order in which they are shown.
EVENTS: dict[str, Event] = {}


def declare_event(name: str, title: str, help: str = "") -> str:
    """Adds a kind of event; returns its name. A slice does this where it builds its news."""
    EVENTS[name] = Event(name, title, help)
    return name


def title_of(name: str) -> str:
    """The event's title; its name where no slice declares it any more."""
    return EVENTS[name].title if name in EVENTS else name.replace("_", " ").capitalize()
