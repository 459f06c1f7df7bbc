"""The demonstration's act: every line of the FY2025 GAAB, with what it appropriates and allots.

All of it is the act's own; `illustration` adds what is made up.
"""

import csv
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

from obcms.kernel.permissions import Role, SystemActor
from obcms.ledger.acts import Appropriated, appropriate, create_act
from obcms.ledger.lines import add_lines
from obcms.ledger.models import AppropriationsAct
from obcms.ledger.rules.choices import CostStructure
from obcms.ledger.rules.validity import usual_validity
from obcms.organizations.models import Organization
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import AppropriationClass

LINES = Path(__file__).with_name("gaab_fy2025_lines.csv")
MFBM = SystemActor(role=Role.MFBM_ANALYST)
ACT = {
    "number": "BAA 65",
    "fiscal_year": 2025,
    "effectivity": date(2025, 1, 1),
    "remarks": (
        "The supplemental act of May 2025 (BAA 75) is not in the data of this demonstration."
    ),
}


def read_lines() -> list[dict[str, str]]:
    """The rows of the act's table."""
    with LINES.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def totals_by_ppa() -> dict[str, Decimal]:
    """What the act's lines give each PPA, in all classes; pesos by code."""
    found: dict[str, Decimal] = {}
    for row in read_lines():
        if code := row["ppa_code"]:
            found[code] = found.get(code, Decimal(0)) + Decimal(row["total"])
    return found


def load_act(offices: Mapping[str, Organization], ppas: Mapping[str, PPA]) -> AppropriationsAct:
    """Adds the act with its lines; funds with no office are left for later release."""
    act = create_act(MFBM, ACT)
    rows = read_lines()
    lines = add_lines(
        MFBM,
        act,
        (
            {
                "organization_id": offices[row["moa_acronym"]].id if row["moa_acronym"] else None,
                "cost_structure": row["cost_structure"].lower(),
                "title": row["title"],
                "ppa_id": ppas[row["ppa_code"]].id if row["ppa_code"] else None,
                "validity": usual_validity(
                    CostStructure(row["cost_structure"].lower()), row["title"]
                ),
            }
            for row in rows
        ),
    )
    given = [
        Appropriated(
            line, {of: Decimal(row[of.value]) for of in AppropriationClass if row[of.value]}
        )
        for line, row in zip(lines, rows, strict=True)
    ]
    appropriate(MFBM, act, given)
    return act
