"""What every choice list is made of."""

from enum import StrEnum
from typing import Self


class Choice(StrEnum):
    """A stored value and the label shown for it, made from the value where none is given."""

    label: str

    def __new__(cls, value: str, label: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label or value.replace("_", " ").capitalize()
        return member

    @property
    def with_article(self) -> str:
        """One of its kind at the beginning of a sentence: “An activity”."""
        return f"{'An' if self.label[0] in 'AEIOU' else 'A'} {self.label.lower()}"

    @classmethod
    def pairs(cls) -> list[tuple[str, str]]:
        """(value, label) pairs for a select field."""
        return [(member.value, member.label) for member in cls]
