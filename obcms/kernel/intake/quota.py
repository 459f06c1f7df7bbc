"""Counts what a file holds while it is read, and stops at the limits."""

from collections.abc import Callable
from dataclasses import dataclass, field

from obcms.kernel.errors import Invalid
from obcms.kernel.intake import limits

Report = Callable[[str], None]
REPORTED_ROWS = 1000


def say_nothing(_progress: str) -> None:
    """For whoever does not want to hear how far a reading is."""


def too_large(message: str) -> Invalid:
    """A refusal of the whole file."""
    return Invalid(message, "file")


def too_many_rows(most: int) -> Invalid:
    """For a file with more rows than that."""
    return too_large(f"The file has more than {most:,} rows.")


def refuse_sheets(count: int) -> None:
    """Raises Invalid for a workbook that lists more sheets than any list has."""
    if count > limits.MAX_SHEETS:
        raise too_large(f"The workbook has more than {limits.MAX_SHEETS} sheets.")


@dataclass(slots=True)
class ReadingQuota:
    """One for a file, all of its sheets together. Each method raises Invalid past its limit."""

    report: Report = field(default=say_nothing)
    sheet: str = ""
    rows: int = 0
    cells: int = 0
    elements: int = 0

    def begin_sheet(self, number: int, count: int) -> None:
        """From now on rows are those of this sheet."""
        self.sheet = f"sheet {number} of {count}, " if count > 1 else ""
        self._tell()

    def take_element(self) -> None:
        """One element of XML."""
        self.elements += 1
        if self.elements > limits.MAX_ELEMENTS:
            raise too_large(
                f"The workbook has more than {limits.MAX_ELEMENTS:,} cells and values, painted "
                "blank cells included. Copy the list alone into a new workbook and try again."
            )

    def take_row(self, number: int, width: int, filled: int) -> None:
        """A row that holds something: its number in the file, its last column, and its cells."""
        self.rows += 1
        self.cells += filled
        if self.rows > limits.MAX_ROWS:
            raise too_many_rows(limits.MAX_ROWS)
        if width > limits.MAX_COLUMNS:
            raise too_large(f"Row {number} of the file has more than {limits.MAX_COLUMNS} columns.")
        if self.cells > limits.MAX_CELLS:
            raise too_large(f"The file has more than {limits.MAX_CELLS:,} cells that are filled.")
        if self.rows % REPORTED_ROWS == 0:
            self._tell()

    def _tell(self) -> None:
        self.report(f"Reading {self.sheet}{self.rows:,} rows")


def check_text(length: int, where: str) -> None:
    """Raises Invalid for a text that is longer than a cell can be."""
    if length > limits.MAX_TEXT:
        raise too_large(f"{where} holds a text of more than {limits.MAX_TEXT:,} characters.")
