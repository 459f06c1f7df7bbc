"""What the words of a heading speak of: planned money, other money, people, or something else."""

import re

PEOPLE = re.compile(
    r"\b(?:beneficiar(?:y|ies)|males?|females?|men|women|boys|girls|persons?|people|population"
    r"|households?|hhs?|famil(?:y|ies)|pax|participants?|heads?|farmers|learners|patients)\b",
    re.IGNORECASE,
)
# Money that is not what a PPA was given, and figures that are none.
OTHER_MONEY = re.compile(
    r"\b(?:disburs\w*|expenditures?|expended|spent|paid|payments?|payables?|utili[sz]\w*"
    r"|obligat\w*|releas\w*|balances?|savings?|unobligated|unreleased|variance|liquidat\w*"
    r"|remaining|actual|collections?|revenues?|income|lapsed|reverted|withdrawn|cut"
    r"|counterpart|prior|previous|last|unit costs?|cost per|per unit)\b",
    re.IGNORECASE,
)
FIGURES = re.compile(
    r"%|\b(?:percent(?:age)?|rate|ratio|accomplish\w*|physical|quantity|qty|units?|weights?"
    r"|scores?|ranks?|pages?|no\.? of|number of|counts?|outputs?|indicators?)\b",
    re.IGNORECASE,
)


def is_about_people(text: str) -> bool:
    """Whether a text counts people or homes."""
    return bool(PEOPLE.search(text))


def is_other(text: str) -> bool:
    """Whether a heading speaks of other money, or of figures that are no money."""
    return bool(OTHER_MONEY.search(text) or FIGURES.search(text) or PEOPLE.search(text))
