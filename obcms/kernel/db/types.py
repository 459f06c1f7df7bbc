"""Column types that are exact on both databases."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, DateTime, Enum, Numeric
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from obcms.kernel.rules.choice import Choice

CENTAVO = Decimal("0.01")
REMEMBERED = 20_000  # values read lately: most columns hold few different ones
ResultProcessor = Callable[[Any], Decimal | None]


class Money(TypeDecorator[Decimal]):
    """Pesos as Decimal. NUMERIC(18,2) on PostgreSQL; whole centavos on SQLite.

    SQLite keeps NUMERIC as a float, which cannot hold eighteen digits, so there a column holds
    integer centavos: comparisons and SUM() stay exact. Floats and stray decimals raise ValueError.
    """

    impl = Numeric(18, 2)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[object]:
        kind = BigInteger() if dialect.name == "sqlite" else Numeric(18, 2)
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: object, dialect: Dialect) -> Decimal | int | None:
        if value is None:
            return None
        if isinstance(value, float | bool):
            raise ValueError(f"An amount of money is never a {type(value).__name__}: {value!r}")
        amount = Decimal(value)  # type: ignore[arg-type]
        if not amount.is_finite() or amount != amount.quantize(CENTAVO):
            raise ValueError(f"Not an amount in whole centavos: {value!r}")
        return int(amount * 100) if dialect.name == "sqlite" else amount

    def result_processor(self, dialect: Dialect, coltype: object) -> ResultProcessor | None:
        # Made once for a result, since reading a tree converts tens of thousands of amounts.
        return _from_centavos if dialect.name == "sqlite" else None


class Figure(Money):
    """A number with two decimals that is no money: a percent above 100, points, or days."""

    cache_ok = True


class Percent(TypeDecorator[Decimal]):
    """0 to 100 as Decimal with two decimals; small enough for SQLite's own NUMERIC."""

    impl = Numeric(5, 2)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[object]:
        return dialect.type_descriptor(Numeric(5, 2, asdecimal=dialect.name != "sqlite"))

    def result_processor(self, dialect: Dialect, coltype: object) -> ResultProcessor | None:
        return _from_float if dialect.name == "sqlite" else None


@lru_cache(REMEMBERED)
def _from_centavos(value: int | None) -> Decimal | None:
    return None if value is None else Decimal(value).scaleb(-2)


@lru_cache(REMEMBERED)
def _from_float(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(f"{value:.2f}")


class UTCDateTime(TypeDecorator[datetime]):
    """An aware moment, stored in UTC. A naive datetime raises ValueError."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A moment needs a time zone.")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class ChoiceText(Enum):
    """Finds the choices of many rows without a call of Python for each."""

    cache_ok = True

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        members = {member.value: member for member in self.enum_class}
        return (members | {None: None}).__getitem__


def choice(choices: type[Choice], name: str) -> Enum:
    """A choice list kept as text under a CHECK; native enums break when two tables share one."""
    return ChoiceText(
        choices,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=32,
        values_callable=lambda members: [member.value for member in members],
        validate_strings=True,
    )


def utc_now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)
