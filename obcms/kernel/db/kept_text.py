"""Columns that hold what people typed in another form: to be compared, or to be searched."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, ClassVar

from sqlalchemy import String, Text, inspect
from sqlalchemy.orm import Mapped, Session, mapped_column

from obcms.kernel.rules.folding import LONGEST_KEY, search_form

Form = Callable[[str], str]
KeptText = Mapping[str, tuple[Form, Sequence[str]]]


def key_column() -> Mapped[str]:
    """Holds what no two records may have in common."""
    return mapped_column(String(LONGEST_KEY), unique=True, index=True)


def search_column() -> Mapped[str]:
    """Holds all that a search looks into."""
    return mapped_column(Text, default="", server_default="")


class KeepsText:
    """A record with such columns: `kept_text` has for each its form and what it is made of.

    They are written with every flush that changes what they are made of, and by nothing else.
    """

    kept_text: ClassVar[KeptText]


def for_search(*names: str) -> tuple[Form, Sequence[str]]:
    """Of a search column: it holds these columns, folded."""
    return search_form, names


def kept_text(model: type[KeepsText], values: Mapping[str, Any]) -> dict[str, str]:
    """What a new row with these values keeps."""
    return {
        name: form(" ".join(values.get(source) or "" for source in sources))
        for name, (form, sources) in model.kept_text.items()
    }


def keep_text(session: Session, _context: object) -> None:
    """Before a flush: brings the columns of what is new or changed up to date."""
    for record in chain(session.new, session.dirty):
        if isinstance(record, KeepsText):
            for name, text in _anew(record):
                setattr(record, name, text)


def _anew(record: KeepsText) -> Iterator[tuple[str, str]]:
    state = inspect(record)
    for name, (form, sources) in record.kept_text.items():
        if state.key is None or not state.committed_state.keys().isdisjoint(sources):
            yield name, form(" ".join(getattr(record, source) or "" for source in sources))
