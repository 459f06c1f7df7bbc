"""The page of a budget line: its money by class, its registries, and quick entry."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from flask import jsonify, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user
from sqlalchemy.orm import joinedload

from obcms.kernel.errors import Invalid
from obcms.kernel.extensions import db
from obcms.kernel.formats import peso
from obcms.ledger.access import find_fund_entry, find_line, find_obligation
from obcms.ledger.models import BudgetLine, FundEntry, Obligation
from obcms.ledger.post import post_entry
from obcms.ledger.reads.last_days import last_days
from obcms.ledger.reads.lines import BalanceFigures, balances_of
from obcms.ledger.reads.registry import Registry, RegistryFilter, read_registry
from obcms.ledger.reads.releases import releases_of
from obcms.ledger.rules.choices import EntryKind, FundCluster, RegistryKind
from obcms.ledger.rules.figures import Figures
from obcms.ledger.rules.registries import REGISTRIES, registry_of
from obcms.ledger.screens.base import LedgerScreen
from obcms.ledger.screens.entry_form import KEPT, entry_form, read_entry_form, remember_posting_date
from obcms.ledger.screens.fits import whether_it_fits
from obcms.ledger.screens.given import a_choice, a_day, a_number
from obcms.ledger.screens.registry_file import registry_file
from obcms.ppas.rules.choices import AppropriationClass

HIDDEN = "hidden"  # as the address says of voided entries


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which registry of which balance the page shows; no balance where nothing is posted yet."""

    register: RegistryKind
    appropriation_class: AppropriationClass
    fund_cluster: FundCluster
    balance: BalanceFigures | None
    asked: RegistryFilter
    registry: Registry | None


def line_context(
    line: BudgetLine, given: Mapping[str, str], entry: Mapping[str, Any]
) -> dict[str, Any]:
    """What the page shows: `given` as the address says, `entry` what quick entry begins with."""
    rows = balances_of([line.id]).get(line.id, [])
    chosen = _chosen(rows, given)
    lasting = last_days([row.balance_id for row in rows])
    balance_id = chosen.balance.balance_id if chosen.balance else None
    of_form = balance_id, chosen.appropriation_class, chosen.fund_cluster
    return {
        "line": line,
        "rows": rows,
        "total": sum((row.figures for row in rows), Figures()),
        "last_days": lasting,
        "chosen": chosen,
        "form": entry_form(of_form, entry),
        "releases": releases_of(current_user, line) if line.organization_id is None else [],
        "registries": REGISTRIES,
    }


def _chosen(rows: list[BalanceFigures], given: Mapping[str, str], whole: bool = False) -> Chosen:
    first = rows[0] if rows else None
    of_class = a_choice(given, "class", AppropriationClass)
    cluster = a_choice(given, "cluster", FundCluster)
    fitting = [
        row
        for row in rows
        if of_class in (None, row.appropriation_class) and cluster in (None, row.fund_cluster)
    ]
    balance = fitting[0] if fitting else None
    shown = balance or first
    of_class = of_class or (shown.appropriation_class if shown else AppropriationClass.MOOE)
    cluster = cluster or (balance.fund_cluster if balance else FundCluster.REGULAR)
    register = a_choice(given, "register", RegistryKind) or RegistryKind.RAOD
    kind = a_choice(given, "kind", EntryKind)
    kinds = REGISTRIES[register] & {kind} if kind else REGISTRIES[register]
    asked = RegistryFilter(
        kinds, a_day(given, "since"), a_day(given, "until"), given.get("voided") != HIDDEN
    )
    registry = read_registry(balance.balance_id, asked, whole) if balance else None
    return Chosen(register, of_class, cluster, balance, asked, registry)


def copied(obligation: Obligation) -> dict[str, Any]:
    """What a new obligation like this one begins with, such as next month's payroll."""
    return {
        "kind": EntryKind.OBLIGATION.value,
        "appropriation_class": obligation.balance.appropriation_class.value,
        "fund_cluster": obligation.balance.fund_cluster.value,
        "payee": obligation.payee,
        "amount": f"{obligation.obligated:,.2f}",
        "remarks": obligation.purpose,
    }


class LineScreen(LedgerScreen):
    """One line of an act."""

    @expose("/")
    def page(self, budget_line_id: int) -> ResponseReturnValue:
        """Figures, a registry, and the form; `copy` names an obligation to begin like."""
        line = find_line(current_user, budget_line_id, joinedload(BudgetLine.ppa))
        given, entry = dict(request.args.items()), {}
        if copy := a_number(given, "copy"):
            obligation = find_obligation(current_user, copy)
            if obligation.balance.line_id == line.id:
                entry = copied(obligation)
                given |= {"class": entry["appropriation_class"], "cluster": entry["fund_cluster"]}
        return self.show("ledger/line.html", "line", **line_context(line, given, entry))

    @expose("/post", methods=["POST"])
    def post(self, budget_line_id: int) -> ResponseReturnValue:
        """Posts one entry; the form then begins with what the next one is likely to share."""
        line = find_line(current_user, budget_line_id)
        entry = post_entry(current_user, line, read_entry_form(request.form, line.id))
        db.session.commit()
        entry = find_fund_entry(current_user, entry.id)
        remember_posting_date(entry)
        kept = {name: request.form[name] for name in KEPT if request.form.get(name)}
        given = {"class": entry.balance.appropriation_class, "register": registry_of(entry.kind)}
        given |= {"cluster": entry.balance.fund_cluster}
        told = f"{entry.kind.label} {entry.reference}: {peso(entry.amount)} is posted."
        return self.done(told, **line_shown(line.id, given, kept))

    @expose("/available")
    def available(self, budget_line_id: int) -> ResponseReturnValue:
        """Whether what is typed fits and how much is free, as JSON; nothing is held."""
        line = find_line(current_user, budget_line_id)
        try:
            return jsonify(whether_it_fits(line, read_entry_form(request.args, line.id)))
        except Invalid as error:
            return jsonify(message=str(error), free=None, fits=False)

    @expose("/export.<kind_of_file>")
    def export(self, budget_line_id: int, kind_of_file: str) -> ResponseReturnValue:
        """The registry as it is chosen, with all its entries, as a file."""
        line = find_line(current_user, budget_line_id)
        chosen = _chosen(balances_of([line.id]).get(line.id, []), request.args, whole=True)
        return registry_file(line, chosen.register, chosen.registry, kind_of_file)


def line_shown(
    line_id: int, given: Mapping[str, str], entry: Mapping[str, Any] = MappingProxyType({})
) -> dict[str, Any]:
    """The panel of a line's page, with its address, as `LedgerScreen.done` takes them."""
    line = find_line(current_user, line_id, joinedload(BudgetLine.ppa))
    address = url_for("ledger_line.page", budget_line_id=line_id, **given)
    context = line_context(line, given, entry)
    return {"address": address, "template": "ledger/line.html", "tab": "line", **context}


def entry_address(entry: FundEntry) -> str:
    """Where the entry stands in its registry."""
    balance = entry.balance
    return url_for(
        "ledger_line.page",
        budget_line_id=balance.line_id,
        register=registry_of(entry.kind),
        cluster=balance.fund_cluster,
        _anchor=f"entry-{entry.id}",
        **{"class": balance.appropriation_class},
    )
