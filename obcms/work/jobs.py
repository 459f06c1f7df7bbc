"""The nightly recomputation of every tracked PPA, the weekly look for unused trees,
and the morning's reminders."""

from typing import Any

from flask import current_app

from obcms.kernel.db.types import utc_now
from obcms.kernel.extensions import db
from obcms.kernel.formats import MANILA
from obcms.kernel.jobs.records import FAILURES, check_not_all_failed, failed_record
from obcms.kernel.jobs.schedule import ScheduledJob, add_jobs
from obcms.kernel.permissions import SYSTEM
from obcms.work.cleanup import remove_unused_tree, unused_trees
from obcms.work.reminders import remind_of_due_items
from obcms.work.sync import sync_all_ppas


def auto_sync_ppa_progress() -> dict[str, Any]:
    """Recomputes all tracked PPAs from their leaves and fixes drift (SPEC 10)."""
    summary = sync_all_ppas(db.session())
    check_not_all_failed(summary, "PPAs")
    return summary


def cleanup_work_items() -> dict[str, Any]:
    """Deletes work trees that nobody uses; only lists them while WORKITEM_CLEANUP_DRY_RUN is set.

    `processed` is how many were found, `codes` are those of their PPAs, `deleted` is how many went.
    """
    dry = current_app.config["OBCMS"].workitem_cleanup_dry_run
    codes: list[str] = []
    errors: list[dict[str, str]] = []
    deleted, found = 0, unused_trees()
    for ppa in found:
        code = ppa.code
        codes.append(code)
        if dry:
            continue
        try:
            with db.session.begin_nested():
                remove_unused_tree(SYSTEM, ppa)
            deleted += 1
        except FAILURES as error:
            errors.append(failed_record(code, error))
    summary = {"processed": len(found), "codes": codes, "deleted": deleted, "dry_run": dry}
    summary |= {"errors": errors}
    check_not_all_failed(summary, "trees")
    return summary


def send_due_reminders() -> dict[str, Any]:
    """Tells assignees what is due in 5 and 2 working days, and what is overdue (SPEC 10)."""
    items, outcome = remind_of_due_items(utc_now().astimezone(MANILA).date())
    summary = {"processed": items, "told": outcome.told, "errors": outcome.errors}
    check_not_all_failed(summary, "items")
    return summary


add_jobs(
    ScheduledJob(
        "auto_sync_ppa_progress",
        "0 2 * * *",
        auto_sync_ppa_progress,
        title="Recompute progress",
        does="Computes progress and status of every tracked PPA anew from its work items.",
    ),
    ScheduledJob(
        "cleanup_work_items",
        "0 3 * * 0",
        cleanup_work_items,
        title="Clean up work trees",
        does="Looks for work trees that are no longer tracked and hold no money.",
    ),
    ScheduledJob(
        "send_due_reminders",
        "30 7 * * *",
        send_due_reminders,
        title="Remind of due work",
        does="Tells assignees what is due in 5 and 2 working days, and what is overdue.",
    ),
)
