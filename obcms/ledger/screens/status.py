"""Fund status of the whole government and of an office, in the columns of the SAAODB."""

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user
from sqlalchemy import select

from obcms.kernel.extensions import db
from obcms.kernel.screens.table_file import table_file
from obcms.ledger.models import AppropriationsAct
from obcms.ledger.reads.offices import Group, StatusFilter, overrides, status_groups
from obcms.ledger.reads.statement import Authorization
from obcms.ledger.reads.today import today
from obcms.ledger.rules.choices import FundCluster
from obcms.ledger.rules.columns import COLUMN_NUMBERS, Columns
from obcms.ledger.rules.quarters import Quarter
from obcms.ledger.screens.base import LedgerScreen
from obcms.ledger.screens.given import a_choice, a_day, a_number
from obcms.organizations.screens.options import organization_options
from obcms.ppas.rules.choices import AppropriationClass

EARLIEST, LATEST = 1990, 2100
HEADINGS = (
    "Authorized",
    "Adjustments",
    "Adjusted appropriations",
    "Received",
    "Adjustments",
    "Transfer to",
    "Transfer from",
    "Adjusted allotments",
    "1st quarter",
    "2nd quarter",
    "3rd quarter",
    "4th quarter",
    "Obligations",
    "1st quarter",
    "2nd quarter",
    "3rd quarter",
    "4th quarter",
    "Disbursements",
    "Unreleased",
    "Unobligated",
    "Due and demandable",
    "Not yet due",
)
# How many columns each heading above spans.
BLOCKS = (
    ("Appropriations", 3),
    ("Allotments", 5),
    ("Obligations", 5),
    ("Disbursements", 5),
    ("Balances", 2),
    ("Unpaid obligations", 2),
)


class StatusPage(LedgerScreen):
    """As of a day; by office, or by line where an office is chosen."""

    def is_visible(self) -> bool:
        return True

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The statement."""
        years = _years()
        asked = _asked(years)
        groups = status_groups(current_user, asked)
        return self.show(
            "ledger/status.html",
            "status",
            asked=asked,
            groups=groups,
            overrides=overrides(current_user, asked),
            total=_total(groups),
            numbers=COLUMN_NUMBERS,
            headings=HEADINGS,
            blocks=BLOCKS,
            years=years,
            offices=organization_options(),
            authorizations=list(Authorization),
            page_name="Fund status",
        )

    @expose("/export.<kind_of_file>")
    def export(self, kind_of_file: str) -> ResponseReturnValue:
        """The statement's rows as a file."""
        groups = status_groups(current_user, _asked(_years()))
        rows = (
            [group.label, group.name, of_class.label, *columns.by_number().values()]
            for group in groups
            for of_class, columns in group.by_class.items()
        )
        numbered = (f"{number} {name}" for number, name in enumerate(HEADINGS, start=3))
        headings = ("Office or line", "Name or structure", "Class", *numbered)
        return table_file("fund status", kind_of_file, headings, rows)


def _asked(years: list[int]) -> StatusFilter:
    given = request.args
    now, as_of = today(), a_day(given, "as_of")
    year = a_number(given, "year") or (as_of.year if as_of else None)
    if year is None:
        year = years[0] if years else now.year
    year = min(max(year, EARLIEST), LATEST)
    last = Quarter(year, 4).last_day
    try:
        authorization = Authorization(given.get("authorization", ""))
    except ValueError:
        authorization = Authorization.CURRENT
    cluster = a_choice(given, "cluster", FundCluster) or FundCluster.REGULAR
    return StatusFilter(
        year, min(as_of or now, last), authorization, cluster, a_number(given, "office")
    )


def _years() -> list[int]:
    query = select(AppropriationsAct.fiscal_year).distinct()
    return list(db.session.scalars(query.order_by(AppropriationsAct.fiscal_year.desc())))


def _total(groups: list[Group]) -> dict[Any, Columns]:
    """By class, and of all under None."""
    found: dict[Any, Columns] = {}
    for of_class in AppropriationClass:
        parts = [one.by_class[of_class] for one in groups if of_class in one.by_class]
        if parts:
            found[of_class] = sum(parts, Columns())
    return found | {None: sum(found.values(), Columns())}
