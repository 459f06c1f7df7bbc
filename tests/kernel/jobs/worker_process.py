"""Started as a process of its own by the tests: a real worker with one job that can be held up.

Arguments: database, Redis, instance folder, and a file that the job writes when it has begun.
"""

import sys
import time
from pathlib import Path

from sqlalchemy import select

from obcms.application import create_app
from obcms.kernel.config import Settings
from obcms.kernel.extensions import db
from obcms.kernel.jobs.processes import run_worker
from obcms.kernel.jobs.schedule import SCHEDULE, ScheduledJob
from obcms.organizations.models import Organization

JOB = "rename_ministry"


def held_up(began: Path) -> dict[str, int]:
    """Writes a change, says so, and waits as long as the file `began`.hold is there."""
    moa = db.session.scalars(select(Organization).where(Organization.acronym == "MOH")).one()
    moa.name += "!"
    db.session.flush()
    with began.open("a") as file:
        file.write("began\n")
    hold = began.with_suffix(".hold")
    while hold.exists():
        time.sleep(0.05)
    return {"renamed": 1}


def register(began: Path) -> None:
    SCHEDULE[JOB] = ScheduledJob(JOB, "0 2 * * *", lambda: held_up(began))


if __name__ == "__main__":
    uri, redis_url, instance, began = sys.argv[1:]
    app = create_app(
        Settings(
            database_url=uri,
            redis_url=redis_url,
            instance_path=Path(instance),
            secret_key="test",
        )
    )
    with app.app_context():
        register(Path(began))
        run_worker()
