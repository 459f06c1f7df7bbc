"""A table whose columns are declared is read by their names, and what is open is asked."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from obcms.imports.table.columns import Column, ColumnKind, Table
from obcms.imports.table.read import read_declared
from obcms.kernel.errors import Invalid
from obcms.kernel.intake.cells import Formula
from obcms.kernel.intake.table import Sheet
from tests.support.tables import sheet

TABLE = Table(
    columns=(
        Column("kind", "kind", (), ColumnKind.CHOICE, required=True, choices={"truck": "vehicle"}),
        Column("name", "name", ("title",), required=True),
        Column("bought", "date bought", (), ColumnKind.DATE),
        Column("price", "price", ("cost",), ColumnKind.AMOUNT),
        Column("upkeep", "upkeep", (), ColumnKind.SIGNED),
        Column("total", "total", (), ColumnKind.AMOUNT),
        Column("is_new", "new", (), ColumnKind.FLAG),
    ),
    lacking="No kinds and names.",
    marker="kind",
    money=("price", "upkeep"),
    whole="total",
    one_of=(("price",), ("upkeep",)),
)
HEAD = ("Kind", "Name", "Price", "Upkeep")


def read(*rows: Sequence[Any], **answers: str) -> dict[str, Any]:
    return read_sheets([sheet(rows)], **answers)


def read_sheets(sheets: Sequence[Sheet], **answers: str) -> dict[str, Any]:
    return read_declared(TABLE, sheets, {"fiscal_year": None, "answers": answers})


def asked(found: dict[str, Any]) -> list[tuple[str, list[tuple[str, str]]]]:
    """About what, and each reading with its total."""
    return [
        (one["about"], [(each["read"], each["total"]) for each in one["readings"]])
        for one in found["doubts"]
    ]


def roles(found: dict[str, Any]) -> dict[str, str]:
    return {one["column"]: one["role"] for one in found["lists"][0]["columns"]}


def test_columns_are_found_by_name_below_titles_and_read_by_their_kinds() -> None:
    found = read(
        ("Ministry of Boats",),
        (),
        ("Cost (PHP)", "New", "NAME", "Kind", "Date bought", "Upkeep"),
        ("₱1,200.50", "x", "Ford", "Truck", 45663, "(5.00)"),
        (None, "", "Raft", "boat", None, 7),
    )
    assert found["rows"] == [
        {
            "row": 4,
            "comes_to": "1195.50",
            "kind": "vehicle",
            "name": "Ford",
            "bought": "2025-01-06",
            "price": "1200.50",
            "upkeep": "-5.00",
            "total": None,
            "is_new": True,
        },
        {
            "row": 5,
            "comes_to": "7.00",
            "kind": "boat",
            "name": "Raft",
            "bought": None,
            "price": None,
            "upkeep": "7.00",
            "total": None,
            "is_new": None,
        },
    ]
    assert (found["refused"], found["doubts"], found["lists"][0]["sum"]) == ([], [], "1202.50")


def test_a_heading_may_stand_over_several_rows() -> None:
    found = read(
        ("Kind", "Name", "What it costs", None, "Date"),
        (None, None, "Price", "Upkeep", "bought"),
        ("boat", "Raft", 5, 7, "2025-03-04"),
    )
    [row] = found["rows"]
    assert (row["price"], row["upkeep"], row["bought"]) == ("5.00", "7.00", "2025-03-04")


def test_columns_with_one_heading_are_asked_about_and_the_answer_is_followed() -> None:
    rows = (("Kind", "Name", "Price", "Price (adjusted)"), ("boat", "Raft", 5, 7))
    assert asked(read(*rows)) == [("price", [("price=C", "5.00"), ("price=D", "7.00")])]
    found = read(*rows, price="D")
    assert (found["doubts"], found["rows"][0]["price"]) == ([], "7.00")
    assert roles(found) == {"A": "kind", "B": "name", "C": "ignored", "D": "price"}


@pytest.mark.parametrize(
    "rows",
    [
        (("Amounts in thousand pesos",), HEAD, ("boat", "Raft", 5, 7)),
        (("Kind", "Name", "Price (P'000)", "Upkeep"), ("boat", "Raft", 5, 7)),
        (HEAD, ("boat", "Raft", 5, 7), ("(in thousand pesos)",)),
    ],
)
def test_a_unit_is_asked_about_wherever_it_is_said(rows: Sequence[Any]) -> None:
    [(about, readings)] = asked(read(*rows))
    assert (about, readings[:2]) == (
        "unit",
        [("unit=pesos", "12.00"), ("unit=thousands", "12000.00")],
    )
    found = read(*rows, unit="thousands")
    assert (found["doubts"], found["rows"][0]["price"]) == ([], "5000.00")


def test_the_order_of_dates_is_that_of_the_column_and_asked_where_no_date_says_it() -> None:
    head = ("Kind", "Name", "Price", "Date bought")
    open_ = (head, ("boat", "Raft", 5, "2/3/2025"))
    found = read(*open_, ("boat", "Canoe", 5, "25/3/2025"))
    assert [row["bought"] for row in found["rows"]] == ["2025-03-02", "2025-03-25"]
    assert [about for about, _ in asked(read(*open_))] == ["dates"]
    assert read(*open_, dates="month-first")["rows"][0]["bought"] == "2025-02-03"


def test_the_marks_of_amounts_are_those_of_the_column() -> None:
    rows = (HEAD, ("boat", "Raft", "1.234,50", ""), ("boat", "Canoe", "7,5", ""))
    assert [row["price"] for row in read(*rows)["rows"]] == ["1234.50", "7.50"]
    either = (HEAD, ("boat", "Canoe", "1.500", ""))
    assert [about for about, _ in asked(read(*either))] == ["marks"]
    assert read(*either, marks="comma")["rows"][0]["price"] == "1500.00"


def test_totals_are_left_out_named_and_compared() -> None:
    found = read(
        HEAD,
        ("boat", "Raft", 5, 7),
        ("truck", "Ford", 10, None),
        ("Sub-total, boats", None, 15, 7),
        (None, "All that floats", 15, 7),
        ("GRAND TOTAL", None, 15, 8),
    )
    assert [row["row"] for row in found["rows"]] == [2, 3]
    [one] = found["lists"]
    assert [(row["row"], row["by"]) for row in one["totals"]] == [
        (4, {"price": "15.00", "upkeep": "7.00"}),
        (5, {"price": "15.00", "upkeep": "7.00"}),
        (6, {"price": "15.00", "upkeep": "8.00"}),
    ]
    assert one["by"] == {"price": "15.00", "upkeep": "7.00"}
    [(row, reason, _)] = found["warnings"]
    assert (row, "says ₱23.00; the rows above sum to ₱22.00" in reason) == (6, True)


def test_a_row_with_money_that_is_no_row_of_the_table_is_refused_or_named() -> None:
    found = read(
        ("Approved", 1_000_000),
        HEAD,
        ("boat", "Raft", 5, 7),
        (None, "Part two", None, None),
        (None, "Ferry", 40, None),
        HEAD,
        ("boat", "Canoe", "about 3", None),
    )
    passed = [(one["row"], one["as"]) for one in found["lists"][0]["passed_over"]]
    assert passed == [(1, "above the headings"), (4, "note or heading"), (6, "headings again")]
    assert [row["row"] for row in found["rows"]] == [3, 5]
    assert found["rows"][1]["kind"] is None  # whoever judges the row refuses it
    assert found["refused"] == [[7, "price: The amount “about 3” cannot be read.", None]]


def test_hidden_rows_and_other_sheets_are_asked_about_or_listed() -> None:
    rows = (HEAD, ("boat", "Raft", 5, 7), ("boat", "Canoe", 3, None))
    hidden = sheet(rows, "Boats", hidden_rows=frozenset({3}))
    other = sheet((("Notes",), ("Reserve", 250)), "Notes")
    found = read_sheets([other, hidden])
    assert asked(found) == [("hidden", [("hidden=leave", "12.00"), ("hidden=read", "15.00")])]
    assert found["lists"][0]["left_sheets"] == [{"sheet": "Notes", "rows": 1}]
    left = read_sheets([hidden], hidden="leave")
    assert [row["row"] for row in left["rows"]] == [2]
    assert [one["as"] for one in left["lists"][0]["passed_over"]] == ["hidden"]
    both = [hidden, sheet((HEAD, ("boat", "Ark", 900, None)), "More")]
    assert ("sheet", [("sheet=1", "15.00"), ("sheet=2", "900.00")]) in asked(read_sheets(both))
    assert read_sheets(both, sheet="2")["rows"][0]["name"] == "Ark"


def test_columns_that_are_not_read_are_listed_and_can_be_taken_for_something() -> None:
    rows = (("Kind", "Name", "Worth", "Upkeep", None), ("boat", "Raft", 5, 7, "old"))
    found = read(*rows)
    assert roles(found) == {
        "A": "kind",
        "B": "name",
        "C": "ignored",
        "D": "upkeep",
        "E": "ignored",
    }
    assert found["lists"][0]["columns"][2]["samples"] == ["5"]
    found = read(*rows, price="C", upkeep="none")
    assert (found["rows"][0]["price"], found["rows"][0]["upkeep"]) == ("5.00", None)
    found = read(*rows, price="D")  # one column has one meaning
    assert (found["rows"][0]["price"], found["rows"][0]["upkeep"]) == ("7.00", None)
    with pytest.raises(Invalid, match="names no column"):
        read(*rows, price="Z")


def test_a_heading_that_is_not_known_can_be_answered() -> None:
    rows = (("Sort", "Name", "Price"), ("boat", "Raft", 5))
    with pytest.raises(Invalid, match="No kinds and names"):
        read(*rows)
    assert read(*rows, kind="A")["rows"][0]["kind"] == "boat"


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (("boat", "#REF!", 5), "The name is the error #REF!."),
        (("boat", Formula("=A1"), 5), "The name is a formula without a stored result."),
        (("boat", date(2025, 1, 2), 5), "The name holds a date, 2025-01-02, and no text."),
        (("boat", "Raft", 5, "perhaps"), "“perhaps” says neither yes nor no to “new”."),
        (("boat", "Raft", -5), "The amount -5 is negative."),
        (("boat", "Raft", "1", None, "200"), "The row has more cells than the headings"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason(cells: Sequence[Any], reason: str) -> None:
    found = read(("Kind", "Name", "Price", "New"), cells)
    [(row, said, _)] = found["refused"]
    assert (row, found["rows"], reason in said) == (2, [], True), said
