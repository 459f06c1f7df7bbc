"""CSV files as Excel and other programs save them: encoding, separator and quotes told apart."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress

from obcms.kernel.errors import Invalid
from obcms.kernel.intake import limits
from obcms.kernel.intake.quota import ReadingQuota, check_text, too_many_rows
from obcms.kernel.intake.table import Row

SEPARATORS = ",;\t|"
SAMPLED_LINES = 100
MOSTLY = 0.4
OLD = ("cp1252", "mac_roman", "cp850")  # Windows, the Mac before 2016, DOS
DASHES = "–—"
# A sign between letters, a capital after a small letter that is no plain one, a frame's line.
ODD_IN_WORD = re.compile(
    r"(?<=[A-Za-z])[^\w\s.,;:/'’‘`´&()\[\]+*#@|\"!?-](?=[A-Za-z])"
    r"|(?<=[a-z])[À-ÖØ-ÞŒŠŸ]|[\u2500-\u259f]|(?<![^\W_])[ÒÓÐÕÔ](?![^\W_])"
)
UNKNOWN = "The CSV file is in an unknown encoding; save it as “CSV UTF-8”."
NOT_A_TABLE = "This is neither a workbook (.xlsx, .ods) nor a CSV file."
# Excel's way of saying that something is a text: ="007"
TEXT_FORMULA = re.compile(r'="([^"]*)"')


def read_records(content: bytes, quota: ReadingQuota) -> list[Row]:
    """The file's records that hold something, with their positions, blank ones counted too.

    Raises Invalid for what is not text, for quotation marks that do not match, and past a limit.
    """
    text = decode(content)
    if "\0" in text:
        raise Invalid(NOT_A_TABLE, "file")
    separator = _separator(text)
    try:
        return _filled(_parse(text, separator, strict=True), quota)
    except csv.Error as error:
        return _read_leniently(text, separator, error, ReadingQuota(quota.report))


def _filled(records: Iterable[list[str]], quota: ReadingQuota) -> list[Row]:
    rows = []
    for number, record in enumerate(records, 1):
        if number > limits.LAST_EXCEL_ROW:
            raise too_many_rows(limits.LAST_EXCEL_ROW)
        filled = [place for place, field in enumerate(record, 1) if field.strip()]
        if not filled:
            continue
        width = filled[-1]
        quota.take_row(number, width, len(filled))
        check_text(max(map(len, record)), f"Row {number} of the file")
        rows.append(Row(number, tuple(map(_unwrap, record[:width]))))
    return rows


def _unwrap(field: str) -> str:
    found = TEXT_FORMULA.fullmatch(field) if field.startswith("=") else None
    return found[1] if found else field


def decode(content: bytes) -> str:
    """The text of a file in any encoding that offices use. Raises Invalid for another."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decoded(content, "utf-16")
    if wide := _without_mark(content):
        return _decoded(content, wide)
    with suppress(UnicodeDecodeError):
        return content.decode("utf-8-sig")
    if b"\r" in content and b"\n" not in content:
        return _decoded(content, "mac_roman")
    return _of_old_encoding(content)


def _decoded(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise Invalid(UNKNOWN, "file") from None


def _without_mark(content: bytes) -> str | None:
    """UTF-16 that does not say so: of plain letters every other byte is zero."""
    start = content[:2000]
    for encoding, zeros in (("utf-16-le", start[1::2]), ("utf-16-be", start[::2])):
        if zeros and zeros.count(0) > MOSTLY * len(zeros):
            return encoding
    return None


def _of_old_encoding(content: bytes) -> str:
    """The one in which no sign stands inside a word; Windows where none is better.

    Raises Invalid where only a dash tells them apart: the ñ of an old Mac is the dash of Windows.
    """
    texts = {}
    for encoding in OLD:
        with suppress(UnicodeDecodeError):
            texts[encoding] = content.decode(encoding)
    if not texts:
        raise Invalid(UNKNOWN, "file")
    likely = min(texts, key=lambda encoding: len(ODD_IN_WORD.findall(texts[encoding])))
    windows = texts.get("cp1252")
    if windows is not None and likely != "cp1252":
        odd = ODD_IN_WORD.findall(windows)
        if all(sign in DASHES for sign in odd):
            found = ODD_IN_WORD.search(windows)
            said = windows[max(found.start() - 12, 0) : found.end() + 12] if found else ""
            raise Invalid(
                f"It is not clear in which encoding the file is, as of “{' '.join(said.split())}”. "
                "Save it as “CSV UTF-8”.",
                "file",
            )
    return texts[likely]


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


def _parse(text: str, separator: str, strict: bool) -> Iterator[list[str]]:
    # A field as long as the file is no fault of its quotation marks; it is refused as a text.
    csv.field_size_limit(limits.MAX_BYTES)
    return csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=strict)


def _read_leniently(text: str, separator: str, fault: csv.Error, quota: ReadingQuota) -> list[Row]:
    """A title that begins with a quoted word is harmless; a quote left open swallows rows."""
    refusal = Invalid(
        f"The CSV file cannot be read: its quotation marks do not match ({fault}).", "file"
    )
    try:
        rows = _filled(_on_one_line(_parse(text, separator, strict=False), refusal), quota)
    except csv.Error:
        raise refusal from fault
    if not rows:
        raise refusal from fault
    return rows


def _on_one_line(records: Iterable[list[str]], refusal: Invalid) -> Iterator[list[str]]:
    for record in records:
        if any("\n" in field or "\r" in field for field in record):
            raise refusal
        yield record
