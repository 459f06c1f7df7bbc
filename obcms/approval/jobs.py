"""The morning's reminders of what waits for review."""

from typing import Any

from flask import current_app

from obcms.approval.reminders import remind_of_approvals
from obcms.kernel.db.types import utc_now
from obcms.kernel.formats import MANILA
from obcms.kernel.jobs.records import check_not_all_failed
from obcms.kernel.jobs.schedule import ScheduledJob, add_jobs


def send_approval_deadline_reminders() -> dict[str, Any]:
    """Reminds offices of PPAs that have waited in review for too long (SPEC 10)."""
    addresses = current_app.config["OBCMS"].mfbm_analyst_emails
    waiting, outcome = remind_of_approvals(utc_now().astimezone(MANILA).date(), addresses)
    summary = {"processed": waiting, "told": outcome.told, "errors": outcome.errors}
    check_not_all_failed(summary, "PPAs")
    return summary


add_jobs(
    ScheduledJob(
        "send_approval_deadline_reminders",
        "0 8 * * *",
        send_approval_deadline_reminders,
        title="Remind of reviews",
        does="Reminds offices of PPAs that have waited in review for too long.",
    )
)
