"""What one cell says: a text or a day. Faults are ValueErrors, fit to show."""

import re
import unicodedata
from contextlib import suppress
from datetime import date, datetime
from typing import Any

from obcms.kernel.intake.dates import (
    HIGHEST_SERIAL,
    DateOrder,
    read_moment,
    read_serial,
    read_written,
)
from obcms.kernel.rules.fields import TURNS

EARLIEST, LATEST = date(1990, 1, 1), date(2100, 12, 31)
LONGEST_QUOTE = 60
DASHES = ("-", "–", "—", "−")
ERRORS = re.compile(
    r"#(?:REF!|N/A|NAME\?|VALUE!|DIV/0!|NULL!|NUM!|SPILL!|CALC!|GETTING_DATA)|Err:[0-9]{3}"
)
# Excel writes a control character inside a text as _x000D_.
ESCAPED = re.compile(r"_x00[01][0-9A-F]_")


class Formula(str):
    """A formula whose result the workbook does not hold. Plain text: nothing evaluates it."""

    __slots__ = ()


def clean_text(value: Any) -> str:
    """The text of any cell on one line: NFC, without control or invisible characters.

    Marks that turn the direction of text stay, so that whoever stores the text refuses them.

    Whole floats lose their ".0", so a code or number stored by Excel reads as it looks.
    """
    if value is None:
        return ""
    if isinstance(value, int) and value.bit_length() > 200:
        return "a very large number"  # Python refuses to print some of these
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    text = ESCAPED.sub(" ", str(value))
    if text.isprintable():
        return " ".join(unicodedata.normalize("NFC", text).split())
    kinds = ((char, unicodedata.category(char)) for char in text)
    visible = (
        " " if kind == "Cc" else char
        for char, kind in kinds
        if kind not in ("Cf", "Cs") or char in TURNS
    )
    return " ".join(unicodedata.normalize("NFC", "".join(visible)).split())


def quote(value: Any) -> str:
    """A cell's text, fit to repeat in a reason: at most 60 characters."""
    text = clean_text(value)
    return text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1] + "…"


def is_error(value: Any) -> bool:
    """Whether the cell holds what Excel shows where a formula fails: #REF!, #N/A."""
    return isinstance(value, str) and bool(ERRORS.fullmatch(value.strip()))


def is_garbled(text: str) -> bool:
    """Whether a text was saved as UTF-8 and read as something older: MuÃ±oz for Muñoz."""
    if text.isascii():
        return False
    if "\ufffd" in text:  # what no program could read, and put this sign for
        return True
    for encoding in ("cp1252", "latin-1"):
        with suppress(UnicodeError):
            return text.encode(encoding).decode("utf-8") != text
    return False


def parse_date(value: Any, dates_from_1904: bool = False, order: DateOrder | None = None) -> date:
    """A day from 1990 to 2100 (SPEC 13): an Excel date, its serial number, or a written date.

    `order` is the column's. Raises ValueError for anything that is not clearly one day: "TBD", a
    month without its day.
    """
    try:
        found = _read_date(value, dates_from_1904, order)
    except (ValueError, OverflowError):
        found = None
    if found is None or not EARLIEST <= found <= LATEST:
        raise ValueError(f"“{quote(value)}” is not a date.")
    return found


def _read_date(value: object, dates_from_1904: bool, order: DateOrder | None) -> date | None:
    if isinstance(value, datetime):
        return read_moment(value)
    if isinstance(value, date):
        return value
    if isinstance(value, int) and value > HIGHEST_SERIAL:
        return read_written(str(value))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return read_serial(value, dates_from_1904)
    return read_written(clean_text(value), dates_from_1904, order)
