"""What every screen starts from: closed, until it names the permission that opens it."""

from collections.abc import Sequence
from typing import Any, ClassVar

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import BaseView
from flask_admin.contrib.sqla import ModelView
from flask_admin.contrib.sqla.ajax import QueryAjaxModelLoader
from flask_login import current_user
from flask_wtf import FlaskForm
from sqlalchemy import ColumnElement, Select
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Query
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.sql.base import ExecutableOption

from obcms.kernel.db.constraints import RACE, explain, is_lost_race, is_overflow
from obcms.kernel.db.keys import LARGEST_KEY
from obcms.kernel.db.order import unique_order
from obcms.kernel.db.outage import outage
from obcms.kernel.db.search import folded, found_in, searched
from obcms.kernel.errors import Invalid, ObcmsError
from obcms.kernel.extensions import login
from obcms.kernel.permissions import Permission, allows
from obcms.kernel.screens.filters import TextFilters
from obcms.kernel.screens.formatters import cell_class

LAST_PAGE = 1_000_000


class Closed:
    """Nobody gets in unless the view names a permission and the user's role has it."""

    view_permission: ClassVar[Permission | None] = None
    # The style sheets of its pages besides the kernel's: slice and file.
    styles: ClassVar[Sequence[tuple[str, str]]] = ()

    def is_accessible(self) -> bool:
        """Whether the user is signed in and may open the view at all."""
        return (
            self.view_permission is not None
            and current_user.is_authenticated
            and allows(current_user, self.view_permission)
        )

    def inaccessible_callback(self, _name: str, **_kwargs: object) -> ResponseReturnValue:
        """403 for a user, the sign-in page for a stranger."""
        if current_user.is_authenticated:
            abort(403, "Your role does not open this page.")
        return redirect(url_for(login.login_view, next=request.full_path.rstrip("?")))


class ClosedView(Closed, BaseView):
    """A page of its own."""


class ClosedModelView(Closed, ModelView):
    """A list, with forms where the view opens them. Refusals become messages, never a 500."""

    can_create = False
    can_edit = False
    can_delete = False
    can_export = False
    action_disallowed_list: ClassVar[list[str]] = ["delete"]
    fast_mass_delete = False
    named_filter_urls = True  # so that other pages can link to a filtered list
    filter_converter = TextFilters()
    page_size = 25
    loads: ClassVar[Sequence[ExecutableOption]] = ()  # what is read with every row
    can_set_page_size = True
    page_size_options = (25, 50, 100)
    list_template = "list.html"
    # The guides that the list leads to: file name and link.
    guides: ClassVar[Sequence[tuple[str, str]]] = (
        ("searching", "About searching"),
        ("codes-and-names", "About codes and names"),
    )
    edit_template = "edit.html"
    create_template = "create.html"

    def cell_class(self, column: str) -> str:
        """What styles the cells of the column, with a blank before it."""
        return cell_class(self.column_formatters.get(column))

    def get_list(self, page: int | None, *args: Any, **kwargs: Any) -> tuple[int, list[Any]]:
        """One page of rows; a page number from nowhere shows the first or an empty one."""
        return super().get_list(min(max(page or 0, 0), LAST_PAGE), *args, **kwargs)

    def _apply_sorting(
        self, query: Query, joins: Any, sort_column: str | None, sort_desc: bool
    ) -> tuple[Query, Any]:
        # Rows that are equal in the chosen column come in no certain order, so that a page would
        # repeat some of the page before and leave others out.
        query, joins = super()._apply_sorting(query, joins, sort_column, sort_desc)
        return query.order_by(*unique_order(self.model, bool(sort_desc))), joins

    def _apply_search(
        self, query: Query, count_query: Query, joins: Any, count_joins: Any, search: str
    ) -> tuple[Query, Query, Any, Any]:
        found = self.found(search)
        return query.filter(found), count_query.filter(found), joins, count_joins

    def found(self, asked: str) -> ColumnElement[bool]:
        """What a search keeps; the API searches a record in the same way."""
        return found_in(asked, *searched(self.model, self.column_searchable_list))

    def get_query(self) -> Query:
        return self.narrow(super().get_query()).options(*self.loads)

    def get_count_query(self) -> Query:
        return self.narrow(super().get_count_query())

    def get_one(self, id: str) -> Any:
        """The row, if it is among those that the list may show; else a plain 404."""
        is_key = str(id).isdecimal() and len(str(id)) <= 10 and int(id) <= LARGEST_KEY
        query = self.get_query()
        found = query.filter(self.model.id == int(id)).one_or_none() if is_key else None
        if found is None:
            abort(404, "There is no such record.")
        return found

    def narrow(self, query: Query | Select) -> Any:
        """The rows that exist for the user; a view of objects that belong to a MOA overrides it."""
        return query

    def _get_filter_groups(self) -> Any:
        groups = super()._get_filter_groups() or {}
        for items in groups.values():
            for item in items:
                chosen = self._filters[item["index"]]
                if callable(chosen.options):
                    item["options"] = chosen.options()
        return groups

    def scaffold_form(self) -> type[FlaskForm]:
        """No fields: a form writes through verbs (`RecordFormView`)."""
        return FlaskForm

    def handle_view_exception(self, exc: Exception) -> bool:
        if outage(exc):
            raise exc
        messages = refusal(exc)
        for message in messages:
            flash(message, "error")
        return bool(messages) or super().handle_view_exception(exc)


class AjaxChoices(QueryAjaxModelLoader):
    """What a form looks up while somebody types: a bounded page, in an order of its own."""

    def get_query(self) -> Query:
        return self.narrow(super().get_query())

    def narrow(self, query: Query) -> Query:
        """The rows that the user may choose."""
        return query

    def get_list(self, term: str, offset: int | None = 0, limit: int | None = 10) -> list[Any]:
        order = [*self._cached_fields[:1], *unique_order(self.model)]
        query = self.get_query().filter(found_in(term, *map(folded, self._cached_fields)))
        limit, offset = min(max(limit or 10, 1), 50), min(max(offset or 0, 0), 10_000)
        return query.order_by(*order).offset(offset).limit(limit).all()


def refusal(error: Exception) -> list[str]:
    """What to tell the user about an error that is not a fault of the program; else nothing."""
    if isinstance(error, IntegrityError) or (isinstance(error, DBAPIError) and is_overflow(error)):
        error = explain(error)
    if isinstance(error, Invalid):
        return [problem.message for problem in error.problems]
    if isinstance(error, ObcmsError):
        return [str(error)]
    if isinstance(error, StaleDataError) or _lost_lock(error):
        return [RACE]
    return []


def _lost_lock(error: Exception) -> bool:
    return isinstance(error, OperationalError) and is_lost_race(error)
