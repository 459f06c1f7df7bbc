"""List filters that a wrong value in the address cannot break."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from flask_admin.contrib.sqla.filters import (
    BaseSQLAFilter,
    FilterConverter,
    FilterLike,
    FilterNotLike,
)
from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute, Query

from obcms.kernel.db.keys import LARGEST_KEY
from obcms.kernel.db.search import folded, found_in
from obcms.kernel.formats import MANILA
from obcms.kernel.rules.choice import Choice

YES_NO = [("1", "Yes"), ("0", "No")]
YES_OR_NO = {"1": True, "0": False}
Options = list[tuple[str, str]] | Callable[[], list[tuple[str, str]]]


class HoldsFilter(FilterLike):
    """Keeps the rows whose column holds each word, searched as everywhere."""

    def apply(self, query: Query, value: str, alias: Any = None) -> Query:
        return query.filter(found_in(value, folded(self.get_column(alias))))


class HoldsNotFilter(FilterNotLike):
    """Keeps the others."""

    def apply(self, query: Query, value: str, alias: Any = None) -> Query:
        return query.filter(~found_in(value, folded(self.get_column(alias))))


class TextFilters(FilterConverter):
    """Flask-Admin's own, but for those that read some characters as operators."""

    strings = (HoldsFilter, HoldsNotFilter, *FilterConverter.strings[2:])


class OneOfFilter(BaseSQLAFilter):
    """Keeps the rows whose column equals the chosen value; an unknown value keeps none."""

    def __init__(
        self,
        column: InstrumentedAttribute[Any],
        name: str,
        options: Options,
        convert: Callable[[str], Any],
    ) -> None:
        self.convert = convert
        super().__init__(column, name, options)

    def get_options(self, view: Any) -> Any:
        """A fixed list; options that depend on the user are asked for at each request."""
        return None if callable(self.options) else super().get_options(view)

    def operation(self) -> str:
        return "is"

    def apply(self, query: Query, value: str, alias: Any = None) -> Query:
        try:
            wanted = self.convert(value)
        except (ValueError, KeyError):
            return query.filter(False)
        return query.filter(self.compared() == wanted)

    def compared(self) -> ColumnElement[Any]:
        """What the value is compared with."""
        return self.column


class ComputedFilter(OneOfFilter):
    """Yes or no by a computed column; `key` is a column of the table that it belongs to.

    Flask-Admin asks a filter for its column's table, and what is computed has none.
    """

    def __init__(
        self, computed: ColumnElement[bool], key: InstrumentedAttribute[Any], name: str
    ) -> None:
        self.computed = computed
        super().__init__(key, name, YES_NO, YES_OR_NO.__getitem__)

    def compared(self) -> ColumnElement[Any]:
        return self.computed


class DayFilter(BaseSQLAFilter):
    """Keeps what happened on a day in Manila; what is no day keeps nothing."""

    def __init__(self, column: InstrumentedAttribute[Any], name: str) -> None:
        super().__init__(column, name, data_type="datepicker")

    def operation(self) -> str:
        return "is"

    def apply(self, query: Query, value: str, alias: Any = None) -> Query:
        try:
            begins = datetime.combine(date.fromisoformat(value), time(), MANILA)
            ends = begins + timedelta(days=1)
        except (ValueError, OverflowError):
            return query.filter(False)
        return query.filter(self.column >= begins, self.column < ends)


class RelatedFilter(OneOfFilter):
    """By a column of a table that the view's query joins itself; `key` is of the view's table."""

    def __init__(
        self,
        related: InstrumentedAttribute[Any],
        key: InstrumentedAttribute[Any],
        name: str,
        options: Options,
    ) -> None:
        self.related = related
        super().__init__(key, name, options, _key)

    def compared(self) -> ColumnElement[Any]:
        return self.related


def choice_filter(
    column: InstrumentedAttribute[Any], name: str, choices: type[Choice]
) -> OneOfFilter:
    """One of a choice list."""
    return OneOfFilter(column, name, choices.pairs(), choices)


def id_filter(
    column: InstrumentedAttribute[Any], name: str, options: Callable[[], list[tuple[str, str]]]
) -> OneOfFilter:
    """One of the records that `options` lists as (id, label)."""
    return OneOfFilter(column, name, options, _key)


def _key(value: str) -> int:
    number = int(value)
    if not 0 <= number <= LARGEST_KEY:
        raise ValueError("no record can have this number")
    return number


def yes_no_filter(column: InstrumentedAttribute[Any], name: str) -> OneOfFilter:
    """Yes or no."""
    return OneOfFilter(column, name, YES_NO, YES_OR_NO.__getitem__)


def day_filter(column: InstrumentedAttribute[Any], name: str) -> DayFilter:
    """One day in Manila."""
    return DayFilter(column, name)
