"""Loads the demonstration data once: real PPAs, ministries and amounts of the FY2025 GAAB.

A few are tracked and partly executed, so that every screen has something to show; the progress and
the expenditures of these are made up and say so.
"""

import csv
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

from sqlalchemy import func, select

from obcms.alerts.detect import detect_variances
from obcms.demo.approvals import Walk
from obcms.demo.ledger import MFBM, load_act, totals_by_ppa
from obcms.demo.oddities import play_oddities
from obcms.demo.spending import spend
from obcms.demo.stories import APPROVALS, STORIES, Story
from obcms.kernel.audit.origin import Origin, acting
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM
from obcms.ledger.illustration import as_illustration
from obcms.ledger.quarters import close_quarter
from obcms.ledger.rules.quarters import Quarter
from obcms.organizations.models import Organization
from obcms.people import demands
from obcms.ppas.edit import create_ppa, edit_ppa
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import FundingSource
from obcms.spending.expenditures import NewExpenditure, post_expenditure
from obcms.work.models import WorkItem
from obcms.work.tracking import Tracking, enable_tracking
from obcms.work.work_items import edit_item

SOURCE = Path(__file__).with_name("gaab_fy2025.csv")

CLOSED = (1, 2, 3)  # quarters of the act's year
WITHOUT_LINE = (
    "The act has no line for it: its amount is a part of OCM-2025-002, so the ledger shows nothing."
)


def load_demo() -> dict[str, int]:
    """Loads everything, or nothing where there are PPAs already; returns counts."""
    with acting(Origin(None, "demo data")):
        if db.session.scalar(select(func.count(PPA.id))):
            return {"ppas": 0, "tracked": 0}
        offices = {one.acronym: one for one in db.session.scalars(select(Organization))}
        ppas = _load_ppas(offices)
        act = load_act(offices, ppas)
        for story in STORIES:
            _play(ppas[story.code], story)
        walk = Walk()
        for code, status in APPROVALS.items():
            walk.lead(ppas[code], status)
        with as_illustration():
            spend(act)
            play_oddities(act)
        for number in CLOSED:
            close_quarter(MFBM, Quarter(act.fiscal_year, number))
        detect_variances(db.session())
        demands.switch_off(SYSTEM)
    return {"ppas": len(ppas), "tracked": len(STORIES)}


def _load_ppas(offices: Mapping[str, Organization]) -> dict[str, PPA]:
    """With the amounts of the act's lines, which are right where a list has less of them."""
    totals = totals_by_ppa()
    with SOURCE.open(newline="", encoding="utf-8") as file:
        ppas = [
            create_ppa(
                SYSTEM,
                {
                    "code": row["code"],
                    "title": row["title"],
                    "implementing_moa_id": offices[row["moa"]].id,
                    "fiscal_year": row["fiscal_year"],
                    "appropriation_year": row["fiscal_year"],
                    "funding_source": FundingSource.GAAB,
                    "budget_allocation": totals.get(row["code"], row["amount"]),
                    "remarks": "" if row["code"] in totals else WITHOUT_LINE,
                },
            )
            for row in csv.DictReader(file)
        ]
    return {ppa.code: ppa for ppa in ppas}


def _play(ppa: PPA, story: Story) -> None:
    first, last = date(ppa.fiscal_year, 1, 6), date(ppa.fiscal_year, 12, 19)
    edit_ppa(SYSTEM, ppa, {"start_date": first, "target_end_date": last})
    root = enable_tracking(SYSTEM, ppa, Tracking(template=story.template))
    items = db.session.scalars(select(WorkItem).where(WorkItem.ppa_id == root.ppa_id))
    by_title = {item.title: item for item in items}
    for title, (status, progress) in story.progress.items():
        edit_item(SYSTEM, by_title[title], {"status": status, "progress": progress})
    for title, percent, day in story.spending:
        item = by_title[title]
        amount = (item.allocated_budget * percent / 100).quantize(Decimal("0.01"))
        line = NewExpenditure(day, amount, f"{title} (demonstration figure)")
        post_expenditure(SYSTEM, item, line)
