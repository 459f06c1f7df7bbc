"""Telling those concerned of an alert that was raised, or has become critical."""

from collections.abc import Iterable, Sequence

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from obcms.alerts.models import Alert
from obcms.alerts.rules.choices import AlertKind, AlertLevel
from obcms.alerts.rules.words import in_words
from obcms.kernel.formats import peso
from obcms.kernel.links import path_of
from obcms.kernel.permissions import Role
from obcms.notifications.notify import Recipient, notify_all
from obcms.notifications.rules.events import declare_event
from obcms.notifications.rules.news import News
from obcms.people.models import User

EVENT = declare_event(
    "budget_alert",
    "Budget alerts",
    "Money is overspent, ahead of its time, or distributed where there is none.",
)
TO_DO = {
    AlertKind.OVERSPENT: "Look at the lines behind it, then raise the allocation, move money or "
    "void what was posted by mistake. Acknowledge the alert, so that colleagues know who does it.",
    AlertKind.AHEAD_OF_TIME: "Look whether the plan or the spending is right, and acknowledge the "
    "alert, so that colleagues know who takes care of it.",
    AlertKind.OVER_DISTRIBUTED: "Distribute the budget again, so that the items hold no more than "
    "there is.",
}


def tell(session: Session, alerts: Sequence[Alert]) -> int:
    """News to the staff of the ministry; of what is critical, to MFBM too. How many were new.

    PPAs of no ministry are OOBC's.
    """
    if not alerts:
        return 0
    roles = (Role.MOA_STAFF, Role.MOA_HEAD, Role.OOBC_STAFF, Role.MFBM_ANALYST)
    query = select(User).where(User.is_active, User.role.in_(roles)).order_by(User.id)
    users = session.scalars(query).all()
    return notify_all((_news(alert), _concerned(alert, users)) for alert in alerts)


def _concerned(alert: Alert, users: Sequence[User]) -> Iterable[Recipient]:
    is_critical = alert.level is AlertLevel.CRITICAL
    for user in users:
        if user.role is Role.MFBM_ANALYST:
            told = is_critical
        elif user.role is Role.OOBC_STAFF:
            told = alert.moa_id is None
        else:
            told = alert.moa_id is not None and user.organization_id == alert.moa_id
        if told:
            yield user
    if is_critical:
        yield from current_app.config["OBCMS"].mfbm_analyst_emails


def _news(alert: Alert) -> News:
    said = in_words(alert.kind, alert.figure_now)
    about = alert.code if alert.work_item_id is None else f"{alert.code}, {alert.title}"
    used = "Distributed" if alert.kind is AlertKind.OVER_DISTRIBUTED else "Spent"
    return News(
        event=EVENT,
        about=f"alert {alert.id}",
        threshold=alert.level.value,
        subject=f"{alert.kind.label}, {alert.level.label.lower()}: {about}",
        what=f"{alert.code} {alert.title}: {said}.\n"
        f"Allocated {peso(alert.allocated_now)}, {used.lower()} {peso(alert.used_now)}.",
        to_do=TO_DO[alert.kind],
        due=None,
        link=path_of("alert.page", alert_id=alert.id),
    )
