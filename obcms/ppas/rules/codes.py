"""A PPA's code: the acronym of its MOA, a hyphen, and what tells its PPAs apart (SPEC 2)."""

import re
from collections.abc import Iterable

from obcms.kernel.errors import Problem
from obcms.kernel.rules.folding import code_form

OFFICE = "OOBC"  # its own PPAs have no other MOA
LONGEST_TAIL = 20
LARGEST_NUMBER = 999_999
LONG_NUMBER = re.compile("[0-9]{7}")
SHORT_NUMBER = re.compile("[0-9]{1,6}")


def prefix_of(acronym: str | None) -> str:
    """What the codes of the MOA with this acronym begin with."""
    return f"{code_form(acronym) if acronym else OFFICE}-"


def code_problem(code: str, acronym: str | None) -> Problem | None:
    """What is wrong with a code, already in the form that is kept, for a PPA of this MOA."""
    prefix = prefix_of(acronym)
    tail = code.removeprefix(prefix)
    if tail == code or not tail:
        owner = code_form(acronym) if acronym else "a PPA without a MOA"
        return Problem(f"A code of {owner} begins with “{prefix}”, as {prefix}2026-001.", "code")
    if len(tail) > LONGEST_TAIL:
        return Problem(f"At most {LONGEST_TAIL} characters follow “{prefix}” in a code.", "code")
    if LONG_NUMBER.search(tail):
        return Problem("A number in a code has at most 6 digits.", "code")
    return None


class NextCodes:
    """Gives the PPAs of one MOA and year their codes, each once.

    Each is the one after the highest number used; once that is taken, the lowest that is free.
    """

    def __init__(self, acronym: str, year: int, used: Iterable[str]) -> None:
        self.prefix = f"{prefix_of(acronym)}{year}-"
        tails = (code.removeprefix(self.prefix) for code in used if code.startswith(self.prefix))
        self.numbers = {int(tail) for tail in tails if SHORT_NUMBER.fullmatch(tail)}
        self.highest = max(self.numbers, default=0)

    def take(self) -> str:
        """The next code."""
        number = self.highest + 1
        if number > LARGEST_NUMBER:
            number = next(n for n in range(1, LARGEST_NUMBER) if n not in self.numbers)
        else:
            self.highest = number
        self.numbers.add(number)
        return f"{self.prefix}{number:03d}"
