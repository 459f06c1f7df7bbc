"""What a file leaves open: a question with its possible readings, and the answers given to it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from obcms.kernel.errors import Invalid


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


NOTHING_ASKED = Asked()
NOWHERE = "none"  # for a field that no column holds
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
KNOWN = ("amount", *FIELDS, "currency", "dates", "hidden", "levels", "marks", "sheets", "unit")


def parse_answers(given: Iterable[str]) -> dict[str, str]:
    """Answers from `KEY=VALUE`. Raises Invalid for another form or an unknown key."""
    answers = {}
    for text in given:
        key, equals, value = text.partition("=")
        key = key.strip().casefold()
        if not equals or key not in KNOWN or not value.strip():
            known = ", ".join(KNOWN)
            raise Invalid(f"“{text}” is no reading. Write KEY=VALUE, with one of {known}.")
        answers[key] = value.strip()
    return answers
