"""What may be said of how a file is read: by `--read`, and on the preview (SPEC 13)."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from obcms.kernel.errors import Invalid

IGNORED = "ignored"  # what a column is taken for that is not read
NOWHERE = "none"  # for a field that no column holds
OF_LIST = "@"  # amount@2 is an answer for the second list of the file alone
ONE_COLUMN = r"[a-z]{1,3}|none"
ADDED_UP = r"[a-z]{1,3}(?:\+[a-z]{1,3})*|none"  # E+F


@dataclass(frozen=True)
class Question:
    """What is answered for all rows: `label` as the preview asks, or "" where only a doubt does.

    Whatever a file has is an answer where no `values` are listed.
    """

    values: tuple[str, ...] = ()
    label: str = ""


@dataclass(frozen=True)
class Answers:
    """The answers that an import knows.

    `columns` maps each field that a column may hold to the key of its answer, `labels` to what
    people call it. `questions` are asked besides columns, `of_file` those that no single list has,
    `columns_form` how columns are named.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    questions: Mapping[str, Question] = field(default_factory=dict)
    of_file: Collection[str] = ()
    columns_form: str = ONE_COLUMN

    @property
    def roles(self) -> dict[str, str]:
        """What a column may be taken for on the preview, as people call it."""
        return {IGNORED: "not read", **self.labels}

    def parse(self, given: Iterable[str]) -> dict[str, str]:
        """Answers from `KEY=VALUE`, or `KEY@2=VALUE` for the file's second list alone.

        Raises Invalid for another form, an unknown key, and a value that is none.
        """
        known = (*self.columns.values(), *self.questions)
        answers = {}
        for text in given:
            key, equals, value = (part.strip() for part in text.partition("="))
            key, at, number = key.casefold().partition(OF_LIST)
            is_one = not at or (number.isdecimal() and key not in self.of_file)
            if not equals or key not in known or not value or not is_one:
                told = ", ".join(known)
                raise Invalid(f"“{text}” is no reading. Write KEY=VALUE, with one of {told}.")
            answers[key + at + number] = self._checked(key, value)
        return answers

    def _checked(self, key: str, value: str) -> str:
        if key not in self.questions:
            if not re.fullmatch(self.columns_form, value, re.IGNORECASE):
                raise Invalid(f"“{value}” names no column. Columns have letters, such as E.")
        elif (values := self.questions[key].values) and value not in values:
            raise Invalid(f"“{value}” is no {key}. It is one of {', '.join(values)}.")
        return value
