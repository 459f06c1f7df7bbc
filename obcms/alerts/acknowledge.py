"""Acknowledging an alert: somebody has seen it and takes care of it (SPEC 10)."""

from obcms.alerts.access import refuse_hidden
from obcms.alerts.models import Alert
from obcms.kernel.db.keys import read_again
from obcms.kernel.db.types import utc_now
from obcms.kernel.errors import Conflict
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Actor, Permission, require
from obcms.kernel.rules.fields import Prose

NOTE = Prose("note", longest=1_000)


def acknowledge_alert(actor: Actor, alert: Alert, note: str = "") -> Alert:
    """Says who has seen it, with a note for colleagues where there is one.

    It stays acknowledged until it is mended or becomes critical. Raises Conflict where it is
    closed, or acknowledged already.
    """
    refuse_hidden(actor, alert)
    require(actor, Permission.ALERT_ACKNOWLEDGE)
    cleaned = NOTE.clean(note)
    read_again(alert)
    if alert.resolved_at is not None:
        raise Conflict("This alert has closed already.")
    if alert.acknowledged_at is not None:
        raise Conflict("This alert is acknowledged already.")
    alert.acknowledged_at = utc_now()
    alert.acknowledged_by_id = getattr(actor, "id", None)
    alert.note = cleaned
    db.session.flush()
    return alert
