"""Whose a file's rows are, by names in cells, sheets, titles and lines between them."""

from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from openpyxl import Workbook
from sqlalchemy import select

from obcms.imports.ministries import Ministries
from obcms.imports.outcome import ImportOutcome
from obcms.imports.reading.as_json import from_json, parse_to_json
from obcms.kernel.extensions import db
from obcms.kernel.intake.reader import read_table
from obcms.kernel.permissions import SYSTEM
from obcms.organizations.models import Organization
from obcms.organizations.reads import find_moa
from obcms.ppas.models import PPA
from tests.support.imports import import_ppas

HEADING = ["Project Title", "Approved Budget"]
CLINIC, SHELTER = ["Clinic A", 100], ["Shelter B", 200]
MSSD = "Ministry of Social Services and Development"


def imported(sheets: dict[str, list[list[Any]]], moa: str | None = "MOH") -> ImportOutcome:
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    stream = BytesIO()
    book.save(stream)
    stream.seek(0)
    known = {"fiscal_year": 2026, "answers": {}}
    found = parse_to_json(read_table(stream, "list.xlsx"), known)
    return import_ppas(SYSTEM, from_json(found), find_moa(moa) if moa else None, 2026)


def titles(outcome: ImportOutcome) -> list[str]:
    return [row.title for row in outcome.rows]


def ministries() -> Ministries:
    return Ministries(db.session.scalars(select(Organization)))


def acronym(found: Organization | None) -> str | None:
    return found.acronym if found else None


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("mssd", "MSSD"),
        ("MSSD-BARMM", "MSSD"),
        (MSSD.upper(), "MSSD"),
        ("Social Services & Development", "MSSD"),
        ("Min. of Social Services", "MSSD"),
        ("Health", "MOH"),
        ("Ministry of the Interior and Local Government", "MILG"),
        ("Ministry of Education", "MBHTE"),
        ("Indigenous Peoples’ Affairs", "MIPA"),
        ("Office of the Chief Minister", "OCM"),
        ("Ministry of Development", None),  # two have it in their names
        ("Provincial Health Office", None),
    ],
)
def test_a_cell_names_a_ministry(app: Flask, said: str, meant: str | None) -> None:
    assert acronym(ministries().in_cell(said)) == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("mssd", "MSSD"),
        ("MSSD 2026", "MSSD"),
        ("FY26_MSSD", "MSSD"),
        ("Ministry of Social Services and", "MSSD"),
        ("Min. of Social Services and Dev", "MSSD"),
        ("Ministry of Environment, Natura", "MENRE"),
        ("Bangsamoro Information and Comm", "BICTO"),
        ("Social Services and Development", "MSSD"),
        ("Health", None),
        ("PPAs", None),
        ("Most urgent", None),
    ],
)
def test_a_sheets_name_names_a_ministry(app: Flask, said: str, meant: str | None) -> None:
    assert acronym(ministries().in_sheet(said)) == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (MSSD.upper(), "MSSD"),
        (f"Annual Plan of the {MSSD} for FY 2026", "MSSD"),
        ("MSSD – List of PPAs, FY 2026", "MSSD"),
        ("Agency | MSSD", "MSSD"),
        ("Ministry: Health", "MOH"),
        (f"Office: IPHO | Agency: {MSSD}", "MSSD"),
        (f"Submitted to the {MSSD}", None),
        ("Annual plan of the Provincial Health Office", None),
        ("MOST URGENT PROJECTS", None),
    ],
)
def test_a_title_names_a_ministry(app: Flask, said: str, meant: str | None) -> None:
    assert acronym(ministries().in_title(said)) == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (f"B. {MSSD.upper()} (MSSD)", "MSSD"),
        ("MSSD", "MSSD"),
        (f"{MSSD} – BARMM", "MSSD"),
        ("Support to the Ministry of Health", None),
        ("Social Services and Development", None),
        ("Coordination: MOH", None),
    ],
)
def test_a_line_between_rows_names_a_ministry(app: Flask, said: str, meant: str | None) -> None:
    assert acronym(ministries().in_line(said)) == meant


@pytest.mark.parametrize(
    "sheets",
    [
        {"PPAs": [[MSSD.upper()], HEADING, SHELTER]},
        {"PPAs": [["Agency:", "MSSD"], HEADING, SHELTER]},
        {"Ministry of Social Services and": [HEADING, SHELTER]},
        {"MSSD 2026": [HEADING, SHELTER]},
        {"PPAs": [HEADING, [MSSD], SHELTER]},
        {"PPAs": [HEADING, [MSSD, 200], ["B", 150], ["C", 50], ["TOTAL", 200]]},
        {"PPAs": [["Ministry of Health"], HEADING, [MSSD], SHELTER]},
        {"MOH": [HEADING, [MSSD], SHELTER]},
    ],
)
def test_what_stands_under_another_ministrys_name_is_refused(
    app: Flask, sheets: dict[str, list[list[Any]]]
) -> None:
    outcome = imported(sheets)
    assert titles(outcome) == []
    assert {"MSSD, but the import is for MOH." in note.reason for note in outcome.refused} == {True}
    assert db.session.scalar(select(PPA.id)) is None


@pytest.mark.parametrize(
    "sheets",
    [
        {"PPAs": [HEADING, ["MINISTRY OF HEALTH"], CLINIC, [MSSD.upper()], SHELTER]},
        {"PPAs": [HEADING, ["Health"], CLINIC, ["Social Services and Development"], SHELTER]},
        {"Health": [HEADING, CLINIC], "Social Services and Development": [HEADING, SHELTER]},
        {"PPAs": [["MOH"], HEADING, CLINIC, [], [MSSD], ["Amount", "Project Title"], [200, "B"]]},
        {"PPAs": [[MSSD], HEADING, SHELTER, [], ["MOH"], ["Amount", "Project Title"], [1, "A"]]},
        {
            "PPAs": [
                ["Ministry of Health", None, None, MSSD],
                [*HEADING, None, *HEADING],
                [*CLINIC, None, *SHELTER],
            ]
        },
    ],
)
def test_the_import_takes_its_own_ministrys_part_alone(
    app: Flask, sheets: dict[str, list[list[Any]]]
) -> None:
    outcome = imported(sheets)
    assert [len(outcome.rows), len(outcome.refused)] == [1, 1]
    assert outcome.rows[0].title in ("Clinic A", "A")


@pytest.mark.parametrize(
    "rows",
    [
        [["Ministry of Finance, and Budget and Management"], ["Agency: MOH"], HEADING, CLINIC],
        [[f"Submitted to the {MSSD}"], HEADING, CLINIC],
        [HEADING, ["Social Services and Development"], CLINIC],
        [HEADING, CLINIC, ["Noted by:"], [MSSD]],
        [HEADING, ["With MSSD as partner"], CLINIC],
    ],
)
def test_another_name_beside_is_no_reason(app: Flask, rows: list[list[Any]]) -> None:
    outcome = imported({"PPAs": rows})
    assert (titles(outcome), outcome.refused) == (["Clinic A"], [])


def test_a_rows_own_code_outweighs_what_stands_over_it(app: Flask) -> None:
    rows = [[MSSD], ["PPA Code", *HEADING], ["MOH-2026-001", *CLINIC], [None, *SHELTER]]
    outcome = imported({"PPAs": rows})
    assert titles(outcome) == ["Clinic A"]
    assert [note.row for note in outcome.refused] == [4]


def test_a_title_says_whose_a_list_is_where_the_import_does_not(app: Flask) -> None:
    assert titles(imported({"PPAs": [[MSSD], HEADING, SHELTER]}, moa=None)) == ["Shelter B"]
    owner = select(Organization.acronym).join(PPA, PPA.implementing_moa_id == Organization.id)
    assert db.session.scalars(owner).all() == ["MSSD"]
    both = imported({"PPAs": [[MSSD], ["MOH"], HEADING, CLINIC]}, moa=None)
    assert [note.reason for note in both.refused] == [
        "The row does not say which ministry it belongs to."
    ]


def test_a_row_that_is_a_ministry_is_no_ppa(app: Flask) -> None:
    rows = [HEADING, ["Ministry of Health", 350], [MSSD, 200]]
    outcome = imported({"PPAs": rows})
    assert titles(outcome) == []
    assert [(note.row, str(note.amount)) for note in outcome.refused] == [
        (2, "350.00"),
        (3, "200.00"),
    ]
