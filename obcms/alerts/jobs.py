"""The look at money every six hours."""

from typing import Any

from obcms.alerts.detect import detect_variances
from obcms.kernel.extensions import db
from obcms.kernel.jobs.records import check_not_all_failed
from obcms.kernel.jobs.schedule import ScheduledJob, add_jobs


def detect_budget_variances() -> dict[str, Any]:
    """Keeps the alerts of all tracked PPAs and their items (SPEC 10)."""
    summary = detect_variances(db.session())
    check_not_all_failed(summary, "PPAs")
    return summary


add_jobs(
    ScheduledJob(
        "detect_budget_variances",
        "0 */6 * * *",
        detect_budget_variances,
        title="Look for overspending",
        does="Compares money with its allocations and with time, and keeps the alerts.",
    )
)
