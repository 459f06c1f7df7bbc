"""Does what a worked year says, row by row, through the verbs (its own README explains the files).

A year is a folder with acts, lines, entries and the statements that follow from them.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any

import time_machine
from sqlalchemy import select

from obcms.kernel.errors import ObcmsError
from obcms.kernel.extensions import db
from obcms.kernel.formats import MANILA
from obcms.kernel.permissions import Role
from obcms.ledger.access import find_line
from obcms.ledger.acts import Appropriated, appropriate, create_act
from obcms.ledger.lines import add_line
from obcms.ledger.models import AppropriationsAct, FundEntry
from obcms.ledger.move import move_funds
from obcms.ledger.post import post_entry
from obcms.ledger.quarters import close_quarter
from obcms.ledger.rules.choices import FundCluster
from obcms.ledger.rules.quarters import Quarter
from obcms.ledger.void import void_entry
from obcms.organizations.models import Organization
from obcms.people.models import User
from obcms.ppas.rules.choices import AppropriationClass

FOLDER = Path(__file__).parent / "worked_quarter"
CLASSES = ("ps", "mooe", "finex", "co")
ROLES = {"mfbm": Role.MFBM_ANALYST, "moa": Role.MOA_STAFF, "executive": Role.EXECUTIVE}


def rows_of(path: Path) -> list[dict[str, str]]:
    """A CSV file's rows."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _document(row: dict[str, str]) -> tuple[str, str]:
    """Equal for neighboring rows that are one document."""
    return row["movement"] or row["seq"], row["done_on"]


@dataclass
class Verdict:
    """What became of a row: `code` is empty where it was accepted."""

    seq: str
    code: str = ""
    free: str = ""
    breaks_on: str = ""


def wanted(row: dict[str, str]) -> Verdict:
    """What the file says of the row; `free` and the day only where money decides."""
    code = row["reason"].replace("-", "_") if row["expected"] == "refused" else ""
    code = "no_such_line" if code == "not_yours" else code
    return Verdict(row["seq"], code, row["free"], row["breaks_on"])


@dataclass
class WorkedYear:
    """Holds what was made: lines by their keys, obligations by number, entries by row."""

    folder: Path = FOLDER
    lines: dict[str, int] = field(default_factory=dict)
    obligations: dict[tuple[str, str, str], int] = field(default_factory=dict)
    entries: dict[str, int] = field(default_factory=dict)

    @cached_property
    def users(self) -> dict[tuple[str, str], int]:
        """Their ids, by role and office."""
        found: dict[tuple[str, str], int] = {}
        for row in rows_of(self.folder / "entries.csv"):
            key = row["by_role"], row["by_office"]
            if key not in found:
                user = User(username=f"{key[0]}-{key[1]}".lower(), role=ROLES[key[0]])
                user.organization_id = self.office(key[1])
                user.password_hash = "-"
                db.session.add(user)
                db.session.flush()
                found[key] = user.id
        return found

    def office(self, acronym: str) -> int | None:
        """Its id; made where it is missing."""
        if not acronym:
            return None
        one = db.session.scalar(select(Organization).where(Organization.acronym == acronym))
        if one is None:
            one = Organization(acronym=acronym, name=f"Office {acronym}")
            db.session.add(one)
            db.session.flush()
        return one.id

    def play(self) -> Iterator[tuple[Verdict, Verdict]]:
        """Each row's verdict as the file says, and as it came; rows of a document share one."""
        rows = rows_of(self.folder / "entries.csv")
        assert self.users  # made before the clock moves
        db.session.commit()
        for _, group in groupby(rows, key=_document):
            together = list(group)
            done_on = date.fromisoformat(together[0]["done_on"])
            now = datetime.combine(done_on, time(10), MANILA)
            with time_machine.travel(now, tick=False):
                found = self._verdict(together)
            for row in together:
                found.seq = row["seq"]
                yield wanted(row), Verdict(**vars(found))

    def _verdict(self, rows: list[dict[str, str]]) -> Verdict:
        try:
            self._do(rows)
            db.session.commit()
            return Verdict("")
        except ObcmsError as error:
            db.session.rollback()
            told = error.details
            return Verdict(
                "",
                told.get("code", str(error)),
                told.get("available", ""),
                told.get("breaks_on", ""),
            )

    def _do(self, rows: list[dict[str, str]]) -> None:
        row = rows[0]
        actor = self._actor(row)
        if row["kind"] == "act":
            self._act(actor, row["document_no"])
        elif row["kind"] == "close":
            close_quarter(actor, Quarter.of(date.fromisoformat(row["posting_date"])))
        elif row["kind"] == "void":
            void_entry(actor, self._entry(row["adjusts"]), row["remarks"])
        elif row["movement"]:
            self._move(rows)
        else:
            self._post(row)

    def _entry(self, seq: str) -> FundEntry:
        return db.session.get_one(FundEntry, self.entries[seq])

    def _act(self, actor: User, number: str) -> None:
        said = next(r for r in rows_of(self.folder / "acts.csv") if r["act"] == number)
        names = {
            "number": "act",
            "fiscal_year": "fiscal_year",
            "kind": "kind",
            "effectivity": "effectivity",
            "last_day_first": "last_day_ps_gas_mooe",
            "last_day_other": "last_day_other",
        }
        act = create_act(actor, {name: said[column] for name, column in names.items()})
        given = []
        for row in rows_of(self.folder / "lines.csv"):
            if row["act"] == number:
                given.append(self._line(actor, act, row))
        appropriate(actor, act, given)

    def _line(self, actor: User, act: AppropriationsAct, row: dict[str, str]) -> Appropriated:
        values = {
            "organization_id": self.office(row["office"]),
            "cost_structure": row["cost_structure"].lower(),
            "title": row["title"],
            "uacs_code": row["uacs"],
            "for_later_release": row["later_release"] == "yes",
        }
        line = add_line(actor, act, values)
        self.lines[row["line"]] = line.id
        amounts = {AppropriationClass(one): Decimal(row[one]) for one in CLASSES if row[one]}
        return Appropriated(line, amounts, FundCluster(row["fund_cluster"]))

    def _move(self, rows: list[dict[str, str]]) -> None:
        row = rows[0]
        parts = [
            {
                "line": self.lines[one["line"]],
                "kind": one["kind"].replace(" ", "_"),
                "appropriation_class": one["class"].lower(),
                "fund_cluster": one["fund_cluster"],
                "amount": one["amount"],
            }
            for one in rows
        ]
        values = {
            "kind": row["movement_kind"],
            "reference": row["document_no"],
            "entry_date": row["posting_date"],
            "document_date": row["document_date"],
            "ground": row["remarks"],
            "entries": parts,
        }
        if row["movement_kind"] != "augmentation":
            values |= {"ground": "", "remarks": row["remarks"]}
        self._posted_movement(row, values)

    def _post(self, row: dict[str, str]) -> None:
        key = row["line"], row["class"], row["fund_cluster"]
        kind = row["kind"].replace(" ", "_")
        values: dict[str, Any] = {
            "kind": kind,
            "appropriation_class": row["class"].lower(),
            "fund_cluster": row["fund_cluster"],
            "entry_date": row["posting_date"],
            "document_date": row["document_date"],
            "amount": row["amount"],
            "reference": row["document_no"] or f"NONE-{row['seq']}",
            "payee": row["payee"],
            "acceptance_date": row["acceptance_date"],
            "acceptance_number": row["acceptance_no"],
            "is_final": row["final"] == "yes",
            "with_payable": row["with_payable"] == "yes",
            "to_be_liquidated": row["to_be_liquidated"] == "yes",
            "mode": row["mode"].lower().replace(" ", "_"),
            "remarks": row["remarks"],
            "override_reason": row["override_reason"],
        }
        if row["adjusts"]:
            values["disbursement_id"] = self.entries.get(row["adjusts"])
        elif kind != "obligation" and row["obligation"]:
            values["obligation_id"] = self.obligations[(*key, row["obligation"])]
        posted = self._posted_entry(row, values)
        if posted is not None:
            self.entries[row["seq"]], obligation_id = posted
            if kind == "obligation":
                self.obligations[(*key, row["obligation"])] = obligation_id

    def _posted_movement(self, row: dict[str, str], values: dict[str, Any]) -> None:
        move_funds(self._actor(row), values)

    def _posted_entry(self, row: dict[str, str], values: dict[str, Any]) -> tuple[int, int] | None:
        """The numbers of the entry and of its obligation."""
        actor = self._actor(row)
        entry = post_entry(actor, find_line(actor, self.lines[row["line"]]), values)
        return entry.id, entry.obligation_id

    def _actor(self, row: dict[str, str]) -> User:
        return db.session.get_one(User, self.users[row["by_role"], row["by_office"]])
