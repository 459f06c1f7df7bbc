"""Files that are small to send and cost much to read (SPEC 13).

Each is refused in words, or read rightly, within seconds and in bounded memory.
"""

import resource
from collections.abc import Callable
from typing import Any

import pytest

from obcms.imports.ppa_list import PPA_LIST
from obcms.imports.read_file import read_file
from obcms.imports.reading.as_json import from_json
from obcms.kernel.errors import Invalid
from tests.imports import hostile
from tests.imports.hostile import HEADING, ONE, row, sheet, workbook

pytestmark = pytest.mark.usefixtures("real_readings")
SECONDS = 8  # of computing, which includes a second for starting; a limit ends it after 20
XF = '<xf numFmtId="{}"/>'


def read(content: bytes, name: str = "file.xlsx") -> list[tuple[int, str]]:
    return [
        (found.row, found.title)
        for found in from_json(read_file(PPA_LIST, content, name).parsed).rows
    ]


def spent() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.fixture(autouse=True)
def in_seconds() -> Any:
    before = spent()
    yield
    assert spent() - before < SECONDS


CELLS = "more than 2,000,000 cells and values"
DAMAGED = "cannot be read as an Excel workbook"


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (hostile.zeros, DAMAGED),
        (hostile.zero_cells, DAMAGED),
        (hostile.zero_rows, "more than 20,000 rows"),
        (hostile.painted_cells, CELLS),
        (hostile.more_than_it_unpacks_to, "unpacks to more than 200 MB"),
        (hostile.one_sheet_listed_again, "more than 20,000 rows"),
        (hostile.many_sheets, "more than 5,000 parts"),
        (hostile.one_sheet_in_many_names, "more than 200 sheets"),
        (hostile.many_parts, "more than 5,000 parts"),
        (hostile.empty_strings, "more than 250,000 texts"),
        (hostile.bare_strings, "more than 250,000 texts"),
        (hostile.pieces_of_strings, CELLS),
        (hostile.long_string, "more than 32,767 characters"),
        (hostile.long_value, "more than 32,767 characters"),
        (hostile.long_formula, "more than 32,767 characters"),
        (hostile.long_attribute, DAMAGED),
        (hostile.many_attributes, DAMAGED),
        (hostile.deep_nesting, DAMAGED),
        (hostile.many_columns, "more than 200 columns"),
    ],
)
def test_a_workbook_that_costs_too_much_is_refused(made: Callable[[], bytes], said: str) -> None:
    with pytest.raises(Invalid, match=said):
        read(made())


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (hostile.blank_lines, "more than 1,048,576 rows"),
        (hostile.one_line_of_commas, "more than 200 columns"),
        (hostile.long_quoted_cell, "more than 32,767 characters"),
        (hostile.open_quote, "quotation marks do not match"),
        (hostile.many_lines, "more than 20,000 rows"),
        (hostile.many_filled_cells, "more than 500,000 cells that are filled"),
    ],
)
def test_a_csv_file_that_costs_too_much_is_refused(made: Callable[[], bytes], said: str) -> None:
    with pytest.raises(Invalid, match=said):
        read(made(), "file.csv")


def test_blank_fields_cost_little() -> None:
    assert read(hostile.commas() + b"Water,5\n", "file.csv") == [(100_002, "Water")]


def test_far_cells_leave_no_rows_between() -> None:
    far = sheet(HEADING + row(1_048_576))
    assert read(workbook(*[far] * 50)) == [(1_048_576, "Water")]  # the others are its duplicates


AFTER = {
    "merged": "<mergeCells>" + '<mergeCell ref="A2:XFD1048576"/>' * 500_000 + "</mergeCells>",
    "links": "<hyperlinks>" + '<hyperlink ref="A1:XFD1048576"/>' * 500_000 + "</hyperlinks>",
    "rules": '<conditionalFormatting sqref="A1"><cfRule type="x" priority="1"/>'
    "</conditionalFormatting>" * 300_000,
    "checks": "<dataValidations>"
    + '<dataValidation sqref="A1:XFD9"/>' * 500_000
    + "</dataValidations>",
}


@pytest.mark.parametrize("kind", AFTER)
def test_what_else_a_sheet_says_costs_little(kind: str) -> None:
    assert read(workbook(sheet(ONE, after=AFTER[kind]))) == [(2, "Water")]


def test_columns_names_and_styles_cost_little() -> None:
    columns = "<cols>" + '<col min="1" max="16384"/>' * 500_000 + "</cols>"
    names = (
        "<definedNames>" + '<definedName name="n">A1</definedName>' * 500_000 + "</definedNames>"
    )
    formats = "".join(f'<numFmt numFmtId="{n}" formatCode="0{n}"/>' for n in range(200, 100_000))
    used = "".join(XF.format(n) for n in range(200, 100_000))
    names = f"<definedNames>{names}</definedNames>"
    styles = f"<numFmts>{formats}</numFmts><cellXfs>{XF.format(0)}{used}</cellXfs>"
    assert read(workbook(sheet(ONE, before=columns), names=names, styles=styles)) == [(2, "Water")]


def test_totals_without_end_cost_little() -> None:
    lines = "".join(f"Total,{n % 7 + 1}\n,{n}\nWater {n},5\n" for n in range(6_600))
    assert len(read(f"Title,Budget\n{lines}".encode(), "file.csv")) == 6_600


def test_the_fullest_list_is_read() -> None:
    cells = "".join(f"<c><v>{n}</v></c>" for n in range(22))
    lines = "".join(
        f'<row><c t="s"><v>{n}</v></c><c><v>5</v></c>{cells}</row>' for n in range(20_000 - 1)
    )
    strings = "".join(f"<si><t>Project number {n}</t></si>" for n in range(20_000 - 1))
    assert len(read(workbook(sheet(HEADING + lines), strings=strings))) == 20_000 - 1
