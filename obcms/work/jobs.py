"""The nightly recomputation of every tracked PPA."""

from typing import Any

from obcms.kernel.extensions import db
from obcms.kernel.jobs.schedule import ScheduledJob, add_jobs
from obcms.work.sync import sync_all_ppas


class EveryRecordFailed(RuntimeError):
    """The job did nothing of what it is for, so its run is not a success."""


def auto_sync_ppa_progress() -> dict[str, Any]:
    """Recomputes all tracked PPAs from their leaves and fixes drift (SPEC 10)."""
    summary = sync_all_ppas(db.session())
    if summary["errors"] and len(summary["errors"]) == summary["processed"]:
        raise EveryRecordFailed(f"All {summary['processed']} PPAs failed: {summary['errors'][:3]}")
    return summary


add_jobs(
    ScheduledJob(
        "auto_sync_ppa_progress",
        "0 2 * * *",
        auto_sync_ppa_progress,
        title="Recompute progress",
        does="Computes progress and status of every tracked PPA anew from its work items.",
    )
)
