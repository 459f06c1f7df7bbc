"""Alerts: list, read, acknowledge."""

from typing import Any

from flask import Flask
from sqlalchemy import select

from obcms.alerts.access import find_alert
from obcms.alerts.acknowledge import acknowledge_alert
from obcms.alerts.models import Alert, state_of_alert
from obcms.alerts.schemas import ORDERINGS, Acknowledgement, AlertAnswer, AlertPage, AlertQuery
from obcms.kernel.api import add_blueprint
from obcms.kernel.api.access import caller
from obcms.kernel.api.blueprint import APIBlueprint
from obcms.kernel.api.paging import page_of
from obcms.kernel.api.subjects import FINDERS
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Permission, visible
from obcms.organizations.reads import ids_of_moa

blueprint = APIBlueprint("api_alerts", "/api/alerts", "Alerts about money")
COLUMNS = {name: getattr(Alert, name) for name in ORDERINGS}
EQUALS = {
    "kind": Alert.kind,
    "level": Alert.level,
    "ppa": Alert.ppa_id,
    "work_item": Alert.work_item_id,
}


@blueprint.route("/", Permission.PPA_VIEW)
@blueprint.arguments(AlertQuery, location="query")
@blueprint.response(200, AlertPage)
def list_alerts(given: dict[str, Any]) -> dict[str, Any]:
    """List alerts

    Those about PPAs that exist for the token's user, resolved ones included.
    """
    query = select(Alert).where(visible(caller(), Alert.moa_id))
    for name, column in EQUALS.items():
        if name in given:
            query = query.where(column == given[name])
    if "state" in given:
        query = query.where(state_of_alert() == given["state"].value)
    if "moa" in given:
        query = query.where(Alert.moa_id.in_(ids_of_moa(given["moa"])))
    return page_of(query, given, COLUMNS)


@blueprint.route("/<int:alert_id>/", Permission.PPA_VIEW)
@blueprint.response(200, AlertAnswer)
def read_alert(alert_id: int) -> Alert:
    """Read an alert"""
    return find_alert(caller(), alert_id)


@blueprint.route("/<int:alert_id>/acknowledge/", Permission.ALERT_ACKNOWLEDGE, methods=["POST"])
@blueprint.arguments(Acknowledgement, example={"note": "The ministry asks for a realignment."})
@blueprint.response(200, AlertAnswer)
def acknowledge_one_alert(given: dict[str, Any], alert_id: int) -> Alert:
    """Acknowledge an alert

    It stays acknowledged until it is mended or becomes critical. One that is acknowledged already
    or has closed is 409.
    """
    alert = acknowledge_alert(caller(), find_alert(caller(), alert_id), given.get("note", ""))
    db.session.commit()
    return alert


def _found(alert_id: int) -> tuple[Alert, Alert]:
    alert = find_alert(caller(), alert_id)
    return alert, alert


FINDERS["alert_id"] = _found


def init_app(app: Flask) -> None:
    """Adds the routes."""
    add_blueprint(app, blueprint)
