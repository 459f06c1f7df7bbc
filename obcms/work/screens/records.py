"""The list of work items of all PPAs, and the full form for one."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from flask import url_for
from flask_admin.model.fields import AjaxSelectMultipleField
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy.orm import Query, contains_eager

from obcms.kernel.extensions import db
from obcms.kernel.permissions import CONFINED_ROLES, Permission, allows, visible
from obcms.kernel.records.form import RecordForm, record_form
from obcms.kernel.records.view import RecordFormView
from obcms.kernel.rules.fields import Ref
from obcms.kernel.screens.base import AjaxChoices, ClosedModelView
from obcms.kernel.screens.filters import RelatedFilter, choice_filter
from obcms.kernel.screens.formatters import (
    NOTHING,
    badge_column,
    day_column,
    money_column,
    progress_column,
)
from obcms.organizations.screens.options import organization_options
from obcms.people.models import User
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import Priority
from obcms.work.fields import WORK_ITEM_FIELDS
from obcms.work.models import WorkItem
from obcms.work.reads.order import count_children
from obcms.work.rules.choices import WorkStatus, WorkType
from obcms.work.work_items import edit_item


def _ppa(_view: object, _context: object, item: WorkItem, _name: str) -> Markup:
    if item.ppa is None:
        return NOTHING
    return Markup('<a class="code" href="{}" title="{}">{}</a>').format(
        url_for("ppa_page.work_items", ppa_id=item.ppa_id), item.ppa.title, item.ppa.code
    )


# What an execution project takes from its PPA.
TAKEN_FROM_PPA = ("title", "start_date", "end_date", "allocated_budget")


class Colleagues(AjaxChoices):
    """Who can be assigned: active users, and for a ministry's own staff those of the ministry."""

    def narrow(self, query: Query) -> Query:
        query = query.filter(User.is_active)
        if current_user.role in CONFINED_ROLES:
            query = query.filter(User.organization_id == current_user.organization_id)
        return query

    def get_list(self, term: str, offset: int | None = 0, limit: int | None = 10) -> list[User]:
        """Nobody for those who assign nobody."""
        allowed = allows(current_user, Permission.WORK_ITEM_EDIT)
        return super().get_list(term, offset, limit) if allowed else []


COLLEAGUES = Colleagues("assignees", db, User, fields=["username", "full_name"], page_size=10)


class WorkItemView(RecordFormView):
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
    loads = (contains_eager(WorkItem.ppa),)
    column_auto_select_related = False  # the query joins the PPA itself, to narrow by its ministry
    column_searchable_list = ("title",)
    column_filters = (
        RelatedFilter(PPA.implementing_moa_id, WorkItem.ppa_id, "MOA", organization_options),
        choice_filter(WorkItem.status, "Status", WorkStatus),
        choice_filter(WorkItem.work_type, "Type", WorkType),
        choice_filter(WorkItem.priority, "Priority", Priority),
        "end_date",
    )
    fields = tuple(field for field in WORK_ITEM_FIELDS if not isinstance(field, Ref))
    form_ajax_refs: ClassVar[dict[str, Any]] = {"assignees": COLLEAGUES}

    def scaffold_form(self) -> type[RecordForm]:
        # Who can be assigned is looked up while the name is typed.
        people = AjaxSelectMultipleField(COLLEAGUES, label="Assignees")
        return record_form(self.fields, self.options, {"assignees": people})

    @property
    def can_edit(self) -> bool:
        return allows(current_user, Permission.WORK_ITEM_EDIT)

    def hidden_fields(self, record: WorkItem | None) -> Sequence[str]:
        # Progress and status may follow from the items below, an execution project from its PPA.
        if record is None:
            return ()
        follows = record.auto_calculate_progress and count_children(record.id) > 0
        computed = ("progress", "status") if follows else ()
        is_root = record.parent_id is None and record.ppa_id is not None
        return (*computed, *TAKEN_FROM_PPA) if is_root else computed

    def change(
        self, record: WorkItem, values: Mapping[str, Any], opened: Mapping[str, str]
    ) -> None:
        """The item changed by its verb."""
        edit_item(current_user, record, values, opened=opened)

    def get_query(self) -> Query:
        query = db.session.query(WorkItem).outerjoin(WorkItem.ppa)
        return self.narrow(query).options(*self.loads)

    def get_count_query(self) -> Query:
        return self.narrow(super(ClosedModelView, self).get_count_query().outerjoin(WorkItem.ppa))

    def narrow(self, query: Query) -> Query:
        return query.filter(visible(current_user, PPA.implementing_moa_id))

    def get_save_return_url(self, model: WorkItem, is_created: bool = False) -> str:
        if model.ppa_id is None:
            return self.get_url(".index_view")
        return url_for("ppa_page.work_items", ppa_id=model.ppa_id)
