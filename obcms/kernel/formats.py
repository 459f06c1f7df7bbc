"""How values look to people: pesos, percents, and times in Manila."""

from datetime import date, datetime
from decimal import Decimal

from flask import Flask

from obcms.kernel.rules.choice import Choice
from obcms.kernel.rules.money import MINUS, format_peso
from obcms.kernel.rules.percent import short_percent
from obcms.kernel.rules.zone import MANILA


def peso(amount: Decimal | None) -> str:
    """₱1,234.50; a dash for "not set"."""
    return format_peso(amount)


def percent(value: Decimal | None) -> str:
    """A whole percent, 100% only for 100; a dash for "not set"."""
    return "—" if value is None else f"{short_percent(value)}%".replace("-", MINUS)


def tenth(value: Decimal | None) -> str:
    """A percent with one decimal, 100.0% only for 100; a dash for "not set"."""
    return "—" if value is None else f"{short_percent(value, 1)}%".replace("-", MINUS)


def day(value: date | None) -> str:
    """5 Jan 2025; a dash for "not set"."""
    return "—" if value is None else f"{value.day} {value:%b %Y}"


def moment(value: datetime | None) -> str:
    """5 Jan 2025, 14:30 in Manila."""
    if value is None:
        return "—"
    local = value.astimezone(MANILA)
    return f"{day(local.date())}, {local:%H:%M}"


def init_app(app: Flask) -> None:
    """Gives templates the formats as filters, and every choice list by its name."""
    app.jinja_env.filters.update(peso=peso, percent=percent, tenth=tenth, day=day, moment=moment)
    app.jinja_env.globals.update({one.__name__: one for one in Choice.__subclasses__()})
