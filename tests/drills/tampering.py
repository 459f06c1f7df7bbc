"""Changes of audited rows by SQL, behind the trail's back, at random."""

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Enum,
    Integer,
    LargeBinary,
    Table,
    bindparam,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import DBAPIError

from obcms.kernel.audit.registry import EXCLUDED_COLUMNS, SECRET_COLUMNS, audited_tables
from obcms.kernel.audit.trail import row_key
from obcms.kernel.db.types import Money, Percent, UTCDateTime
from obcms.kernel.encryption import Unreadable
from obcms.kernel.extensions import db, unit_of_work

Dice = random.Random


def tamper(dice: Dice) -> str:
    """Changes, removes or adds a row of an audited table; returns its table and key."""
    while True:
        table = dice.choice(sorted(audited_tables(), key=lambda one: one.name))
        if dice.random() < 0.2:
            changed = add(dice, table)
        else:
            changed = change(dice, table, dice.choice(changeable(table) or [None]))
        if changed is not None:
            return changed


def changeable(table: Table) -> list[Column[Any]]:
    """The columns that the trail knows, other than keys and references."""
    unknown = EXCLUDED_COLUMNS - SECRET_COLUMNS
    return [
        column
        for column in table.columns
        if not column.primary_key and not column.foreign_keys and column.name not in unknown
    ]


def change(dice: Dice, table: Table, column: Column[Any] | None) -> str | None:
    """Another value in some row; without a column the row is removed. None where nothing fits."""
    with db.engine.connect() as connection:
        count = connection.scalar(select(func.count()).select_from(table))
        if not count:
            return None
        query = select(table).order_by(*table.primary_key).offset(dice.randrange(count)).limit(1)
        try:
            row = connection.execute(query).mappings().one()
        except Unreadable:  # as it was changed before
            return None
        this = [key == row[key.name] for key in table.primary_key]
        with unit_of_work():  # so that the guard lets it pass, as a plain SQL client would
            try:
                if column is None:
                    connection.exec_driver_sql(*_deletion(table, row))
                else:
                    value = another(dice, column, row[column.name])
                    connection.execute(
                        update(table).where(*this).values({column: bindparam("value", value)})
                    )
                connection.commit()
            except (DBAPIError, LookupError, ValueError):
                connection.rollback()
                return None
    return f"{table.name} {row_key(table, row)}"


def add(dice: Dice, table: Table) -> str | None:
    """A copy of some row under another number; None where that cannot be."""
    if "id" not in table.c:
        return None
    with db.engine.connect() as connection, unit_of_work():
        stored = [column for column in table.columns if column.computed is None]
        query = select(*stored).order_by(func.random()).limit(1)
        try:
            row = connection.execute(query).mappings().first()
        except Unreadable:  # as it was changed before
            return None
        if row is None:
            return None
        new = dict(row) | {"id": 10**6 + dice.randrange(10**6)}
        new |= {c.name: another(dice, c, row[c.name]) for c in stored if c.unique}
        try:
            connection.execute(insert(table), new)
            connection.commit()
        except (DBAPIError, LookupError, ValueError):
            return None
    return f"{table.name} {new['id']}"


def _deletion(table: Table, row: Any) -> tuple[str, tuple[Any, ...]]:
    mark = "?" if db.engine.dialect.name == "sqlite" else "%s"
    names = [column.name for column in table.primary_key]
    where = " AND ".join(f"{name} = {mark}" for name in names)
    return f"DELETE FROM {table.name} WHERE {where}", tuple(row[name] for name in names)


def another(dice: Dice, column: Column[Any], value: Any) -> Any:
    """A value of the column's kind that is not this one."""
    for kinds, make in OTHERS:
        if isinstance(column.type, kinds):
            return make(dice, column, value)
    longest = getattr(column.type, "length", None) or 200
    return f"{str(value or '')[: longest - 9]}{dice.randrange(10**8)}"


def _other_choice(dice: Dice, column: Column[Any], value: Any) -> Any:
    choices = [one for one in column.type.enum_class if one != value]
    return dice.choice(choices)


OTHERS: tuple[tuple[Any, Callable[[Dice, Column[Any], Any], Any]], ...] = (
    (Enum, _other_choice),
    (Money, lambda _dice, _column, value: (value or Decimal(0)) + Decimal("0.01")),
    (Percent, lambda _dice, _column, value: Decimal(50) if value != 50 else Decimal(49)),
    (UTCDateTime, lambda _dice, _column, value: _later(value)),
    (Date, lambda _dice, _column, value: (value or date(2031, 5, 5)) + timedelta(days=1)),
    (Boolean, lambda _dice, _column, value: not value),
    (Integer, lambda _dice, _column, value: (value or 0) + 1),
    (LargeBinary, lambda dice, _column, _value: dice.randbytes(30)),
    (JSON, lambda dice, _column, _value: {"forged": dice.random()}),
)


def _later(value: datetime | None) -> datetime:
    return (value or datetime.fromisoformat("2031-05-05T00:00:00+00:00")) + timedelta(seconds=1)
