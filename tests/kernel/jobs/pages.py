"""Words for what people see and press on the pages of scheduled work."""

from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import select

from obcms.kernel.extensions import db
from obcms.kernel.jobs.models import JobRun
from tests.kernel.jobs.rounds import MINUTE, NOW

SLOT = "20250601T1800Z"


def add_run(**values: object) -> int:
    run = JobRun(**{"job": "nightly", "slot": SLOT, "due_at": NOW - 9 * MINUTE} | values)
    db.session.add(run)
    db.session.commit()
    return run.id


def page_of(client: FlaskClient, run_id: int) -> str:
    return client.get(f"/admin/job-run/details/?id={run_id}").text


def press(client: FlaskClient, page: str, label: str) -> str:
    """Presses the first button of this name, and gives what comes then."""
    tree = html.fromstring(page)
    form = next(
        one for one in tree.forms if any(label in b.text_content() for b in one.iter("button"))
    )
    return client.post(form.action, data=dict(form.form_values()), follow_redirects=True).text


def runs() -> list[JobRun]:
    return list(db.session.scalars(select(JobRun).where(JobRun.started_at.is_not(None))))
