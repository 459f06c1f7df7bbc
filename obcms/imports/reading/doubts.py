"""What a file leaves open: a question with its possible readings, and the answers given to it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from obcms.kernel.errors import Invalid
from obcms.kernel.intake.amounts import Marks
from obcms.kernel.intake.dates import DateOrder


@dataclass(frozen=True, slots=True)
class Doubt:
    """`about` is the key of an answer; each of `readings` is a value of it and what it means."""

    about: str
    question: str
    readings: tuple[tuple[str, str], ...]
    rows: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What is known besides the file: the year of the import, and how questions were answered."""

    fiscal_year: int | None = None
    answers: Mapping[str, str] = field(default_factory=dict)

    def answer(self, about: str) -> str | None:
        """The answer to a question; None where it is open."""
        return self.answers.get(about)

    def of_list(self, number: int) -> "Asked":
        """The same for one list of the file: what was answered for it alone, else for all."""
        end = f"{OF_LIST}{number}"
        own = {
            key.removesuffix(end): value for key, value in self.answers.items() if key.endswith(end)
        }
        return replace(self, answers={**self.answers, **own})


NOTHING_ASKED = Asked()
NOWHERE = "none"  # for a field that no column holds
LEAVE, READ = "leave", "read"
OF_LIST = "@"  # amount@2 is an answer for the second list of the file alone
# The fields whose column can be named by its letter, as people name them.
FIELDS = {
    "code": "code",
    "title": "title",
    "class": "appropriation_class",
    "start": "start",
    "end": "end",
    "remarks": "remarks",
    "ministry": "moa",
    "year": "fiscal_year",
}
COLUMNS = re.compile(r"[a-z]{1,3}(?:\+[a-z]{1,3})*|none", re.IGNORECASE)
# What may be said besides columns; whatever a file has is possible where nothing is listed.
CHOICES: dict[str, tuple[str, ...]] = {
    "currency": ("pesos",),
    "dates": tuple(DateOrder),
    "hidden": (LEAVE, READ),
    "levels": ("lowest", "upper", "all"),
    "lists": (),
    "marks": tuple(Marks),
    "sheets": (),
    "tables": (LEAVE, READ),
    "unit": ("pesos", "thousands", "millions", "billions"),
}
OF_FILE = ("lists", "sheets")
KNOWN = ("amount", *FIELDS, *CHOICES)


def parse_answers(given: Iterable[str]) -> dict[str, str]:
    """Answers from `KEY=VALUE`, or `KEY@2=VALUE` for the file's second list alone.

    Raises Invalid for another form, an unknown key, and a value that is none.
    """
    answers = {}
    for text in given:
        key, equals, value = (part.strip() for part in text.partition("="))
        key, at, number = key.casefold().partition(OF_LIST)
        is_one = not at or (number.isdecimal() and key not in OF_FILE)
        if not equals or key not in KNOWN or not value or not is_one:
            known = ", ".join(KNOWN)
            raise Invalid(f"“{text}” is no reading. Write KEY=VALUE, with one of {known}.")
        answers[key + at + number] = _checked(key, value)
    return answers


def _checked(key: str, value: str) -> str:
    if key not in CHOICES:
        if not COLUMNS.fullmatch(value):
            raise Invalid(f"“{value}” names no column. Columns have letters, such as E.")
    elif CHOICES[key] and value not in CHOICES[key]:
        raise Invalid(f"“{value}” is no {key}. It is one of {', '.join(CHOICES[key])}.")
    return value


def of_all(lists: Iterable[tuple[int, str, Sequence[Doubt]]]) -> list[Doubt]:
    """The questions of a file, from those of its lists, each with its number and place.

    Where several lists ask the same it is asked once, for all of them.
    """
    asking: dict[tuple[str, tuple[tuple[str, str], ...]], list[tuple[int, str, Doubt]]] = {}
    for number, place, doubts in lists:
        for doubt in doubts:
            asking.setdefault((doubt.about, doubt.readings), []).append((number, place, doubt))
    kinds = [about for about, _ in asking]
    found = []
    for (about, _), asked in asking.items():
        number, place, doubt = asked[0]
        if place and (len(asked) == 1 or kinds.count(about) > 1):
            found.extend(
                replace(one, about=f"{about}{OF_LIST}{number}", question=f"{place}: {one.question}")
                for number, place, one in asked
            )
        else:
            found.append(doubt)
    return found
