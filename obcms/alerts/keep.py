"""One alert's way: raised, escalated, lowered, resolved (SPEC 10)."""

from datetime import datetime

from sqlalchemy.orm import Session

from obcms.alerts.models import Alert
from obcms.alerts.reads.subjects import Subject
from obcms.alerts.rules.lifecycle import rises
from obcms.alerts.rules.measures import Measure
from obcms.alerts.rules.words import why_resolved
from obcms.kernel.rules.choice import Choice


class AlertChange(Choice):
    """What a run did to an alert."""

    RAISED = "raised"
    ESCALATED = "escalated"
    LOWERED = "lowered"
    RESOLVED = "resolved"


def keep_alert(
    session: Session, subject: Subject, alert: Alert | None, measure: Measure, now: datetime
) -> tuple[AlertChange | None, Alert | None]:
    """Brings the alert to what was measured; `alert` is the open one of that kind and subject.

    Returns what changed, None where nothing but figures did, and the alert. The job is the actor.
    """
    if alert is None:
        if measure.level is None:
            return None, None
        return AlertChange.RAISED, _raise(session, subject, measure, now)
    _follow(alert, subject, measure, now)
    if measure.level is None:
        close_alert(alert, why_resolved(measure), now)
        return AlertChange.RESOLVED, alert
    if measure.level is alert.level:
        return None, alert
    change = AlertChange.ESCALATED if rises(alert.level, measure.level) else AlertChange.LOWERED
    alert.level = measure.level
    if change is AlertChange.ESCALATED:
        alert.escalated_at = now
        # Who has seen the smaller trouble has not seen this one; the trail keeps who it was.
        alert.acknowledged_at = alert.acknowledged_by_id = None
        alert.note = ""
    return change, alert


def close_alert(alert: Alert, why: str, now: datetime) -> None:
    """Closes it, with the reason in words; the same trouble later raises a new one."""
    alert.resolved_at = now
    alert.why_resolved = why


def _raise(session: Session, subject: Subject, measure: Measure, now: datetime) -> Alert:
    figures = {"allocated": measure.allocated, "used": measure.used, "figure": measure.figure}
    alert = Alert(
        kind=measure.kind,
        level=measure.level,
        subject=subject.key,
        ppa_id=subject.ppa_id,
        work_item_id=subject.item_id,
        moa_id=subject.moa_id,
        code=subject.code,
        title=subject.title,
        threshold_then=measure.threshold,
        opened_at=now,
        figures_at=now,
        **{f"{name}_then": value for name, value in figures.items()},
        **{f"{name}_now": value for name, value in figures.items()},
    )
    session.add(alert)
    return alert


def _follow(alert: Alert, subject: Subject, measure: Measure, now: datetime) -> None:
    """Figures, names and ministry as they are now; what stands already is no change."""
    after = {
        "allocated_now": measure.allocated,
        "used_now": measure.used,
        "figure_now": measure.figure,
        "moa_id": subject.moa_id,
        "code": subject.code,
        "title": subject.title,
    }
    changed = {name: value for name, value in after.items() if getattr(alert, name) != value}
    for name, value in changed.items():
        setattr(alert, name, value)
    if changed.keys() & {"allocated_now", "used_now", "figure_now"}:
        alert.figures_at = now
