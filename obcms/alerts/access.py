"""Fetching is the permission check: another ministry's alert is not found."""

from obcms.alerts.models import Alert
from obcms.kernel.db.keys import LARGEST_KEY
from obcms.kernel.errors import NotFound
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Actor, can_see


def find_alert(actor: Actor, alert_id: int) -> Alert:
    """The alert, if it exists for the actor; raises NotFound."""
    alert = db.session.get(Alert, alert_id) if alert_id <= LARGEST_KEY else None
    refuse_hidden(actor, alert)
    return alert


def refuse_hidden(actor: Actor, alert: Alert | None) -> None:
    """Raises NotFound for an alert that is not there, and for one that is hidden."""
    if alert is None or not can_see(actor, alert):
        raise NotFound("There is no such alert.")
