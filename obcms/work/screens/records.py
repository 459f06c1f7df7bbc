"""The list of work items of all PPAs, and the full form for one."""

from typing import Any, ClassVar

from flask import url_for
from flask_admin.contrib.sqla.ajax import QueryAjaxModelLoader
from flask_login import current_user
from flask_wtf import FlaskForm
from markupsafe import Markup
from sqlalchemy.orm import Query, contains_eager
from wtforms.validators import Optional

from obcms.kernel.errors import Invalid
from obcms.kernel.extensions import db
from obcms.kernel.permissions import CONFINED_ROLES, Permission, allows, require, visible
from obcms.kernel.screens.base import ClosedModelView
from obcms.kernel.screens.filters import RelatedFilter, choice_filter
from obcms.kernel.screens.formatters import badge_column, day_column, money_column, progress_column
from obcms.kernel.screens.stale import VersionedForm
from obcms.organizations.options import organization_options
from obcms.people.models import User
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import Priority
from obcms.work.models import WorkItem
from obcms.work.rules.choices import WorkStatus, WorkType
from obcms.work.work_items import strangers


def _ppa(_view: object, _context: object, item: WorkItem, _name: str) -> Markup:
    if item.ppa is None:
        return Markup('<span class="muted">—</span>')
    return Markup('<a class="code" href="{}" title="{}">{}</a>').format(
        url_for("ppa_page.work_items", ppa_id=item.ppa_id), item.ppa.title, item.ppa.code
    )


class Colleagues(QueryAjaxModelLoader):
    """Who can be assigned: active users, and for a ministry's own staff those of the ministry."""

    def get_query(self) -> Query:
        query = super().get_query().filter(User.is_active)
        if current_user.role in CONFINED_ROLES:
            query = query.filter(User.organization_id == current_user.organization_id)
        return query

    def get_list(self, term: str, offset: int | None = 0, limit: int | None = 10) -> list[User]:
        """Nobody for those who assign nobody; a bounded page for the others."""
        if not allows(current_user, Permission.WORK_ITEM_EDIT):
            return []
        return super().get_list(
            term, min(max(offset or 0, 0), 10_000), min(max(limit or 10, 1), 50)
        )


class WorkItemView(ClosedModelView):
    """Work items across PPAs, to find what is late, blocked or overspent."""

    view_permission = Permission.PPA_VIEW
    column_list = (
        "ppa",
        "title",
        "work_type",
        "status",
        "progress",
        "end_date",
        "effective_allocation",
        "spent_total",
    )
    column_labels: ClassVar[dict[str, str]] = {
        "ppa": "PPA",
        "work_type": "Type",
        "end_date": "Due",
        "effective_allocation": "Budget",
        "spent_total": "Spent",
        "auto_calculate_progress": "Calculate progress automatically",
    }
    column_formatters: ClassVar[dict[str, Any]] = {
        "ppa": _ppa,
        "work_type": badge_column,
        "status": badge_column,
        "progress": progress_column,
        "end_date": day_column,
        "effective_allocation": money_column,
        "spent_total": money_column,
    }
    column_sortable_list = (
        ("ppa", "ppa.code"),
        "title",
        "status",
        "progress",
        "end_date",
        "effective_allocation",
        "spent_total",
    )
    column_default_sort = "id"
    column_auto_select_related = False  # the query joins the PPA itself, to narrow by its ministry
    column_searchable_list = ("title",)
    column_filters = (
        RelatedFilter(PPA.implementing_moa_id, WorkItem.ppa_id, "MOA", organization_options),
        choice_filter(WorkItem.status, "Status", WorkStatus),
        choice_filter(WorkItem.work_type, "Type", WorkType),
        choice_filter(WorkItem.priority, "Priority", Priority),
        "end_date",
    )
    form_base_class = VersionedForm
    form_columns = (
        "title",
        "work_type",
        "description",
        "status",
        "progress",
        "auto_calculate_progress",
        "priority",
        "start_date",
        "end_date",
        "allocated_budget",
        "budget_notes",
        "assignees",
    )
    form_args: ClassVar[dict[str, Any]] = {
        name: {"validators": [Optional()]} for name in ("description", "budget_notes")
    }
    form_ajax_refs: ClassVar[dict[str, Any]] = {
        "assignees": Colleagues(
            "assignees", db, User, fields=["username", "full_name"], page_size=10
        )
    }

    @property
    def can_edit(self) -> bool:
        return allows(current_user, Permission.WORK_ITEM_EDIT)

    def edit_form(self, obj: WorkItem | None = None) -> FlaskForm:
        form = super().edit_form(obj)
        if obj is not None and obj.auto_calculate_progress and obj.children:
            del form.progress, form.status  # they follow from the items below
        return form

    def get_query(self) -> Query:
        query = db.session.query(WorkItem).outerjoin(WorkItem.ppa)
        return self.narrow(query).options(contains_eager(WorkItem.ppa))

    def get_count_query(self) -> Query:
        return self.narrow(super(ClosedModelView, self).get_count_query().outerjoin(WorkItem.ppa))

    def narrow(self, query: Query) -> Query:
        return query.filter(visible(current_user, PPA.implementing_moa_id))

    def get_save_return_url(self, model: WorkItem, is_created: bool = False) -> str:
        if model.ppa_id is None:
            return self.get_url(".index_view")
        return url_for("ppa_page.work_items", ppa_id=model.ppa_id)

    def on_model_change(self, _form: FlaskForm, model: WorkItem, _is_created: bool) -> None:
        require(current_user, Permission.WORK_ITEM_EDIT, model.ppa)
        if problems := strangers(current_user, model):
            raise Invalid(problems)
