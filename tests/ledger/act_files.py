"""An act's table as a file, what the command says of it, and what then stands in the ledger."""

import csv
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from obcms.kernel.extensions import db
from obcms.ledger.models import BudgetLine
from obcms.ledger.reads.statement import Authorization, fund_status

CLASSES = ("ps", "mooe", "finex", "co")
Rows = list[dict[str, str]]


def write(path: Path, rows: Iterable[dict[str, str]], columns: Sequence[str] = ()) -> Path:
    given = list(rows)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns or list(given[0]), extrasaction="ignore")
        writer.writeheader()
        writer.writerows(given)
    return path


def run(app: Flask, path: Path, *arguments: str) -> tuple[int, Any]:
    db.session.rollback()
    result = app.test_cli_runner().invoke(args=["ledger", "import", str(path), *arguments])
    db.session.rollback()
    db.session.expire_all()
    is_json = "--json" in arguments and result.stdout.startswith("{")
    return result.exit_code, json.loads(result.stdout) if is_json else result.output


def sums(rows: Iterable[dict[str, str]]) -> dict[tuple[str, str], Decimal]:
    found: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in rows:
        for name in CLASSES:
            if row[name]:
                found[row["moa_acronym"], name] += Decimal(row[name])
    return dict(found)


def stored(year: int = 2026) -> dict[tuple[str, str], Decimal]:
    query = select(BudgetLine).options(joinedload(BudgetLine.organization))
    lines = {one.id: one for one in db.session.scalars(query)}
    found: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in fund_status(year, date(year, 1, 1), Authorization.CURRENT):
        office = lines[row.line_id].organization
        key = office.acronym if office else "", row.appropriation_class.value
        found[key] += row.columns.authorized
        later = lines[row.line_id].for_later_release
        assert row.columns.allotments_received == (0 if later else row.columns.authorized)
    return dict(found)
