"""The worked year through the API: every verdict, and every cell of its statements (SPEC 6)."""

from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient

from obcms.ledger.rules.columns import COLUMN_NUMBERS
from obcms.ledger.rules.quarters import Quarter
from tests.ledger.test_worked_quarter import cells_of
from tests.ledger.worked_year import rows_of
from tests.ledger.year_by_api import LINES, YearByAPI

Cells = dict[tuple[str, str, str, str], list[Decimal]]


@pytest.fixture
def year(call_as: Callable[[int], FlaskClient]) -> YearByAPI:
    return YearByAPI(call_as=call_as)


def test_each_entry_gets_its_verdict_and_every_cell_is_met(year: YearByAPI, people) -> None:
    told = list(year.play())
    assert [found for _, found in told] == [wanted for wanted, _ in told]
    assert len(told) == len(rows_of(year.folder / "entries.csv"))
    client = year.call_as(people.viewer)
    for statement in rows_of(year.folder / "statements.csv"):
        expected = cells_of(year.folder / statement["file"])
        assert printed(client, year, statement) == expected, statement["file"]


def printed(client: FlaskClient, year: YearByAPI, said: dict[str, str]) -> Cells:
    """The statement's rows, its items read from `funds/` and summed here."""
    quarter = Quarter(int(said["year"]), int(said["quarter"]))
    asked = {"fund_cluster": said["fund_cluster"], "as_of": quarter.last_day.isoformat()}
    sums: defaultdict[tuple[str, str, str, str], list[Decimal]] = defaultdict(zeros)
    for section in ("I", "III"):
        sums["subtotal", section, "", "TOTAL"] = zeros()
    sums["grand total", "", "", "TOTAL"] = zeros()
    for key, line in lines_of(client, year, said).items():
        funds = client.get(f"{LINES}{line['id']}/funds/", query_string=asked).json
        if [one["authorization"] for one in funds["statements"]] != [said["authorization"]]:
            continue
        assert_total(funds)
        section = "III" if line["cost_structure"] == "spf" else "I"
        for of_class in funds["classes"]:
            cells, name = columns(of_class), of_class["appropriation_class"].upper()
            if not any(cells):
                continue
            add(sums["item", section, key, name], cells)
            for one in (name, "TOTAL"):
                add(sums["subtotal", section, "", one], cells)
                add(sums["grand total", "", "", one], cells)
    return dict(sums)


def lines_of(client: FlaskClient, year: YearByAPI, said: dict[str, str]) -> dict[str, Any]:
    """By their short keys; of one office, in capitals or not, or of all."""
    asked = {"page_size": 200, **({"moa": said["office"].lower()} if said["office"] else {})}
    found = {one["id"]: one for one in client.get(LINES, query_string=asked).json["results"]}
    return {key: found[number] for key, number in year.lines.items() if number in found}


def assert_total(funds: dict[str, Any]) -> None:
    total = zeros()
    for of_class in funds["classes"]:
        add(total, columns(of_class))
    assert columns(funds["total"]) == total


def columns(figures: dict[str, Any]) -> list[Decimal]:
    return [Decimal(figures[name]) for name in COLUMN_NUMBERS]


def zeros() -> list[Decimal]:
    return [Decimal("0.00")] * 22


def add(row: list[Decimal], cells: list[Decimal]) -> None:
    row[:] = [one + other for one, other in zip(row, cells, strict=True)]
