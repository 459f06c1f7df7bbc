"""What a file leaves open: a question with its possible readings, and the answers given to it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from obcms.imports.answers import ADDED_UP, OF_LIST, Answers, Question
from obcms.imports.reading.list_fields import ListField
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
class GivenAnswers:
    """What is known besides the file: the year of the import, and how questions were answered."""

    fiscal_year: int | None = None
    answers: Mapping[str, str] = field(default_factory=dict)

    def answer(self, about: str) -> str | None:
        """The answer to a question; None where it is open."""
        return self.answers.get(about)

    def of_list(self, number: int) -> "GivenAnswers":
        """The same for one list of the file: what was answered for it alone, else for all."""
        end = f"{OF_LIST}{number}"
        own = {
            key.removesuffix(end): value for key, value in self.answers.items() if key.endswith(end)
        }
        return replace(self, answers={**self.answers, **own})


NOTHING_ANSWERED = GivenAnswers()
LEAVE, READ = "leave", "read"
YES, NO = "yes", "no"
PESOS = "pesos"
UNITS = {PESOS: 1, "thousands": 1_000, "millions": 1_000_000, "billions": 1_000_000_000}
UNIT = Question(tuple(UNITS), "Unit of the amounts")
DATES = Question(tuple(DateOrder), "Order of dates")
MARKS = Question(tuple(Marks), "Sign before centavos")
# The fields whose column can be named by its letter, as people name them.
FIELDS = {
    "code": "code",
    ListField.TITLE: ListField.TITLE,
    "class": "appropriation_class",
    "start": "start",
    "end": "end",
    "remarks": "remarks",
    "ministry": "moa",
    "year": "fiscal_year",
}
LEAVE_OR_READ = Question((LEAVE, READ))
PPA_ANSWERS = Answers(
    columns={ListField.AMOUNT: ListField.AMOUNT, **{name: key for key, name in FIELDS.items()}},
    labels={ListField.AMOUNT: "budget", **{name: key for key, name in FIELDS.items()}},
    questions={
        "currency": Question((PESOS,)),
        "dates": DATES,
        "hidden": LEAVE_OR_READ,
        "levels": Question(("lowest", "upper", "all")),
        "lists": Question(),
        "marks": MARKS,
        "sheets": Question(),
        "tables": LEAVE_OR_READ,
        "turned": Question((YES, NO)),
        "unit": UNIT,
    },
    of_file=("lists", "sheets"),
    columns_form=ADDED_UP,
)


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
