"""Why alerts close whose subject is not looked at any more."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from obcms.alerts.models import Alert
from obcms.alerts.rules import words
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import PPAStatus
from obcms.work.models import WorkItem


def reasons_of(session: Session, alert_ids: Sequence[int]) -> list[tuple[Alert, str]]:
    """The open alerts with the reason in words; one query."""
    if not alert_ids:
        return []
    query = (
        select(Alert, PPA.status, PPA.enable_workitem_tracking, WorkItem.id)
        .outerjoin(PPA, PPA.id == Alert.ppa_id)
        .outerjoin(WorkItem, WorkItem.id == Alert.work_item_id)
        .where(Alert.id.in_(alert_ids))
        .order_by(Alert.id)
    )
    return [
        (alert, _reason(alert, status, tracked, item_id))
        for alert, status, tracked, item_id in session.execute(query)
    ]


def _reason(
    alert: Alert, status: PPAStatus | None, tracked: bool | None, item_id: int | None
) -> str:
    if status is None:
        return words.PPA_DELETED
    if status is PPAStatus.CANCELLED:
        return words.PPA_CANCELLED
    if not tracked:
        return words.UNTRACKED
    if alert.work_item_id is not None and item_id is None:
        return words.ITEM_DELETED
    return words.ITEM_CANCELLED
