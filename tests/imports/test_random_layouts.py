"""Any list, however an office lays it out, is read back exactly or asked about; never otherwise."""

import csv
import io
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from obcms.imports.reading.doubts import GivenAnswers
from obcms.imports.reading.parsed import ParsedFile
from tests.support.imports import parse_file

YEAR = 2026
UNITS = {
    1: ("Approved Budget", "Budget (in pesos)", "Appropriation"),
    1_000: ("Budget (P'000)", "Approved Budget (in thousand pesos)", "Amount (₱ thousands)"),
    1_000_000: ("Budget (in million pesos)", "Approved Budget (PhP million)"),
}
DATES = {
    "iso": "{0:%Y-%m-%d}",
    "month first": "{0:%m/%d/%Y}",
    "day first": "{0:%d/%m/%Y}",
    "dots": "{0:%d.%m.%Y}",
    "words": "{0:%B} {0.day}, {0.year}",
}
WORDS = (
    "Clinic",
    "Road",
    "Seeds",
    "Boats",
    "School feeding",
    "Water system",
    "Peace, and order",
    "Peñaranda’s house",
)
days = st.dates(date(2026, 1, 1), date(2026, 12, 31))


@dataclass(frozen=True)
class Plan:
    """One PPA of a list."""

    title: str
    parts: tuple[int, int, int]  # of the three classes, in centavos
    start: date
    end: date

    @property
    def amount(self) -> Decimal:
        return Decimal(sum(self.parts)) / 100


@st.composite
def plans(draw: st.DrawFn) -> list[Plan]:
    centavos = st.integers(1, 9_999_999_99)
    found = []
    for number in range(draw(st.integers(1, 8))):
        first, second = sorted((draw(days), draw(days)))
        title = f"{draw(st.sampled_from(WORDS))} {chr(65 + number)}"
        found.append(Plan(title, (draw(centavos), draw(centavos), draw(centavos)), first, second))
    return found


@st.composite
def layouts(draw: st.DrawFn) -> dict[str, Any]:
    unit = draw(st.sampled_from(sorted(UNITS)))
    return {
        "unit": unit,
        "heading": draw(st.sampled_from(UNITS[unit])),
        "dates": draw(st.sampled_from(sorted(DATES))),
        "titles": draw(st.lists(st.sampled_from(["MINISTRY", "FY 2026 PROGRAM", ""]), max_size=3)),
        "order": draw(st.permutations(["title", "amount", "start", "end", "note"])),
        "classes": draw(st.booleans()),
        "total": draw(st.booleans()),
        "comma": draw(st.booleans()),
        "as": draw(st.sampled_from(["xlsx", "utf-8-sig", "utf-16", "cp1252"])),
        "unit in": draw(st.sampled_from(["heading", "title"])),
        "rows": draw(st.integers(1, 3)),
        "levels": draw(st.booleans()),
    }


def written(centavos: int, layout: dict[str, Any]) -> str:
    value = Decimal(centavos) / 100 / layout["unit"]
    places = max(2, -int(value.normalize().as_tuple().exponent))
    if layout["comma"] and places == 3:
        places = 4  # "2,383" is two thousand and more here, also in a list in thousands
    text = f"{value:,.{places}f}"
    return text.translate(str.maketrans(",.", ".,")) if layout["comma"] else text


def cells(plan: Plan, layout: dict[str, Any]) -> dict[str, list[str]]:
    total = written(sum(plan.parts), layout)
    parts = [written(part, layout) for part in plan.parts]
    return {
        "title": [plan.title],
        "amount": [*parts, total] if layout["classes"] else [total],
        "start": [DATES[layout["dates"]].format(plan.start)],
        "end": [DATES[layout["dates"]].format(plan.end)],
        "note": ["as planned"],
    }


def sections(found: list[Plan], layout: dict[str, Any]) -> list[tuple[str, list[Plan]]]:
    """The PPAs under the rows of programs that carry their sums; one part without such a row."""
    if not layout["levels"]:
        return [("", found)]
    half = (len(found) + 1) // 2
    parts = [("Upper program", found[:half]), ("Lower program", found[half:])]
    return [(name, part) for name, part in parts if part]


def heading(layout: dict[str, Any]) -> str:
    return "Budget" if layout["unit in"] == "title" else layout["heading"]


def above(layout: dict[str, Any]) -> list[list[str]]:
    """The titles, one of which may say the unit, which a blank row then follows."""
    said = {1: "Amounts in pesos", 1_000: "(In thousand pesos)", 1_000_000: "(in million pesos)"}
    unit = [said[layout["unit"]]] if layout["unit in"] == "title" else []
    return [[title] for title in [*layout["titles"], *unit, ""]]


def table(found: list[Plan], layout: dict[str, Any]) -> list[list[str]]:
    heads = {
        "title": ["Project Title"],
        "amount": [heading(layout)],
        "start": ["Start Date"],
        "end": ["Target End"],
        "note": ["Expected Output"],
    }
    below: dict[str, list[str]] = {name: [""] for name in heads}
    if layout["classes"]:
        heads["amount"] = [heading(layout), "", "", ""]
        below["amount"] = ["PS", "MOOE", "CO", "Total"]
    heads["start"], below["start"] = split_heading("Start Date", layout)
    heads["end"], below["end"] = split_heading("Target End", layout)
    rows = above(layout)
    if layout["rows"] == 3:
        over = {"amount": "FY 2026", "start": "Schedule"}
        firsts = {name: [over.get(name, ""), *[""] * (len(heads[name]) - 1)] for name in heads}
        rows.append([text for name in layout["order"] for text in firsts[name]])
    rows.append([text for name in layout["order"] for text in heads[name]])
    if layout["classes"] or layout["rows"] > 1:
        rows.append([text for name in layout["order"] for text in below[name]])
    for name, part in sections(found, layout):
        if name:
            rows.append(bare(Plan(name, *_summed(part), part[0].start, part[0].end), layout))
        for plan in part:
            indented = Plan(("   " if name else "") + plan.title, plan.parts, plan.start, plan.end)
            said = cells(indented, layout)
            rows.append([text for at in layout["order"] for text in said[at]])
    if layout["total"]:
        rows.append(bare(Plan("TOTAL", *_summed(found), found[0].start, found[0].end), layout))
    return rows


def split_heading(text: str, layout: dict[str, Any]) -> tuple[list[str], list[str]]:
    """A heading in one row, or its words in two."""
    if layout["rows"] == 1:
        return [text], [""]
    first, second = text.split()
    return ([first], [second]) if first == "Target" else ([""], [text])


def bare(plan: Plan, layout: dict[str, Any]) -> list[str]:
    """A row of sums: nothing but a title and amounts."""
    said = cells(plan, layout) | {name: [""] for name in ("start", "end", "note")}
    return [text for name in layout["order"] for text in said[name]]


def _summed(found: list[Plan]) -> tuple[tuple[int, int, int]]:
    sums = [sum(plan.parts[place] for plan in found) for place in range(3)]
    return ((sums[0], sums[1], sums[2]),)


def file_of(rows: list[list[str]], kind: str) -> tuple[bytes, str]:
    if kind == "xlsx":
        book, stream = Workbook(), io.BytesIO()
        for row in rows:
            book.active.append(row)
        book.save(stream)
        return stream.getvalue(), "list.xlsx"
    text = io.StringIO()
    csv.writer(text, delimiter=";" if kind == "utf-8-sig" else "\t").writerows(rows)
    said = text.getvalue()
    # That encoding has no sign of the peso.
    return (said.replace("₱", "P") if kind == "cp1252" else said).encode(kind), "list.csv"


def parse(content: bytes, name: str, **answers: str) -> ParsedFile:
    return parse_file(io.BytesIO(content), name, asked=GivenAnswers(YEAR, answers))


@settings(max_examples=150, deadline=None)
@given(plans(), layouts())
def test_a_list_is_read_back_exactly_or_asked_about(
    found: list[Plan], layout: dict[str, Any]
) -> None:
    content, name = file_of(table(found, layout), layout["as"])
    parsed = parse(content, name)
    right = [(plan.title, plan.amount, plan.start, plan.end) for plan in found]
    read = [(row.title, row.amount, row.start, row.end) for row in parsed.rows]
    if not parsed.doubts:
        assert read == right
        return
    ways = {"day first": "day-first", "month first": "month-first"}
    told = {"dates": ways.get(layout["dates"], "month-first")}
    told |= {"marks": "comma" if layout["comma"] else "point"}
    told |= {"levels": "lowest" if layout["levels"] else "all"}
    asked: set[str] = set()
    while parsed.doubts:
        # Which sign stands before the centavos decides what else there is to ask.
        new = {doubt.about for doubt in parsed.doubts} - asked
        assert new
        assert new <= told.keys()
        asked |= new
        parsed = parse(content, name, **{key: told[key] for key in asked})
    assert [(row.title, row.amount, row.start, row.end) for row in parsed.rows] == right
