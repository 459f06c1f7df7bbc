"""The list of PPAs, and the form for one."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from flask import request, url_for
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Query, joinedload

from obcms.kernel.extensions import db
from obcms.kernel.permissions import Permission, allows, visible
from obcms.kernel.records.form import Options, RecordForm
from obcms.kernel.records.view import RecordFormView
from obcms.kernel.screens.filters import choice_filter, id_filter, yes_no_filter
from obcms.kernel.screens.formatters import (
    NOTHING,
    badge,
    badge_column,
    money_column,
    progress_column,
)
from obcms.organizations.models import Organization
from obcms.organizations.screens.options import organization_options
from obcms.ppas.edit import DEFAULTS, create_ppa, edit_ppa
from obcms.ppas.fields import PPA_FIELDS
from obcms.ppas.frozen import frozen_fields
from obcms.ppas.models import PPA
from obcms.ppas.reads import found_ppas
from obcms.ppas.rules.choices import (
    AppropriationClass,
    ApprovalStatus,
    BudgetState,
    DeliveryFlag,
    PPAStatus,
)


def _code(_view: object, _context: object, ppa: PPA, _name: str) -> Markup:
    return Markup('<a class="code" href="{}">{}</a>').format(
        url_for("ppa_page.overview", ppa_id=ppa.id), ppa.code
    )


def _title(_view: object, _context: object, ppa: PPA, _name: str) -> Markup:
    flags = badge(ppa.delivery_flag) if ppa.delivery_flag else Markup("")
    if ppa.over_distributed:
        flags += badge(BudgetState.OVER, "budget")
    return Markup('<a class="title" href="{}">{}</a> {}').format(
        url_for("ppa_page.overview", ppa_id=ppa.id), ppa.title, flags
    )


def _moa(_view: object, _context: object, ppa: PPA, _name: str) -> Markup:
    moa = ppa.implementing_moa
    if moa is None:
        return NOTHING
    return Markup('<abbr title="{}">{}</abbr>').format(moa.name, moa.acronym)


def _own_moas() -> list[tuple[str, str]]:
    """The ministries to which the user may give a PPA."""
    return _named(visible(current_user, Organization.id))


def _all_moas() -> list[tuple[str, str]]:
    """Any ministry may support a PPA."""
    return _named(true())


def _named(condition: ColumnElement[bool]) -> list[tuple[str, str]]:
    query = select(Organization).where(condition).order_by(Organization.acronym)
    return [(str(moa.id), str(moa)) for moa in db.session.scalars(query)]


def year_options() -> list[tuple[str, str]]:
    """The fiscal years of the PPAs that the user may see, newest first."""
    query = select(PPA.fiscal_year).where(visible(current_user, PPA.implementing_moa_id))
    years = db.session.scalars(query.distinct().order_by(PPA.fiscal_year.desc()))
    return [(str(year), str(year)) for year in years]


class PPAView(RecordFormView):
    """Every PPA the user may see; the code leads to its page."""

    view_permission = Permission.PPA_VIEW
    column_list = (
        "code",
        "title",
        "implementing_moa",
        "fiscal_year",
        "status",
        "progress",
        "budget_allocation",
        "approval_status",
        "enable_workitem_tracking",
    )
    column_labels: ClassVar[dict[str, str]] = {
        "implementing_moa": "MOA",
        "fiscal_year": "FY",
        "budget_allocation": "Allocation",
        "approval_status": "Approval",
        "enable_workitem_tracking": "Tracked",
    }
    column_formatters: ClassVar[dict[str, Any]] = {
        "code": _code,
        "title": _title,
        "implementing_moa": _moa,
        "status": badge_column,
        "approval_status": badge_column,
        "progress": progress_column,
        "budget_allocation": money_column,
    }
    column_sortable_list = (
        "code",
        "title",
        ("implementing_moa", "implementing_moa.acronym"),
        "fiscal_year",
        "status",
        "progress",
        "budget_allocation",
        "approval_status",
    )
    column_default_sort = "code"
    column_searchable_list = ("code", "title")
    column_filters = (
        id_filter(PPA.implementing_moa_id, "MOA", organization_options),
        choice_filter(PPA.status, "Status", PPAStatus),
        choice_filter(PPA.approval_status, "Approval", ApprovalStatus),
        choice_filter(PPA.appropriation_class, "Class", AppropriationClass),
        choice_filter(PPA.delivery_flag, "Warning", DeliveryFlag),
        yes_no_filter(PPA.enable_workitem_tracking, "Tracked"),
        id_filter(PPA.fiscal_year, "Fiscal year", year_options),
        "code",
        "title",
    )
    column_display_actions = False
    loads = (joinedload(PPA.implementing_moa),)
    fields = PPA_FIELDS
    options: ClassVar[dict[str, Options]] = {
        "implementing_moa": _own_moas,
        "supporting_organizations": _all_moas,
    }

    @property
    def can_create(self) -> bool:
        return allows(current_user, Permission.PPA_CREATE)

    @property
    def can_edit(self) -> bool:
        return allows(current_user, Permission.PPA_EDIT)

    def create_form(self, obj: Any = None) -> RecordForm:
        form = super().create_form(obj)
        if request.method == "GET":
            for name, value in DEFAULTS.items():
                form[name].data = value
            moas = _own_moas()
            if len(moas) == 1:  # a user who has only one begins with it
                form.implementing_moa.data = moas[0][0]
        return form

    def hidden_fields(self, record: PPA | None) -> Sequence[str]:
        if record is None:
            return ()
        # What follows the work tree cannot be typed in; what is frozen changes on the Approval
        # tab with a reason, or not at all.
        followed = ["status"] if record.has_work_tree and record.auto_sync_status else []
        return [*followed, *frozen_fields(record)]

    def create(self, values: Mapping[str, Any]) -> PPA:
        """A PPA made by its verb, a draft."""
        return create_ppa(current_user, values)

    def change(self, record: PPA, values: Mapping[str, Any], opened: Mapping[str, str]) -> None:
        """The PPA changed by its verb."""
        edit_ppa(current_user, record, values, opened)

    def found(self, asked: str) -> ColumnElement[bool]:
        return found_ppas(asked)

    def search_placeholder(self) -> str:
        return "Code, title, MOA"

    def narrow(self, query: Query) -> Query:
        return query.filter(visible(current_user, PPA.implementing_moa_id))

    def get_save_return_url(self, model: PPA, is_created: bool = False) -> str:
        return url_for("ppa_page.overview", ppa_id=model.id)
