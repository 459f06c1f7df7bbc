"""Moving what is older than the trail is kept to a file in the instance folder."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import current_app

from obcms.kernel.audit.archive import archive
from obcms.kernel.db.types import utc_now
from obcms.kernel.extensions import db


def archive_audit() -> dict[str, Any]:
    """Archives the oldest part; returns the file and how many entries went into it."""
    keep = timedelta(days=current_app.config["OBCMS"].audit_keep_days)
    made = archive(db.session(), Path(current_app.instance_path), utc_now() - keep)
    if made is None:
        return {"archived": 0, "file": None}
    return {
        "archived": made.last_position - made.first_position + 1,
        "file": made.file_name,
        "head": made.head,
    }
