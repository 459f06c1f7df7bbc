"""How many pesos one of an amount means, and in which currency, as headings and notes say it."""

import re

from obcms.imports.reading.words import is_about_people

PESO = r"(?:philippine\s+)?(?:pesos?|piso|php|₱)"
_NAMES = r"thousand|million|billion|libo|milyon|bilyon"
WORD = rf"(?P<word>{_NAMES})(?:s|n?g)?"
MARK = r"['’‘`´]?\s*,?"
PESOS = {"thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
PESOS |= {"libo": 1_000, "milyon": 1_000_000, "bilyon": 1_000_000_000}
SHORT = {"thou": 1_000, "thous": 1_000, "mil": 1_000_000, "mio": 1_000_000, "bil": 1_000_000_000}
LETTERS = {"k": 1_000, "m": 1_000_000, "mn": 1_000_000, "b": 1_000_000_000, "bn": 1_000_000_000}

# An amount, not a unit: 5 million pesos, a million pesos.
AMOUNT = re.compile(
    r"(?:[0-9]|\b(?:a|one|two|three|four|five|six|seven|eight|nine|ten|hundred|half|per|every|each"
    rf"|several|many|some|few))[\s-]*(?:{_NAMES})(?:s|n?g)?\b",
    re.IGNORECASE,
)
# A unit that is none of ours: hundred thousand pesos.
ODD = re.compile(rf"\b(?:tens?|hundreds?)(?: of)?[\s-]+(?:{_NAMES})(?:s|n?g)?\b", re.IGNORECASE)
# Said of money anywhere.
ANYWHERE = (
    re.compile(rf"\b(?:in|sa)\s+(?:{PESO}\s+)?{WORD}\b(?!\s+of\s+(?!{PESO}))", re.IGNORECASE),
    re.compile(rf"\b{WORD}(?:\s+of)?\s+{PESO}(?:\b|$|(?=\W))", re.IGNORECASE),
    re.compile(rf"(?:\b(?:php|p|pesos?)|₱)\.?\s*(?:in\s+)?{WORD}\b", re.IGNORECASE),
)
# Enough over a column of amounts.
IN_HEADING = re.compile(
    rf"\(\s*(?:in\s+)?{WORD}\s*\)|^(?P<only>thousand|million|billion|libo|milyon|bilyon)(?:s|n?g)?$",
    re.I,
)
ZEROS = re.compile(
    rf"(?:\bp|\bphp|₱)\s*{MARK}(?P<zeros>000(?:,000){{0,2}})s?\b"
    rf"|['’‘`´],?(?P<marked>000(?:,000){{0,2}})s?\b|\(\s*,?(?P<bare>000(?:,000){{0,2}})s?\s*\)",
    re.IGNORECASE,
)
LETTER = re.compile(
    r"(?:\bphp|\bp|₱)\s*(?P<sign>mn?|bn?|k)\b|\b(?P<before>mn?|bn?|k)\s*(?:php\b|pesos?\b|₱)"
    r"|\(\s*(?:in\s+)?(?P<bare>mn?|bn?|k|thous?|mil|mio|bil)\.?\s*\)",
    re.IGNORECASE,
)
TIMES = re.compile(r"[x×]\s*1,?(?P<zeros>000(?:,?000){0,2})\b", re.IGNORECASE)
PLAIN = re.compile(r"\b(?:in|sa)\s+(?:philippine\s+)?(?:pesos?|piso|php)\b", re.IGNORECASE)


def unit_in_heading(text: str) -> int | None:
    """The pesos that one means by a heading: 1 to a billion; None where nothing is said."""
    if (unit := _in_words(text)) is not None:
        return unit
    if found := IN_HEADING.search(text):
        return PESOS[(found["word"] or found["only"]).casefold()]
    if found := ZEROS.search(text):
        zeros = found["zeros"] or found["marked"] or found["bare"]
        return 1_000 ** (zeros.count(",") + 1)
    if found := TIMES.search(text):
        return 10 ** found["zeros"].count("0")
    if found := LETTER.search(text):
        return (LETTERS | SHORT)[(found["sign"] or found["before"] or found["bare"]).casefold()]
    return 1 if PLAIN.search(text) else None


def unit_in_note(text: str) -> int | None:
    """The same of a title, a footnote or a sheet's name, unless that speaks of people."""
    if is_about_people(text):
        return None
    if (unit := _in_words(text)) is not None:
        return unit
    found = ZEROS.search(text)
    if found and (zeros := found["zeros"] or found["marked"]):
        return 1_000 ** (zeros.count(",") + 1)
    return 1 if PLAIN.search(text) else None


def _in_words(text: str) -> int | None:
    for pattern in ANYWHERE:
        if found := pattern.search(AMOUNT.sub(" ", text)):
            return PESOS[found["word"].casefold()]
    return None
