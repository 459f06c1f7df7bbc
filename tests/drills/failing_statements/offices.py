"""What a job finds to do. A job that has no office of its own is run in the common one."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import time_machine
from sqlalchemy import select, update
from sqlalchemy.orm import selectinload

from obcms.alerts.tell import EVENT as ALERTS
from obcms.approval.rules.steps import REVIEW_STAGES
from obcms.imports.models import ImportUpload
from obcms.kernel.extensions import db
from obcms.kernel.jobs.models import JobRun, JobState
from obcms.kernel.permissions import SYSTEM, Role
from obcms.notifications.inbox import choose_ways
from obcms.notifications.models import Notification
from obcms.notifications.notify import notify
from obcms.notifications.rules.choices import DeliveryWay
from obcms.notifications.rules.news import News
from obcms.people.models import User
from obcms.work.models import WorkItem
from obcms.work.tracking import disable_tracking
from tests.kernel.audit.tampering import add_entries, seal_all, tamper
from tests.support.factories import make_ppa, spend, track

NOW = datetime(2025, 6, 2, 18, 0, tzinfo=UTC)  # a Tuesday, 02:00 in Manila
LONG_AGO = NOW - timedelta(days=1_000)


def common() -> None:
    """Users with mail addresses, and tracked PPAs with overspent and late items."""
    for role in Role:
        user = User(username=role.value, role=role, email=f"{role.value}@example.invalid")
        user.password_hash = "-"
        db.session.add(user)
    for number in range(3):
        ppa = make_ppa(
            fiscal_year=2025,
            code=f"MOH-2025-9{number:02d}",
            start_date=date(2025, 1, 6),
            target_end_date=date(2025, 6, 4),
        )
        items = track(ppa)
        item = items["Resources"]
        item.allocated_budget, item.end_date = Decimal(1_000), date(2025, 6, 4)
        db.session.flush()
        spend(item, "1250.00")
    db.session.commit()


def drifted() -> None:
    """Trees whose figures no longer follow from their leaves."""
    common()
    db.session.remove()
    tamper("UPDATE work_item SET progress = 7 WHERE parent_id IS NULL")


def sealed() -> None:
    """Entries of the trail older than it is kept, sealed, and younger ones, not sealed."""
    with time_machine.travel(LONG_AGO, tick=False):
        add_entries(3)
        seal_all()
    common()


def unused() -> None:
    """Two work trees that were turned off long ago."""
    with time_machine.travel(LONG_AGO, tick=False):
        for number in range(2):
            ppa = make_ppa(code=f"MOH-2031-8{number:02d}")
            track(ppa)
            disable_tracking(SYSTEM, ppa, "Merged")
        db.session.commit()
    common()


def worn() -> None:
    """Runs older than a year."""
    common()
    for number in range(5):
        old = {"state": JobState.SUCCEEDED, "queued_at": LONG_AGO}
        db.session.add(JobRun(job="seal_audit", slot=f"manual-{number}", **old))
    db.session.commit()


def forgotten() -> None:
    """Uploads that nobody imported."""
    common()
    owner = db.session.query(User).filter_by(username="administrator").one()
    for number in range(3):
        upload = ImportUpload(user_id=owner.id, party=f"user {owner.id}", filename="a.csv")
        upload.import_name = "ppas"
        upload.content, upload.sha256, upload.fiscal_year = b"a", str(number), 2031
        upload.created_at = LONG_AGO
        db.session.add(upload)
    db.session.commit()


def waiting() -> None:
    """Mails of yesterday in the outbox: at once, in a digest, not wanted, and to an address."""
    common()
    users = list(db.session.scalars(select(User).order_by(User.id).limit(3)))
    with time_machine.travel(NOW - timedelta(days=1), tick=False):
        for user, way in zip(users, DeliveryWay, strict=True):
            choose_ways(user, {ALERTS: way})
        for number in range(2):
            texts = (f"News {number}", "It is so.", "Look.")
            notify(
                News(ALERTS, f"{number}", "high", *texts, None, "/"),
                [*users, "analyst@example.invalid"],
            )
    db.session.commit()


def stale() -> None:
    """Notifications older than a year, beside younger ones."""
    waiting()
    old = update(Notification).where(Notification.about == "0")
    db.session.execute(old.values(created_at=LONG_AGO, next_try_at=LONG_AGO))
    db.session.commit()


def in_review() -> None:
    """PPAs that wait for long at the offices of their stages."""
    common()
    for number, stage in enumerate(REVIEW_STAGES):
        with time_machine.travel(NOW - timedelta(days=20), tick=False):
            make_ppa(code=f"MOH-2031-7{number:02d}", approval_status=stage)
            db.session.commit()


def assigned() -> None:
    """Items that are due, with those who work on them."""
    common()
    user = db.session.scalars(select(User).where(User.role == Role.OOBC_STAFF)).one()
    for item in db.session.scalars(select(WorkItem).options(selectinload(WorkItem.assignees))):
        item.assignees.append(user)
    db.session.commit()


OFFICES: dict[str, Callable[[], None]] = {
    "auto_sync_ppa_progress": drifted,
    "seal_audit": sealed,
    "verify_audit": sealed,
    "mail_audit_head": sealed,
    "archive_audit": sealed,
    "cleanup_work_items": unused,
    "delete_old_job_runs": worn,
    "detect_budget_variances": common,
    "expire_uploads": forgotten,
    "deliver_notifications": waiting,
    "delete_old_notifications": stale,
    "send_approval_deadline_reminders": in_review,
    "send_due_reminders": assigned,
}
