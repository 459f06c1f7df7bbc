"""Alerts in a list, and the page of one with what is behind it."""

from typing import Any, ClassVar

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy import ColumnElement, Select
from sqlalchemy.orm import Query

from obcms.alerts.access import find_alert
from obcms.alerts.acknowledge import acknowledge_alert
from obcms.alerts.models import Alert, state_of_alert
from obcms.alerts.reads.rows import rows_behind
from obcms.alerts.rules.choices import AlertKind, AlertLevel, AlertState
from obcms.alerts.rules.words import in_words
from obcms.kernel.errors import Conflict, Invalid
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Permission, allows, scope
from obcms.kernel.screens.base import ClosedModelView
from obcms.kernel.screens.filters import OneOfFilter, choice_filter, id_filter
from obcms.kernel.screens.formatters import badge, moment_column
from obcms.organizations.screens.options import organization_options


class StateFilter(OneOfFilter):
    """By what follows from who has seen it and whether it is closed."""

    def compared(self) -> ColumnElement[Any]:
        return state_of_alert()


def _subject(_view: object, _context: object, alert: Alert, _name: str) -> Markup:
    link = url_for("alert.page", alert_id=alert.id)
    about = "PPA" if alert.work_item_id is None else "Work item"
    shown = Markup(
        '<span><a href="{}"><span class="code">{}</span> {}</a> <small>{}</small></span>'
    )
    return shown.format(link, alert.code, alert.title, about)


def _level(_view: object, _context: object, alert: Alert, _name: str) -> Markup:
    return badge(alert.level, "level")


def _figure(_view: object, _context: object, alert: Alert, _name: str) -> str:
    return in_words(alert.kind, alert.figure_now)


def _state(_view: object, _context: object, alert: Alert, _name: str) -> Markup:
    return badge(alert.state, "alert")


class AlertView(ClosedModelView):
    """The alerts of the PPAs that exist for the user, newest first."""

    styles = (("alerts", "alerts.css"),)
    view_permission = Permission.PPA_VIEW
    column_list = ("code", "kind", "level", "figure_now", "opened_at", "resolved_at")
    column_labels: ClassVar[dict[str, str]] = {
        "code": "About",
        "figure_now": "Now",
        "opened_at": "Raised",
        "resolved_at": "State",
    }
    column_formatters: ClassVar[dict[str, Any]] = {
        "code": _subject,
        "kind": lambda _view, _context, alert, _name: alert.kind.label,
        "level": _level,
        "figure_now": _figure,
        "opened_at": moment_column,
        "resolved_at": _state,
    }
    column_default_sort = ("id", True)
    column_sortable_list = ("code", "kind", "level", "opened_at")
    column_searchable_list = ("code", "title")
    column_filters = (
        StateFilter(Alert.resolved_at, "State", AlertState.pairs(), lambda v: AlertState(v).value),
        choice_filter(Alert.kind, "Kind", AlertKind),
        choice_filter(Alert.level, "Level", AlertLevel),
        id_filter(Alert.moa_id, "MOA", organization_options),
    )
    column_display_actions = False
    guides = (("alerts", "About alerts"), *ClosedModelView.guides)

    def narrow(self, query: Query | Select) -> Any:
        return scope(query, current_user, Alert.moa_id)

    @expose("/<int:alert_id>/")
    def page(self, alert_id: int) -> ResponseReturnValue:
        """Figures then and now, who has seen it, why it closed, and the rows behind it."""
        alert = find_alert(current_user, alert_id)
        return self.render(
            "alerts/page.html",
            alert=alert,
            rows=rows_behind(alert),
            in_words=in_words,
            may_acknowledge=allows(current_user, Permission.ALERT_ACKNOWLEDGE, alert),
        )

    @expose("/<int:alert_id>/acknowledge", methods=["POST"])
    def acknowledge(self, alert_id: int) -> ResponseReturnValue:
        """Says that the user has seen it."""
        alert = find_alert(current_user, alert_id)
        try:
            acknowledge_alert(current_user, alert, request.form.get("note", ""))
            db.session.commit()
            flash("The alert is acknowledged.", "success")
        except (Conflict, Invalid) as error:
            db.session.rollback()
            flash(str(error), "error")
        return redirect(url_for(".page", alert_id=alert_id))
