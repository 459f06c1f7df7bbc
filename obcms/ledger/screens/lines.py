"""The list of budget lines, with what stands on each, by class and in total."""

from typing import Any, ClassVar

from flask import g, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Query, joinedload

from obcms.kernel.db.search import each_piece, folded, occurs
from obcms.kernel.extensions import db
from obcms.kernel.formats import peso
from obcms.kernel.permissions import Permission, visible
from obcms.kernel.screens.base import ClosedModelView
from obcms.kernel.screens.filters import ComputedFilter, choice_filter, id_filter, yes_no_filter
from obcms.kernel.screens.table_file import table_file
from obcms.ledger.models import AppropriationsAct, BudgetLine
from obcms.ledger.reads.lines import BalanceFigures, balances_of, sum_by_class
from obcms.ledger.rules.choices import CostStructure, FundCluster
from obcms.ledger.rules.figures import Figures
from obcms.ledger.screens.base import allowed
from obcms.organizations.models import Organization
from obcms.organizations.screens.options import organization_options
from obcms.ppas.models import PPA

MOST_EXPORTED = 5_000
FIGURES = {
    "appropriated": "Appropriations",
    "allotted": "Allotments",
    "obligated": "Obligations",
    "disbursed": "Disbursements",
    "unobligated": "Available",
}
_BALANCES, _TOTALS = "line_balances", "line_totals"


def act_options() -> list[tuple[str, str]]:
    """The acts, newest first."""
    query = select(AppropriationsAct.id, AppropriationsAct.number, AppropriationsAct.fiscal_year)
    query = query.order_by(AppropriationsAct.fiscal_year.desc(), AppropriationsAct.number)
    return [(str(key), f"{number} (FY {year})") for key, number, year in db.session.execute(query)]


def _line(_view: object, _context: object, line: BudgetLine, _name: str) -> Markup:
    link = url_for("ledger_line.page", budget_line_id=line.id)
    facts = [line.cost_structure.name, str(line.act), f"FY {line.act.fiscal_year}"]
    if line.ppa is not None:
        facts.append(line.ppa.code)
    shown = Markup(
        '<span><a class="title" href="{}">{}</a><small class="muted line-facts">{}</small></span>'
    )
    return shown.format(link, line.title, " · ".join(facts))


def _office(_view: object, _context: object, line: BudgetLine, _name: str) -> Markup:
    if line.organization is None:
        return Markup('<span class="muted">No office yet</span>')
    return Markup('<abbr title="{}">{}</abbr>').format(
        line.organization.name, line.organization.acronym
    )


def _stacked(values: list[Any], kind: str) -> Markup:
    parts = (Markup('<span class="stacked {}">{}</span>').format(kind, one) for one in values)
    return Markup("<span>{}</span>").format(Markup("").join(parts) or "—")


def _classes(_view: object, _context: object, line: BudgetLine, _name: str) -> Markup:
    return _stacked([class_label(row) for row in _rows(line)], "of-class")


def class_label(row: BalanceFigures) -> str:
    """The class, with the fund cluster where it is not the usual one."""
    of_class, cluster = row.appropriation_class.label, row.fund_cluster
    return of_class if cluster is FundCluster.REGULAR else f"{of_class} · {cluster.value}"


def _amount(_view: object, _context: object, line: BudgetLine, name: str) -> Markup:
    return _stacked([peso(getattr(row.figures, name)) for row in _rows(line)], "amount")


def _rows(line: BudgetLine) -> list[BalanceFigures]:
    return g.get(_BALANCES, {}).get(line.id, [])


class BudgetLineView(ClosedModelView):
    """The lines that exist for the user; the title leads to the line's page."""

    view_permission = Permission.FUND_VIEW
    list_template = "ledger/lines.html"
    column_list = ("organization", "title", "cost_structure", *FIGURES)
    column_labels: ClassVar[dict[str, str]] = {
        "organization": "Office",
        "title": "Line",
        "cost_structure": "Class",
        **FIGURES,
    }
    column_formatters: ClassVar[dict[str, Any]] = {
        "organization": _office,
        "title": _line,
        "cost_structure": _classes,
        **dict.fromkeys(FIGURES, _amount),
    }
    column_default_sort = "id"
    column_sortable_list = (("organization", "organization.acronym"), "title")
    column_searchable_list = ("title", "uacs_code")
    column_filters = (
        id_filter(BudgetLine.organization_id, "Office", organization_options),
        id_filter(BudgetLine.act_id, "Act", act_options),
        choice_filter(BudgetLine.cost_structure, "Cost structure", CostStructure),
        yes_no_filter(BudgetLine.for_later_release, "For later release"),
        ComputedFilter(BudgetLine.ppa_id.is_not(None), BudgetLine.id, "Funds a PPA"),
        "title",
        "uacs_code",
    )
    column_display_actions = False
    can_export = True
    export_types: ClassVar[list[str]] = ["xlsx", "csv"]
    export_max_rows = MOST_EXPORTED
    guides = (("ledger", "About the ledger"), *ClosedModelView.guides)

    def narrow(self, query: Query) -> Query:
        return query.filter(visible(current_user, BudgetLine.organization_id))

    def get_query(self) -> Query:
        named = (BudgetLine.organization, BudgetLine.act, BudgetLine.ppa)
        return super().get_query().options(*(joinedload(one) for one in named))

    def found(self, asked: str) -> ColumnElement[bool]:
        return each_piece(asked, _found)

    def search_placeholder(self) -> str:
        return "Title, UACS code, office, act, PPA"

    def get_list(self, *args: Any, **kwargs: Any) -> tuple[int, list[Any]]:
        count, lines = super().get_list(*args, **kwargs)
        setattr(g, _BALANCES, balances_of(line.id for line in lines))
        return count, lines

    def _apply_pagination(self, query: Query, page: int | None, page_size: int | None) -> Query:
        # Here the query has its conditions and not yet its page: what all the lines come to.
        ids = query.order_by(None).with_entities(BudgetLine.id)
        setattr(g, _TOTALS, sum_by_class(ids))
        return super()._apply_pagination(query, page, page_size)

    def render(self, template: str, **kwargs: Any) -> str:
        sums = g.get(_TOTALS, {})
        total = sum(sums.values(), Figures())
        return super().render(
            template, sums=sums, total=total, figures=FIGURES, may=allowed(), **kwargs
        )

    @expose("/export/<export_type>/")
    def export(self, export_type: str) -> ResponseReturnValue:
        """The lines of the list as it is filtered, a row for each class, as a file."""
        _, lines = self._export_data()
        return table_file("budget lines", export_type, EXPORTED, map(_exported, _each(lines)))


EXPORTED = (
    "Act",
    "Fiscal year",
    "Office",
    "Cost structure",
    "Line",
    "UACS code",
    "PPA",
    "Class",
    "Fund cluster",
    "Appropriations",
    "Allotments",
    "Obligations",
    "Payables",
    "Disbursements",
    "Unreleased appropriations",
    "Unobligated allotments",
    "Due and demandable",
    "Not yet due and demandable",
)


def _each(lines: list[BudgetLine]) -> list[tuple[BudgetLine, BalanceFigures]]:
    return [(line, row) for line in lines for row in _rows(line)]


def _exported(one: tuple[BudgetLine, BalanceFigures]) -> list[Any]:
    line, row = one
    office, money = line.organization, row.figures
    return [
        line.act.number,
        line.act.fiscal_year,
        office.acronym if office else "",
        line.cost_structure.name,
        line.title,
        line.uacs_code,
        line.ppa.code if line.ppa else "",
        row.appropriation_class.label,
        row.fund_cluster.value,
        money.appropriated,
        money.allotted,
        money.obligated,
        money.payable,
        money.disbursed,
        money.unreleased,
        money.unobligated,
        money.due,
        money.not_yet_due,
    ]


def _found(piece: str) -> ColumnElement[bool]:
    """A piece of a search: in the line itself, its office, its act or its PPA."""
    offices = select(Organization.id).where(
        occurs(piece, folded(Organization.acronym), folded(Organization.name))
    )
    acts = select(AppropriationsAct.id).where(occurs(piece, folded(AppropriationsAct.number)))
    ppas = select(PPA.id).where(occurs(piece, folded(PPA.code)))
    return or_(
        occurs(piece, BudgetLine.search_text),
        BudgetLine.organization_id.in_(offices),
        BudgetLine.act_id.in_(acts),
        BudgetLine.ppa_id.in_(ppas),
    )
