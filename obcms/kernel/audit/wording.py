"""How values from the audit trail read to people: the column's name, its value, a record's name."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Boolean, Date, Enum, Integer, Table

from obcms.kernel.db.types import Figure, Money, Percent, UTCDateTime
from obcms.kernel.extensions import db
from obcms.kernel.formats import day, moment, peso

# What a column and a record are called where their names do not say it; slices add theirs.
LABELS: dict[str, str] = {}
RECORD_NAMES: dict[str, str] = {}
# Columns that only the system keeps; they follow from others or say nothing to a reader. Slices add
# theirs, so this is looked into when it is needed, and nothing is made of it while modules load.
SILENT = {"version", "created_at", "updated_at"}

# In a column's `info`: the table of a record that it names without a foreign key.
REFERS_TO = "refers_to"
# What the record is called that a column refers to; slices add theirs.
REFERENCES: dict[str, Callable[[int], str]] = {}


def label_of(column: str) -> str:
    """The column's name in words: `target_end_date` is “Target end date”."""
    if column in LABELS:
        return LABELS[column]
    return column.removesuffix("_id").replace("_", " ").capitalize()


def referred_table(table_name: str, column: str) -> str | None:
    """The table that a column refers to; None for a value of its own."""
    found = _table(table_name).c.get(column)
    if found is None:
        return None
    keys = (key.column.table.name for key in found.foreign_keys)
    return next(keys, found.info.get(REFERS_TO))


def shown(table_name: str, column: str, value: object) -> str:
    """A value as it stands in the trail, in words; a dash for nothing."""
    if value is None or value == "":
        return "—"
    if column in REFERENCES:
        return REFERENCES[column](int(str(value)))
    kind = _table(table_name).c[column].type
    match kind:
        case Figure():
            return f"{Decimal(str(value)).normalize():f}"
        case Money():
            return peso(Decimal(str(value)))
        case Percent():
            return f"{Decimal(str(value)).normalize():f}%"
        case Enum(enum_class=choices) if choices is not None:
            return choices(value).label
        case UTCDateTime():
            return moment(datetime.fromisoformat(str(value)))
        case Date():
            return day(date.fromisoformat(str(value)))
        case Boolean():
            return "Yes" if value else "No"
        case Integer():
            return str(value)
    return str(value)


def _table(name: str) -> Table:
    return db.metadata.tables[name]
