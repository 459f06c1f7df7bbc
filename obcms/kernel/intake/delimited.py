"""CSV files as Excel and other programs save them: encoding, separator and quotes told apart."""

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence

from obcms.kernel.errors import Invalid

SEPARATORS = ",;\t|"
SAMPLED_LINES = 100
NOT_A_TABLE = "This is neither a workbook (.xlsx) nor a CSV file."
# Excel's way of saying that something is a text: ="007"
TEXT_FORMULA = re.compile(r'="([^"]*)"')
Record = tuple[str, ...]


def read_records(content: bytes) -> list[Record]:
    """Every record of the file, blank ones too, so that positions are row numbers.

    Raises Invalid for what is not text and for quotation marks that do not match.
    """
    text = _decode(content)
    if "\0" in text:
        raise Invalid(NOT_A_TABLE, "file")
    separator = _separator(text)
    try:
        records = _parse(text, separator, strict=True)
    except csv.Error as error:
        records = _parse_leniently(text, separator, error)
    return [tuple(map(_unwrap, record)) for record in records]


def _unwrap(field: str) -> str:
    found = TEXT_FORMULA.fullmatch(field)
    return found[1] if found else field


def _decode(content: bytes) -> str:
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Invalid("The CSV file is in an unknown encoding; save it as “CSV UTF-8”.", "file")


def _separator(text: str) -> str:
    """The one by which the most lines have the same number of fields."""
    if named := re.match(r"sep=(.)\r?\n", text, re.IGNORECASE):
        return named[1]
    sample = "\n".join(text[:200_000].splitlines()[:SAMPLED_LINES])
    return max(SEPARATORS, key=lambda separator: _evenness(sample, separator))


def _evenness(sample: str, separator: str) -> tuple[int, int]:
    try:
        widths = Counter(len(record) for record in _parse(sample, separator, strict=False))
    except csv.Error:
        return 0, 0
    return max(((count, width) for width, count in widths.items() if width > 1), default=(0, 0))


def _parse(text: str, separator: str, strict: bool) -> list[Sequence[str]]:
    lines = io.StringIO(text, newline="")
    return list(csv.reader(lines, delimiter=separator, strict=strict))


def _parse_leniently(text: str, separator: str, fault: csv.Error) -> list[Sequence[str]]:
    """A title that begins with a quoted word is harmless; a quote left open swallows rows."""
    try:
        records = _parse(text, separator, strict=False)
    except csv.Error:
        records = []
    if not records or any("\n" in field or "\r" in field for record in records for field in record):
        raise Invalid(
            f"The CSV file cannot be read: its quotation marks do not match ({fault}).", "file"
        ) from fault
    return records
