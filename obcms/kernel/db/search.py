"""Searching: the same at every door (SPEC 2).

What is asked is split at blanks. Each piece may occur anywhere in what is searched; case and
accents make no difference, and no character means anything but itself.
"""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, or_, true
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from obcms.kernel.extensions import db
from obcms.kernel.rules.fields import LONGEST_LINE
from obcms.kernel.rules.folding import search_form

ACCENTS = r"[\u0300-\u036f]"  # as NFKD sets them apart from their letters


class folded(GenericFunction[str]):  # used as a function of SQL is
    """A column in the form in which it is searched, where no column keeps that."""

    type = Text()
    inherit_cache = True


@compiles(folded, "postgresql")
def _folded(element: folded, compiler: SQLCompiler, **options: Any) -> str:
    text = compiler.process(element.clauses, **options)
    return f"lower(regexp_replace(normalize({text}, NFKD), '{ACCENTS}', '', 'g'))"


def searched(model: type[db.Model], names: Sequence[str]) -> list[ColumnElement[str]]:
    """What to look into for a search in these columns of the model: its one column for that."""
    if hasattr(model, "search_text"):
        return [model.search_text]
    return [folded(getattr(model, name)) for name in names]


def found_in(asked: str, *columns: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether each piece occurs in one of the columns, which hold folded text."""
    return each_piece(asked, lambda piece: occurs(piece, *columns))


def each_piece(asked: str, found: Callable[[str], ColumnElement[bool]]) -> ColumnElement[bool]:
    """Whether every piece of what is asked is found; where nothing is asked, all is."""
    pieces = dict.fromkeys(search_form(asked[:LONGEST_LINE]).split())
    return and_(true(), *(found(piece) for piece in pieces))


def occurs(piece: str, *columns: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether one piece occurs in one of the columns."""
    return or_(*(column.contains(piece, autoescape=True) for column in columns))
