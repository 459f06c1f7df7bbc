"""The app whose worker and scheduler are killed: `flask --app tests.drills.crash.jobs`.

Beside the house's jobs it has some that are due each minute and leave one entry in the trail; the
entry's request is the slot, so a slot that ran twice would show two.
"""

import secrets
import time
from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from obcms import application
from obcms.kernel.extensions import db
from obcms.kernel.jobs.schedule import ScheduledJob, add_jobs
from obcms.organizations.models import Organization

JOBS = ("crash_one", "crash_two", "crash_three")
MOA = "MAFAR"
SECONDS = 0.3  # in which it can be killed half done
AT_ONCE = (timedelta(seconds=1),) * 3


def rename() -> dict[str, int]:
    """Writes a change, and takes its time before it is committed."""
    moa = db.session.scalars(select(Organization).where(Organization.acronym == MOA)).one()
    moa.name = f"Ministry {secrets.token_hex(4)}"
    db.session.flush()
    time.sleep(SECONDS)
    return {"renamed": 1}


def create_app() -> Flask:
    """The app as it is served, with these jobs."""
    app = application.create_app()
    add_jobs(*(ScheduledJob(name, "* * * * *", rename, AT_ONCE) for name in JOBS))
    return app
