"""The nightly recomputation of every tracked PPA, and the weekly look for unused trees."""

from typing import Any

from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from obcms.kernel.errors import ObcmsError
from obcms.kernel.extensions import db
from obcms.kernel.jobs.schedule import ScheduledJob, add_jobs
from obcms.kernel.permissions import SYSTEM
from obcms.work.cleanup import remove_unused_tree, unused_trees
from obcms.work.sync import sync_all_ppas


class EveryRecordFailed(RuntimeError):
    """The job did nothing of what it is for, so its run is not a success."""


def auto_sync_ppa_progress() -> dict[str, Any]:
    """Recomputes all tracked PPAs from their leaves and fixes drift (SPEC 10)."""
    summary = sync_all_ppas(db.session())
    if summary["errors"] and len(summary["errors"]) == summary["processed"]:
        raise EveryRecordFailed(f"All {summary['processed']} PPAs failed: {summary['errors'][:3]}")
    return summary


def cleanup_work_items() -> dict[str, Any]:
    """Deletes work trees that nobody uses; only lists them while WORKITEM_CLEANUP_DRY_RUN is set.

    `codes` are those of the PPAs, `deleted` how many trees went.
    """
    dry = current_app.config["OBCMS"].workitem_cleanup_dry_run
    codes, deleted, errors = [], 0, []
    for ppa in unused_trees():
        code = ppa.code
        codes.append(code)
        if dry:
            continue
        try:
            with db.session.begin_nested():
                remove_unused_tree(SYSTEM, ppa)
            deleted += 1
        except (ObcmsError, SQLAlchemyError) as error:
            errors.append({"code": code, "error": str(error)})
    return {"codes": codes, "deleted": deleted, "dry_run": dry, "errors": errors}


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
)
