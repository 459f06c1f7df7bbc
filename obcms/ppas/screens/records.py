"""The list of PPAs, and the form for one."""

from typing import Any, ClassVar

from flask import url_for
from flask_login import current_user
from flask_wtf import FlaskForm
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Query, joinedload
from wtforms.validators import Optional

from obcms.kernel.extensions import db
from obcms.kernel.permissions import Permission, allows, require, visible
from obcms.kernel.screens.base import ClosedModelView
from obcms.kernel.screens.filters import choice_filter, id_filter, yes_no_filter
from obcms.kernel.screens.formatters import badge, badge_column, money_column, progress_column
from obcms.kernel.screens.stale import VersionedForm
from obcms.organizations.models import Organization
from obcms.organizations.options import organization_options
from obcms.ppas.edit import EDITABLE
from obcms.ppas.frozen import frozen_fields
from obcms.ppas.models import PPA, Milestone
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
        return Markup('<span class="muted">—</span>')
    return Markup('<abbr title="{}">{}</abbr>').format(moa.name, moa.acronym)


def _own_moas() -> list[Organization]:
    """The ministries to which the user may give a PPA."""
    query = select(Organization).order_by(Organization.acronym)
    return list(db.session.scalars(query.where(visible(current_user, Organization.id))))


def _only_moa() -> Organization | None:
    """The ministry to begin with: that of a user who has only one."""
    found = _own_moas()
    return found[0] if len(found) == 1 else None


def year_options() -> list[tuple[str, str]]:
    """The fiscal years of the PPAs that the user may see, newest first."""
    query = select(PPA.fiscal_year).where(visible(current_user, PPA.implementing_moa_id))
    years = db.session.scalars(query.distinct().order_by(PPA.fiscal_year.desc()))
    return [(str(year), str(year)) for year in years]


class PPAView(ClosedModelView):
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
        "obc_share": "OBC share",
        "total_slots": "Slots",
        "obc_slots": "OBC slots",
        "supports_sdg": "SDG",
        "supports_gender": "Gender and development",
        "supports_climate": "Climate",
        "supports_indigenous_peoples": "Indigenous peoples",
        "supports_peace_agenda": "Peace agenda",
        "auto_sync_progress": "Take progress from the work tree",
        "auto_sync_status": "Take status from the work tree",
        "progress_weighting": "Weigh progress by",
        "funding_source_other": "Other funding source",
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
    form_base_class = VersionedForm
    form_columns = tuple(name.removesuffix("_id") for name in EDITABLE if name != "milestones")
    form_args: ClassVar[dict[str, Any]] = {
        "summary": {"validators": [Optional()]},
        "remarks": {"validators": [Optional()]},
        "implementing_moa": {"query_factory": _own_moas, "default": _only_moa},
    }
    inline_models = (
        (Milestone, {"form_columns": ("id", "title", "due_date"), "form_label": "Milestones"}),
    )

    @property
    def can_create(self) -> bool:
        return allows(current_user, Permission.PPA_CREATE)

    @property
    def can_edit(self) -> bool:
        return allows(current_user, Permission.PPA_EDIT)

    def edit_form(self, obj: PPA | None = None) -> FlaskForm:
        form = super().edit_form(obj)
        if obj is not None and obj.has_work_tree and obj.auto_sync_status:
            del form.status  # it follows the work tree, so typing it in would change nothing
        for name in frozen_fields(obj) if obj is not None else ():
            del form[name.removesuffix("_id")]
        return form

    def narrow(self, query: Query) -> Query:
        return query.filter(visible(current_user, PPA.implementing_moa_id))

    def get_query(self) -> Query:
        return super().get_query().options(joinedload(PPA.implementing_moa))

    def get_save_return_url(self, model: PPA, is_created: bool = False) -> str:
        return url_for("ppa_page.overview", ppa_id=model.id)

    def on_model_change(self, _form: FlaskForm, model: PPA, is_created: bool) -> None:
        permission = Permission.PPA_CREATE if is_created else Permission.PPA_EDIT
        with db.session.no_autoflush:
            if model.implementing_moa is not None:
                model.implementing_moa_id = model.implementing_moa.id
            require(current_user, permission, model)
        model.updated_by_id = current_user.id
        if is_created:
            model.created_by_id = current_user.id
