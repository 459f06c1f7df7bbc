"""What a row of a list says of its PPA, and which of it is left unset with a word (SPEC 13)."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TypeVar

from obcms.imports.reading.lines import ListRow
from obcms.imports.reading.list_fields import ListField
from obcms.imports.reading.parsed import ParsedRow
from obcms.kernel.intake.cells import quote
from obcms.kernel.intake.texts import Marked
from obcms.kernel.rules.folding import has_invisible

Value = TypeVar("Value")
Warn = Callable[[ListRow, str], None]


def parsed_row(
    line: ListRow, sheet: str, list_number: int, amount: Decimal, warn: Warn
) -> ParsedRow:
    """The row with its amount, in pesos; `warn` hears what of it cannot be read."""
    for name in ("code", *ListField):
        if has_invisible(str(line.cells.get(name) or "")) and name is not ListField.AMOUNT:
            warn(line, f"Invisible characters in the {name} are left out.")
        if isinstance(line.cells.get(name), Marked):
            warn(line, f"A raised mark in the {name} is left off.")
    return ParsedRow(
        row=line.number,
        sheet=sheet,
        code=line.code or None,
        title=line.title,
        amount=amount,
        appropriation_class=_or_warn(
            line, "appropriation_class", "class", line.appropriation_class, warn
        ),
        start=_day(line, "start", "first", warn),
        end=_day(line, "end", "last", warn),
        remarks=line.texts.get("remarks", ""),
        moa=line.moa(),
        fiscal_year=_or_warn(line, "fiscal_year", "fiscal year", line.fiscal_year, warn),
        list_number=list_number,
    )


def _day(line: ListRow, name: str, which: str, warn: Warn) -> date | None:
    month = line.month(name)
    if month is not None:
        said = quote(line.texts[name])
        warn(line, f"The {name} date “{said}” names no day; the {which} is taken.")
        return month
    if line.is_other_way_round(name) and (day := line.readable_day(name)):
        said = quote(line.texts[name])
        warn(line, f"The {name} date “{said}” is written another way round: {day:%B} {day.day}.")
    return _or_warn(line, name, f"{name} date", lambda: line.day(name), warn)


def _or_warn(
    line: ListRow, name: str, shown: str, read: Callable[[], Value | None], warn: Warn
) -> Value | None:
    try:
        return read()
    except ValueError:
        said = quote(line.texts[name])
        warn(line, f"The {shown} “{said}” cannot be read and is left unset.")
        return None
