"""Since when something is owed: the oldest of what came in that is not used up yet."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal


def open_since(came: Iterable[tuple[date, Decimal]], left: Decimal) -> date | None:
    """The day of the oldest amount that is among what is left; None where nothing is.

    `came` are the amounts by day, those that were taken back below zero; `left` is what of their
    sum is still open. The oldest is used up first. Pesos.
    """
    oldest = None
    for day, amount in sorted(came, reverse=True):
        if left <= 0:
            break
        if amount > 0:
            left, oldest = left - amount, day
    return oldest
