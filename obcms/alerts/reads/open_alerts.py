"""The alerts that are open: those of a PPA, and how many there are of each level."""

from collections.abc import Sequence

from sqlalchemy import func, select

from obcms.alerts.models import Alert
from obcms.alerts.rules.choices import AlertLevel
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Actor, visible


def open_alerts_of(ppa_id: int) -> Sequence[Alert]:
    """Those of the PPA and its items, the critical ones first."""
    query = select(Alert).where(Alert.ppa_id == ppa_id, Alert.resolved_at.is_(None))
    return db.session.scalars(query.order_by(Alert.level, Alert.id)).all()


def count_open(actor: Actor) -> dict[AlertLevel, int]:
    """How many alerts that exist for the actor are not resolved, by level; one query."""
    query = select(Alert.level, func.count(Alert.id)).where(
        Alert.resolved_at.is_(None), visible(actor, Alert.moa_id)
    )
    counts = dict(db.session.execute(query.group_by(Alert.level)).tuples().all())
    return {level: counts.get(level, 0) for level in AlertLevel}
