"""Lists that resemble those of `cases`, each of a kind that was once read wrongly or may be.

`ok` is read exactly and without a question; `ask` asks, and `either` may, with the right answer
among those offered; `refuse` and `word` leave rows out or differ only with a word about rows.
"""

import io
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from obcms.imports.reading.doubts import GivenAnswers
from obcms.imports.reading.parsed import ParsedFile
from obcms.kernel.errors import Invalid
from tests.support.imports import parse_file

NEIGHBORS = json.loads((Path(__file__).parent / "neighbors.json").read_text())
YEAR = 2026
ENCODINGS = {"utf-16-le-nobom": "utf-16-le", "utf-16-be-nobom": "utf-16-be"}
OLD_MAC = {"mac-lf": "\n", "mac-crlf": "\r\n"}


def text_file(case: dict[str, Any]) -> bytes:
    encoding, text = case.get("encoding", "utf-8"), case["csv"]
    if encoding in OLD_MAC:
        return text.replace("\n", OLD_MAC[encoding]).encode("mac_roman")
    return text.encode(ENCODINGS.get(encoding, encoding))


def workbook(case: dict[str, Any]) -> bytes:
    book = Workbook()
    book.remove(book.active)
    for name, rows in case["sheets"].items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append([cell_of(value) for value in row])
        for block in case.get("merged", {}).get(name, []):
            sheet.merge_cells(block)
        for number in case.get("hidden_rows", {}).get(name, []):
            sheet.row_dimensions[number].hidden = True
        for letter in case.get("hidden_columns", {}).get(name, []):
            sheet.column_dimensions[letter].hidden = True
        for place, code in case.get("formats", {}).get(name, {}).items():
            sheet[place].number_format = code
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def cell_of(value: Any) -> Any:
    is_day = isinstance(value, str) and value.startswith("d:")
    return datetime.fromisoformat(value[2:]) if is_day else value


def parse(case: dict[str, Any], answers: dict[str, str]) -> ParsedFile:
    made, name = (text_file, "list.csv") if "csv" in case else (workbook, "list.xlsx")
    return parse_file(io.BytesIO(made(case)), name, asked=GivenAnswers(YEAR, answers))


def read(parsed: ParsedFile) -> dict[str, list[str]]:
    return {row.title: [f"{row.amount:.2f}", str(row.start), str(row.end)] for row in parsed.rows}


def differing(expected: dict[str, Any], got: dict[str, list[str]]) -> set[str]:
    """The titles that are there and should not be so."""
    wanted = {title: [said] if isinstance(said, str) else said for title, said in expected.items()}
    return {
        title
        for title, values in got.items()
        if title not in wanted
        or any(
            said not in (None, value) for said, value in zip(wanted[title], values, strict=False)
        )
    }


@pytest.mark.parametrize("case", NEIGHBORS, ids=lambda case: case["name"])
def test_no_neighbor_is_read_wrongly_in_silence(case: dict[str, Any]) -> None:
    expected, want = case["expected"], case["want"]
    try:
        parsed = parse(case, {})
    except Invalid:
        assert want == "refuse"
        return
    if parsed.doubts:
        assert want in ("ask", "either")
        offered = {(one.about, value) for one in parsed.doubts for value, _ in one.readings}
        assert case["answer"].items() <= offered
        parsed = parse(case, case["answer"])
        assert parsed.doubts == []
    else:
        assert want != "ask"
    got = read(parsed)
    named = {note.row for note in (*parsed.refused, *parsed.warnings)}
    assert differing(expected, got) == set()
    assert got.keys() == expected.keys() or (want in ("refuse", "word") and named)
    assert named >= set(case.get("named", []))
