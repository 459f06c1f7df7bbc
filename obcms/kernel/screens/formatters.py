"""How list columns look."""

from collections.abc import Callable
from typing import Any

from markupsafe import Markup

from obcms.kernel.formats import day, moment, percent, peso
from obcms.kernel.rules.choice import Choice

NOTHING = Markup('<span class="muted">—</span>')


def cell_class(formatter: Callable[..., Any] | None) -> str:
    """What styles the cells of a column that is shown so."""
    return {money_column: " num", progress_column: " unbroken", day_column: " unbroken"}.get(
        formatter, ""
    )


def badge(value: Choice | None, kind: str = "status") -> Markup:
    """A choice as a coloured label with its name in it, so that colour is never alone."""
    if value is None:
        return NOTHING
    return Markup('<span class="badge badge-{}-{}">{}</span>').format(
        kind, value.value, value.label
    )


def money_column(_view: object, _context: object, model: Any, name: str) -> Markup:
    """Pesos, aligned by their decimals."""
    return Markup('<span class="amount">{}</span>').format(peso(getattr(model, name)))


def badge_column(_view: object, _context: object, model: Any, name: str) -> Markup:
    """A choice by its label, in its color."""
    return badge(getattr(model, name))


def progress_column(_view: object, _context: object, model: Any, name: str) -> Markup:
    """Percent 0–100 as a bar with its figure."""
    value = getattr(model, name)
    shown = percent(value)
    return Markup(
        '<span class="progress-mini" role="img" aria-label="{0}">'
        '<span class="progress-mini-fill" style="width:{1}%"></span></span>'
        '<span class="progress-mini-text">{0}</span>'
    ).format(shown, value)


def moment_column(_view: object, _context: object, model: Any, name: str) -> str:
    """A time in Manila."""
    return moment(getattr(model, name))


def day_column(_view: object, _context: object, model: Any, name: str) -> str:
    """A date; a dash where it is not set."""
    return day(getattr(model, name))
