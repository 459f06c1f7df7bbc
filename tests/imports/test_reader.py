"""Which files are read, and how the others are refused."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from obcms.kernel.errors import Invalid
from obcms.kernel.intake import limits
from obcms.kernel.intake.cells import Formula
from obcms.kernel.intake.reader import read_table
from tests.support.imports import parse_file


def saved(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def book_of(*rows: list[Any]) -> Workbook:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    return book


def edited(content: bytes, part: str, old: str, new: str) -> bytes:
    """The workbook with a piece of one part's XML replaced."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(stream, "w") as target:
        for name in source.namelist():
            text = source.read(name)
            if name == part:
                assert old.encode() in text
                text = text.replace(old.encode(), new.encode())
            target.writestr(name, text)
    return stream.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def test_rows_keep_their_numbers_and_blank_ones_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "file.xlsx"
    path.write_bytes(saved(book_of(["a"], [], [None, "b", None], [""])))
    [sheet] = read_table(path, path.name)
    assert [(row.number, row.cells) for row in sheet.rows] == [(1, ("a",)), (3, (None, "b"))]


def test_a_wrong_stored_size_cuts_nothing_off() -> None:
    content = edited(saved(book_of(["a", "b"], ["c", "d"])), SHEET, 'ref="A1:B2"', 'ref="A1"')
    [sheet] = read_table(io.BytesIO(content), "file.xlsx")
    assert [row.cells for row in sheet.rows] == [("a", "b"), ("c", "d")]


def test_formulas_give_their_stored_result_or_stay_text() -> None:
    content = saved(book_of(["=1+1", "=2+2", '=IF(A1=1,"x","")', '=HYPERLINK("http://x","see")']))
    content = edited(content, SHEET, "<f>1+1</f>", "<f>1+1</f><v>2</v>")
    content = edited(content, SHEET, '<c r="C1">', '<c r="C1" t="str">')
    [sheet] = read_table(io.BytesIO(content), "file.xlsx")
    [row] = sheet.rows
    assert row.cells == (2, "=2+2", None, '=HYPERLINK("http://x","see")')
    assert isinstance(row.cells[1], Formula)


def test_percents_are_no_amounts() -> None:
    book = book_of(["Title", "Budget"], ["Water", 0.05])
    book.active["B2"].number_format = "0%"
    [note] = parse_file(io.BytesIO(saved(book)), "file.xlsx").refused
    assert note.reason == "The amount “5%” cannot be read."


def test_hidden_sheets_are_ignored_and_hidden_rows_are_not() -> None:
    book = book_of(["Title", "Budget"], ["Water", 5])
    book.active.row_dimensions[2].hidden = True
    book.create_sheet("old").append(["Title", "Budget"])
    book["old"].sheet_state = "hidden"
    parsed = parse_file(io.BytesIO(saved(book)), "file.xlsx")
    assert [(row.title, row.sheet) for row in parsed.rows] == [("Water", "Sheet")]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Title;Budget\r\nRoads, bridges, and ports;₱1,234,567.50\r\n", "utf-8-sig"),
        ("Title\tBudget\nRoads, bridges, and ports\t1234567.5\n", "utf-16"),
        ('Title,Budget\n"Roads, bridges, and ports",="1234567.50"\n', "cp1252"),
        ("sep=|\nTitle|Budget\nRoads, bridges, and ports|1234567.50", "utf-8"),
    ],
)
def test_csv_files_in_every_dialect(text: str, encoding: str) -> None:
    [row] = parse_file(io.BytesIO(text.encode(encoding)), "file.csv").rows
    assert (row.title, str(row.amount)) == ("Roads, bridges, and ports", "1234567.50")


def test_quotation_marks_are_taken_as_meant_or_refused() -> None:
    text = b'Title,Budget\n"Kasama" Program,5\nRoads,6\n'
    parsed = parse_file(io.BytesIO(text), "file.csv")
    assert [row.title for row in parsed.rows] == ["Kasama Program", "Roads"]
    with pytest.raises(Invalid, match="quotation marks do not match"):
        parse_file(io.BytesIO(b'Title,Budget\n"Kasama,5\nRoads,6\nWater,7\n'), "file.csv")


def test_files_past_the_limits_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    small = saved(book_of(["a"], ["b"], ["c"]))
    wide = saved(book_of([*[None] * 200, "x"]))
    with pytest.raises(Invalid, match="more than 200 columns"):
        read_table(io.BytesIO(wide), "file.xlsx")
    far = edited(small, SHEET, '<row r="3">', '<row r="99999999999">')
    with pytest.raises(Invalid, match="cannot be read as an Excel workbook"):
        read_table(io.BytesIO(far), "file.xlsx")
    for name, value, why in (
        ("MAX_ROWS", 2, "more than 2 rows"),
        ("MAX_UNPACKED_BYTES", 100, "unpacks to more than 0 MB"),
        ("MAX_BYTES", 100, "larger than 0 MB"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(limits, name, value)
            with pytest.raises(Invalid, match=why):
                read_table(io.BytesIO(small), "file.xlsx")


def test_a_workbook_that_grows_without_end_is_refused() -> None:
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<!DOCTYPE worksheet [<!ENTITY l0 "lol">{lol}]><worksheet '
    content = edited(saved(book_of(["Title", "Budget"], ["&l11;", 5])), SHEET, "<worksheet ", bomb)
    content = edited(content, SHEET, "<sheetData>", "<sheetData>&l11;")
    with pytest.raises(Invalid, match="cannot be read as an Excel workbook"):
        read_table(io.BytesIO(content), "file.xlsx")


@pytest.mark.parametrize("kept", [30, 400, 2000])
def test_a_cut_off_workbook_is_refused(kept: int) -> None:
    with pytest.raises(Invalid, match="cannot be read as an Excel workbook"):
        read_table(io.BytesIO(saved(book_of(["a"]))[:kept]), "file.xlsx")


WHOLE = saved(book_of(["Code", "Title", "Budget"], ["X-1", "Water", 5], ["X-2", "Roads", "₱6"]))


@given(st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), max_size=8))
def test_a_damaged_workbook_is_read_or_refused(changes: list[tuple[int, int]]) -> None:
    content = bytearray(WHOLE)
    for place, byte in changes:
        content[place] = byte
    try:
        parse_file(io.BytesIO(content), "file.xlsx")
    except Invalid as error:
        assert str(error)


@given(
    st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode(errors="ignore"))
)
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    for prefix in (b"", b"Code,Title,Budget\n"):
        try:
            parse_file(io.BytesIO(prefix + content), "file.csv")
        except Invalid as error:
            assert str(error)
