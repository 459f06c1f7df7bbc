"""Many rows of a record that is declared as a whole."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import UniqueConstraint

from obcms.kernel.records.record import Record
from tests.support.doors import by_column


def rows_of(record: Record, count: int) -> Iterator[Any]:
    """Rows like the record's `example`, each with its number in texts that no two may share."""
    values, alone = by_column(record.fields, record.example), _unique(record)
    for number in range(count):
        yield record.build(
            {
                name: f"{value} {number}" if name in alone and isinstance(value, str) else value
                for name, value in values.items()
            }
        )


def _unique(record: Record) -> set[str]:
    table = record.model.__table__
    once = [one for one in table.constraints if isinstance(one, UniqueConstraint)]
    once += [one for one in table.indexes if one.unique]
    return {column.name for one in once for column in one.columns}
