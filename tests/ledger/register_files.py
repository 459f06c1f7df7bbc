"""Registers of entries as files: of one line, and of the worked year."""

import csv
import json
from collections.abc import Sequence
from io import BytesIO, StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from flask import Flask

from obcms.kernel.extensions import db
from obcms.kernel.intake.reader import read_table
from obcms.kernel.intake.table import Sheet
from obcms.ledger.models import BudgetLine
from tests.ledger.worked_year import FOLDER, rows_of

SPENT = ("obligation", "payable", "disbursement", "liquidation")
Rows = list[dict[str, str]]


def register_rows(negative: str = "({})") -> Rows:
    """The worked year's accepted entries of kinds that a ministry posts, as a register has them.

    Without what is voided, and what MFBM records beyond a limit.
    """
    entries = {row["seq"]: row for row in rows_of(FOLDER / "entries.csv")}
    lines = {row["line"]: row for row in rows_of(FOLDER / "lines.csv")}
    return [_as_registered(row, entries, lines, negative) for row in registered()]


def registered() -> Rows:
    """The same as the worked year has them."""
    rows = rows_of(FOLDER / "entries.csv")
    voided = {row["adjusts"] for row in rows if row["kind"] == "void"}
    return [
        row
        for row in rows
        if row["kind"].split()[0] in SPENT
        and row["expected"] == "accepted"
        and row["seq"] not in voided
        and row["by_role"] == "moa"
    ]


def _as_registered(
    row: dict[str, str], entries: dict[str, Any], lines: dict[str, Any], negative: str
) -> dict[str, str]:
    line, amount = lines[row["line"]], row["amount"]
    if amount.startswith("-"):
        amount = negative.format(amount[1:])
    paid = row if row["kind"] == "disbursement" else entries.get(row["adjusts"], {})
    return {
        "Remarks": row["remarks"],
        "Posting date": row["posting_date"],
        "Document date": row["document_date"],
        "Act": line["act"],
        "Office": line["office"],
        "Cost structure": line["cost_structure"],
        "Title": line["title"],
        "PPA code": "",
        "Class": row["class"],
        "Fund cluster": row["fund_cluster"],
        "Kind": row["kind"].capitalize(),
        "Amount": amount,
        "ORS number": row["obligation"],
        "Mode": row["mode"],
        "DV number": paid.get("document_no", ""),
        "Acceptance number": row["acceptance_no"],
        "Acceptance date": row["acceptance_date"],
        "With payable": row["with_payable"],
        "Final": row["final"],
        "To be liquidated": row["to_be_liquidated"],
        "Payee": row["payee"],
        "Reference": row["document_no"],
    }


def post(app: Flask, path: Path, *arguments: str) -> tuple[int, Any]:
    db.session.rollback()
    result = app.test_cli_runner().invoke(args=["ledger", "post", str(path), *arguments])
    db.session.rollback()
    db.session.expire_all()
    is_json = "--json" in arguments and result.stdout.startswith("{")
    return result.exit_code, json.loads(result.stdout) if is_json else result.output


def committed(line: BudgetLine) -> SimpleNamespace:
    found = SimpleNamespace(act=line.act.number, title=line.title)
    db.session.commit()
    return found


def as_csv(rows: Rows) -> bytes:
    """The rows as a file, in the columns of the first."""
    file = StringIO()
    writer = csv.DictWriter(file, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode()


def sheets_of(rows: Rows) -> Sequence[Sheet]:
    """The rows as the process that reads files has them."""
    return read_table(BytesIO(as_csv(rows)), "register.csv")


def row_of(line: SimpleNamespace | None, kind: str, amount: str, **more: str) -> dict[str, str]:
    """One row; an obligation of ORS 1 unless `more` says otherwise, as it does for no `line`."""
    usual = {
        "posting_date": "2025-03-03",
        "document_date": "",
        "ppa_code": "",
        "act": line.act if line else "",
        "office": "MOH",
        "cost_structure": "OPS",
        "title": line.title if line else "",
        "class": "MOOE",
        "kind": kind,
        "amount": amount,
        "ors_number": "1",
        "mode": "check" if kind == "disbursement" else "",
        "dv_number": "",
        "acceptance_number": "IAR" if kind == "payable" else "",
        "acceptance_date": "2025-03-01" if kind == "payable" else "",
        "with_payable": "",
        "payee": "Sarimanok Trading",
        "reference": f"{kind} {amount}",
    }
    return usual | more
