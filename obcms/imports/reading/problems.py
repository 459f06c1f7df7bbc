"""Why a row of a list is refused, whatever is recorded already (SPEC 13)."""

import re
from collections.abc import Iterator, Sequence

from obcms.imports.reading.doubts import LEAVE, READ, Doubt
from obcms.imports.reading.header import Header
from obcms.imports.reading.lines import ListRow
from obcms.imports.reading.list_fields import ListField
from obcms.kernel.errors import Invalid
from obcms.kernel.intake.cells import is_error, is_garbled, quote
from obcms.ppas.rules.naming import CODE, TITLE
from obcms.ppas.rules.order import out_of_order

BESIDE = re.compile(
    r"(?:in\s+)?(?:thousand|million|billion)s?(?: pesos)?|us\$|[$€£¥]"
    r"|usd|eur|gbp|jpy|cny|sar|aed|myr|idr|sgd|aud|cad|krw",
    re.IGNORECASE,
)
BESIDE_NEXT = re.compile(rf"{BESIDE.pattern}|[kmb]|mn|bn", re.IGNORECASE)
# What is left of 1,234,500.00 in the next cell.
SPLIT = re.compile(r"[0-9]{3}(?:\.[0-9]*)?")


def problems_of(line: ListRow) -> Iterator[str]:
    """Each problem of the row by itself, fit to show."""
    for name in ("code", ListField.TITLE):
        if line.is_formula(name):
            yield f"The {name} cannot be read: it is a formula without a stored result."
        if is_error(line.cells.get(name)):
            yield f"The {name} cannot be read: it is the error {line.texts[name]}."
    if is_garbled(line.title):
        yield (
            f"The title “{quote(line.title)}” was saved in a wrong encoding. Save the file as "
            "“CSV UTF-8” from where it was written."
        )
    if line.spans_years():
        yield f"“{quote(line.text('fiscal_year'))}” is not one fiscal year."
    if not line.title:
        yield "The title is missing."
    for limits, text in ((CODE, line.code), (TITLE, line.title)):
        try:
            limits.clean(text or "none")
        except Invalid as error:
            yield str(error)
    try:
        line.amount()
    except ValueError as error:
        yield str(error)
    start, end = line.readable_day("start"), line.readable_day("end")
    for problem in out_of_order({"start_date": start, "target_end_date": end}):
        yield problem.message


def about_hidden(hidden: Sequence[ListRow]) -> Doubt:
    """Whether rows with an amount that nobody sees are to be read."""
    rows = tuple(line.number for line in hidden)
    question = f"{len(rows)} rows with an amount are hidden or filtered out. Are they to be read?"
    if len(rows) == 1:
        question = f"Row {rows[0]} has an amount and is hidden or filtered out. Is it to be read?"
    return Doubt("hidden", question, ((LEAVE, "left out"), (READ, "read")), rows)


def said_beside(line: ListRow, header: Header) -> Iterator[str]:
    """A unit or a currency that stands in a cell of its own and would change the amount."""
    read = {*header.columns.values(), *header.amounts, *header.parts.values()}
    for index, text in line.all_texts.items():
        is_next = index in header.unnamed[ListField.AMOUNT]
        pattern = BESIDE_NEXT if is_next else BESIDE
        if index not in read and pattern.fullmatch(text):
            yield (
                f"“{quote(text)}” stands beside the amount. Give the amount in pesos and in full."
            )


def spread(line: ListRow, header: Header) -> Iterator[str]:
    """In a CSV file an amount such as 1,234,500.00 without quotation marks falls apart."""
    last = max(header.headings)
    beyond = [text for index, text in line.all_texts.items() if index > last]
    beside = header.amount_column + 1
    after = line.all_texts.get(beside, "")
    begun = re.fullmatch(r"[₱+]?\s*[0-9]{1,3}", line.amount_text)
    is_split = beside in header.columns.values() and begun and SPLIT.fullmatch(after)
    if beyond or is_split:
        said = ",".join([line.amount_text, after if is_split else "", *beyond])
        yield (
            f"The row has more cells than the headings (“{quote(said)}”); an amount with commas "
            "needs quotation marks around it."
        )
