"""The fields of a list without which it is none; the others are named after the PPA's own."""

from enum import StrEnum


class ListField(StrEnum):
    """By these names their columns, cells and answers are kept."""

    TITLE = "title"
    AMOUNT = "amount"
