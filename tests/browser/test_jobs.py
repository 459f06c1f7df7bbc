"""The screens of scheduled work in a real browser: run now, what came of it, try again."""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect
from redis import Redis

from obcms.kernel.extensions import db
from obcms.kernel.jobs.models import JobState
from obcms.kernel.jobs.schedule import ScheduledJob
from tests.browser.accessibility import check_accessibility
from tests.browser.conftest import fill, sign_in
from tests.browser.steps import sideways
from tests.kernel.jobs.pages import add_run
from tests.kernel.jobs.rounds import work_round
from tests.support.apps import KeptApp
from tests.support.schedule import kept_schedule
from tests.support.web_server import served

pytestmark = pytest.mark.browser


@pytest.fixture
def site(
    sqlite_uri: str, redis_url: str, apps: Callable[..., KeptApp], tmp_path: Path
) -> Iterator[SimpleNamespace]:
    """A server with a queue and one job."""
    app = apps(sqlite_uri, redis_url=redis_url).as_new(tmp_path)
    app.config["WTF_CSRF_ENABLED"] = True
    fill(app)
    with Redis.from_url(redis_url) as redis:
        redis.flushall()
    with kept_schedule() as jobs, served(app) as home:
        jobs.clear()
        said = {"processed": 3, "errors": [{"code": "MOH-2025-001", "error": "Its dates are odd."}]}
        jobs["nightly"] = ScheduledJob(
            "nightly", "0 2 * * *", lambda: said, title="Night work", does="Works at night."
        )
        yield SimpleNamespace(app=app, home=home)
    with app.app_context():
        app.extensions["redis"].close()
        db.engine.dispose()


@pytest.fixture
def page(context, site: SimpleNamespace) -> Page:
    """Signed in as an administrator."""
    page = context.new_page()
    sign_in(page, site, "administrator")
    return page


def work(site: SimpleNamespace) -> None:
    """A worker takes what waits."""
    with site.app.app_context():
        work_round()
        db.session.remove()


def is_fine(page: Page) -> None:
    """Everybody can use it, on a desk and on a phone."""
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 740})
        assert sideways(page) <= 0
        check_accessibility(page)


def test_an_administrator_runs_a_job_now_and_reads_what_came_of_it(
    page: Page, site: SimpleNamespace
) -> None:
    page.goto(f"{site.home}/admin/schedule/")
    expect(page.get_by_text("Works at night.")).to_be_visible()
    is_fine(page)
    page.get_by_role("button", name="Run now").click()
    is_fine(page)
    page.goto(f"{site.home}/admin/queue/")
    is_fine(page)
    work(site)
    page.goto(f"{site.home}/admin/job-run/")
    expect(page.get_by_text("Completed with errors")).to_be_visible()
    is_fine(page)
    page.goto(f"{site.home}/admin/job-run/details/?id=1")
    expect(page.get_by_text("Its dates are odd.")).to_be_visible()
    is_fine(page)


def test_an_administrator_lets_a_failed_run_be_tried_again(
    page: Page, site: SimpleNamespace
) -> None:
    with site.app.app_context():
        run_id = add_run(state=JobState.FAILED, attempts=4, error="ValueError: no sheet")
        db.session.remove()
    page.goto(f"{site.home}/admin/job-run/details/?id={run_id}")
    expect(page.get_by_text("no sheet")).to_be_visible()
    is_fine(page)
    page.get_by_role("button", name="Try again").click()
    is_fine(page)
    work(site)
    page.goto(f"{site.home}/admin/job-run/details/?id={run_id}")
    expect(page.locator("main")).to_contain_text("Completed with errors")
    expect(page.get_by_role("button", name="Try again")).to_have_count(0)
