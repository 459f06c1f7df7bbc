"""Lists as public reports say they come, each with what is right for it (`cases/expected.json`).

`ok` is to be read exactly, `refuse` may leave rows out with a reason, `word` may have another
result if something is said about the rows; an open question, under which nothing is imported, is
right for none of the `ok` ones here, and no list may be read wrongly in silence.
"""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from obcms.imports.reading.as_json import from_json, parse_to_json
from obcms.kernel.errors import Invalid
from obcms.kernel.intake.reader import read_table
from obcms.kernel.permissions import SYSTEM
from obcms.organizations.reads import find_moa
from tests.support.imports import import_ppas

FOLDER = Path(__file__).parent / "cases"
CASES = json.loads((FOLDER / "expected.json").read_text())
# These ask, each one question, with the right reading among those offered.
ASKED = {
    "20-parent-row-carries-the-sum-no-total.xlsx": "levels=lowest",
    "59-summary-sheet.xlsx": "sheets=Details",
    "74-original-and-adjusted.xlsx": "amount=C",
    "107-filter-hides-a-row.xlsx": "hidden=leave",
}

DAYS = ("start_date", "target_end_date")
Read = tuple[dict[str, list[str | None]], set[int], list[dict[str, Any]]]


def read(case: dict[str, Any], **answers: str) -> Read | None:
    """What the case's list would import, the rows it says something about, and its questions."""
    args = dict(zip(case["args"][::2], case["args"][1::2], strict=True))
    year = int(args["--fiscal-year"])
    known = {"fiscal_year": year, "answers": answers}
    with (FOLDER / case["file"]).open("rb") as stream:
        try:
            found = parse_to_json(read_table(stream, case["file"]), known)
        except Invalid:
            return None
    moa = find_moa(args["--moa"]) if "--moa" in args else None
    outcome = import_ppas(SYSTEM, from_json(found), moa, year)
    ppas = {
        row.title: [
            f"{row.shown['budget_allocation']:.2f}",
            *(str(day) if day else None for day in (row.shown[name] for name in DAYS)),
        ]
        for row in outcome.rows
    }
    return ppas, {note.row for note in (*outcome.refused, *outcome.warnings)}, found["doubts"]


def is_as_expected(expected: dict[str, Any], ppas: dict[str, list[str | None]]) -> bool:
    wanted = {title: [said] if isinstance(said, str) else said for title, said in expected.items()}
    if wanted.keys() != ppas.keys():
        return False
    return all(
        said is None or said == got
        for title, values in wanted.items()
        for said, got in zip(values, ppas[title], strict=False)
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["file"])
def test_no_list_is_read_wrongly_in_silence(app: Flask, case: dict[str, Any]) -> None:
    found = read(case)
    if found is None:
        assert case["want"] == "refuse"
        return
    ppas, named, doubts = found
    if answer := ASKED.get(case["file"]):
        [doubt] = doubts
        assert answer in [one["read"] for one in doubt["readings"]]
        key, _, value = answer.partition("=")
        answered = read(case, **{key: value})
        assert answered is not None
        ppas, named, doubts = answered
    assert doubts == []
    assert named >= set(case.get("named", []))
    right = is_as_expected(case["expected"], ppas)
    if case["want"] == "ok":
        assert right
    else:
        listed = {title: case["expected"][title] for title in ppas if title in case["expected"]}
        assert right or named
        assert is_as_expected(listed, {title: ppas[title] for title in listed})


def test_a_questions_readings_say_what_each_comes_to(app: Flask) -> None:
    case = next(
        one for one in CASES if one["file"] == "20-parent-row-carries-the-sum-no-total.xlsx"
    )
    found = read(case)
    assert found is not None
    totals = {one["read"]: Decimal(one["total"]) for one in found[2][0]["readings"]}
    assert totals == {"levels=lowest": 300, "levels=upper": 300, "levels=all": 600}
