"""Files of other programs: .ods and web pages are read, the rest is told how to be saved."""

import io
import re
import zipfile
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from obcms.kernel.errors import Invalid
from obcms.kernel.intake.cells import Formula
from obcms.kernel.intake.reader import read_table
from tests.imports import documents as ods
from tests.imports.documents import BLANK, HEADING, document, number, row, table, text, value
from tests.support.imports import parse_file


def cells_of(content: bytes, name: str = "list.ods") -> list[tuple[Any, ...]]:
    [sheet] = read_table(io.BytesIO(content), name)
    return [(one.number, *one.cells) for one in sheet.rows]


def pesos_of(content: bytes, name: str = "list.ods") -> list[tuple[str, str]]:
    rows = parse_file(io.BytesIO(content), name).rows
    return [(one.title, f"{one.amount:.2f}") for one in rows]


def test_an_ods_list_is_read_with_its_row_numbers() -> None:
    blank = row('<table:table-cell table:number-columns-repeated="1024"/>')
    blank = blank.replace("<table:table-row", '<table:table-row table:number-rows-repeated="3"')
    rows = row(text("MINISTRY OF HEALTH"), BLANK), blank, HEADING, row(text("W"), number("5.5"))
    assert cells_of(document(table(*rows))) == [
        (1, "MINISTRY OF HEALTH"),
        (5, "Title", "Budget"),
        (6, "W", 5.5),
    ]
    assert pesos_of(document(table(*rows))) == [("W", "5.50")]


def test_ods_texts_keep_their_lines_and_leave_notes_and_marks_out() -> None:
    note = "<office:annotation><text:p>ask Ana</text:p></office:annotation>"
    rich = (
        f'<table:table-cell office:value-type="string">{note}<text:p>Water<text:s/>system'
        '<text:span text:style-name="up">1</text:span></text:p><text:p>phase two</text:p>'
        "</table:table-cell>"
    )
    assert cells_of(document(table(row(rich)))) == [(1, "Water system\nphase two")]


def test_ods_days_percents_and_other_money_are_what_they_show() -> None:
    days = value("date", "2026-01-15", "15/01/26"), value("date", "2026-12-01", "Dec 26")
    money = (
        value("currency", "5000", "₱5,000", ' office:currency="PHP"'),
        value("currency", "7", "€7", ' office:currency="EUR"'),
        value("percentage", "0.05", "5%"),
    )
    [found] = cells_of(document(table(row(*days, *money))))
    assert str(found[1]) == "2026-01-15 00:00:00"
    assert found[2:] == ("Dec 26", 5000, "EUR7", "5%")


def test_an_ods_formula_without_a_result_stays_text() -> None:
    empty = '<table:table-cell table:formula="of:=[.A1]*2"/>'
    error = text("Err:508", ' table:formula="of:=FOO("')
    [found] = cells_of(document(table(row(text("a"), empty, error))))
    assert isinstance(found[2], Formula)
    [refused] = parse_file(
        io.BytesIO(document(table(HEADING, row(text("W"), error)))), "list.ods"
    ).refused
    assert refused.reason == "The amount cannot be read: it is the error Err:508."


def test_hidden_sheets_rows_and_columns_of_ods_are_known() -> None:
    column = '<table:table-column/><table:table-column table:visibility="collapse"/>'
    shown = table(column, HEADING, row(text("W"), number("5"), more=' table:visibility="filter"'))
    old = table(HEADING, row(text("Old"), number("9")), more=' table:style-name="unseen"')
    [sheet] = read_table(io.BytesIO(document(old, shown)), "list.ods")
    assert (sheet.name, sheet.hidden_rows, sheet.hidden_columns) == ("PPAs", {2}, {1})


def test_headings_merged_in_ods_reach_over_their_columns() -> None:
    wide = text("Budget", ' table:number-columns-spanned="2" table:number-rows-spanned="1"')
    rows = (
        row(text("Title"), wide, "<table:covered-table-cell/>"),
        row(BLANK, text("PS"), text("Total")),
    )
    found = document(table(*rows, row(text("Water"), number("5"), number("8"))))
    assert pesos_of(found) == [("Water", "8.00")]


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (
            lambda: document(
                table(
                    HEADING,
                    row(text("W"), number("5"), more=' table:number-rows-repeated="1000000"'),
                )
            ),
            "more than 20,000 rows",
        ),
        (
            lambda: document(table(row(text("W", ' table:number-columns-repeated="100000000"')))),
            "more than 200 columns",
        ),
        (lambda: document(*[table(name=f"S{n}") for n in range(201)]), "more than 200 sheets"),
        (
            lambda: document(table(row(text("W" + '<text:s text:c="900000000"/>')))),
            "more than 32,767 characters",
        ),
        (lambda: document(before=" " * 210 * 1024 * 1024), "unpacks to more than 200 MB"),
        (lambda: document(table(row(BLANK * 2_000_001))), "more than 2,000,000 cells"),
        (lambda: document()[:300], "cannot be read as an Excel workbook"),
    ],
)
def test_an_ods_that_costs_too_much_is_refused(made: Any, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        read_table(io.BytesIO(made()), "list.ods")


@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=8))
def test_a_damaged_ods_is_read_or_refused(changes: list[tuple[int, int]]) -> None:
    content = bytearray(document(table(HEADING, row(text("Water"), number("5")))))
    for place, byte in changes:
        content[place % len(content)] = byte
    try:
        parse_file(io.BytesIO(content), "list.ods")
    except Invalid as error:
        assert str(error)


PAGE = """<!DOCTYPE html><html><head><meta charset="{0}"><title>Export</title>
<style>td {{ color: red }}</style></head><body><table><tr><td>
<table><tr><th rowspan=2>Title<th colspan=2>Budget</tr><tr><th>PS<th>Total</tr>
<tr><td>Pe\xf1a<br>clinic<sup>1</sup><td>5<td x:num="8.5">9</tr>
<tr style="display:none"><td>Unseen<td>1<td>2</tr></table></td></tr></table></body></html>"""


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1252"])
@pytest.mark.parametrize("name", ["list.xls", "list.xlsx", "list.html"])
def test_a_web_page_under_any_name_is_read(name: str, encoding: str) -> None:
    content = PAGE.format(encoding).encode(encoding)
    assert cells_of(content, name)[:3] == [
        (1, "Title", "Budget"),
        (2, None, "PS", "Total"),
        (3, "Peña\nclinic", "5", 8.5),
    ]
    [sheet] = read_table(io.BytesIO(content), name)
    assert sheet.hidden_rows == {4}
    assert pesos_of(content, name)[0] == ("Peña clinic", "8.50")


def test_a_web_page_without_end_is_refused() -> None:
    for made, said in (
        ("<td>" * 2_100_000, "more than 2,000,000 cells"),
        ("<td>" + "x" * 40_000, "more than 32,767 characters"),
        ("<tr>" + "<td>x</td>" * 300 + "</tr>", "more than 200 columns"),
        ("", "a web page without a table"),
    ):
        with pytest.raises(Invalid, match=said):
            read_table(io.BytesIO(f"<html><table>{made}</table></html>".encode()), "list.xls")


def zipped(part: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(part, "x")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "old .xls workbook.*Save As"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "has a password"),
        (b"\x09\x08\x10\x00\x00\x06", "old .xls workbook"),
        (b"%PDF-1.7", "is a PDF"),
        (b"MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\n", "saved as a single file"),
        (
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
            "XML Spreadsheet 2003",
        ),
        (zipped("xl/workbook.bin"), r"binary workbook \(.xlsb\)"),
        (zipped("word/document.xml"), "is a Word document"),
        (zipped("Index/Document.iwa"), "Apple Numbers"),
    ],
)
def test_what_is_not_read_is_named_with_what_to_do(content: bytes, said: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_table(io.BytesIO(content), "list.xls")
    assert re.search(said, str(caught.value))
    assert "upload" in str(caught.value).casefold()


def test_a_csv_that_begins_with_a_bracket_is_no_web_page() -> None:
    assert pesos_of(b"<Title>,Budget\nTable,5\n", "list.csv") == [("Table", "5.00")]


def test_the_unseen_sheet_of_an_ods_costs_no_rows() -> None:
    many = row(text("Old"), more=' table:number-rows-repeated="1000000"')
    unseen = table(many, more=' table:style-name="unseen"')
    assert cells_of(document(unseen, table(HEADING))) == [(1, "Title", "Budget")]
    assert ods.KIND.encode() in document()[:200]
