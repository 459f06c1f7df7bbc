"""The page on which somebody waits for a file to be read, in a real browser (SPEC 13)."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from redis import Redis
from sqlalchemy import select

from obcms.imports.models import ImportUpload
from obcms.imports.waiting import note_progress
from obcms.kernel.extensions import db
from obcms.kernel.jobs.heartbeat import PROMPT_WORKER, beat
from tests.browser.accessibility import check_accessibility
from tests.browser.conftest import sign_in
from tests.browser.steps import sideways
from tests.imports.waiting import read_next

pytestmark = pytest.mark.browser
LIST = b"Code,Title,Budget\nMAFAR-2025-901,Water,5\n"
LONG = "a-list-of-all-the-projects-of-the-ministry-" * 5


@pytest.fixture
def queue(site: SimpleNamespace, redis_url: str) -> Iterator[Redis]:
    """A queue that answers, with no call and no progress in it."""
    with Redis.from_url(redis_url) as redis:
        redis.flushall()
        site.app.extensions["redis"] = redis
        yield redis


@pytest.fixture(params=[1280, 360])
def width(request: pytest.FixtureRequest) -> int:
    return request.param


@pytest.fixture
def waiting(context: BrowserContext, site: SimpleNamespace, queue: Redis, width: int) -> Page:
    """The page after a file was sent, while no worker runs."""
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 740})
    sign_in(page, site, "maria")
    page.goto(f"{site.home}/admin/import/")
    send(page, LIST)
    return page


def send(page: Page, content: bytes) -> None:
    """A file with a name that no narrow screen has room for."""
    file = {"name": f"{LONG}.csv", "mimeType": "text/csv", "buffer": content}
    page.get_by_label("Workbook or CSV file").set_input_files(file)
    page.get_by_role("button", name="Show preview").click()


def looks_right(page: Page) -> None:
    """No violation of accessibility, and nothing to scroll sideways."""
    check_accessibility(page)
    assert sideways(page) <= 0


def test_it_says_how_far_the_reading_is_and_shows_the_preview_by_itself(
    waiting: Page, site: SimpleNamespace, queue: Redis
) -> None:
    status = waiting.get_by_role("status")
    expect(status).to_contain_text("no worker is running")
    looks_right(waiting)
    with site.app.app_context():
        beat(queue, PROMPT_WORKER, "one")
        note_progress(db.session.scalars(select(ImportUpload.id)).one(), "Reading sheet 2 of 5")
        db.session.rollback()
    expect(status).to_have_text("Reading sheet 2 of 5 …")
    looks_right(waiting)
    with site.app.app_context():
        read_next()
    expect(waiting.locator("span.code").get_by_text("MAFAR-2025-901")).to_be_visible()
    looks_right(waiting)


def test_a_file_that_cannot_be_read_ends_the_waiting_with_the_reason(
    waiting: Page, site: SimpleNamespace
) -> None:
    waiting.get_by_role("link", name="Choose another file").click()
    send(waiting, b"no list at all\n")
    with site.app.app_context():
        read_next()
        read_next()
    expect(waiting.get_by_role("alert")).to_be_visible()
    expect(waiting.get_by_role("heading", level=1)).to_contain_text("Not read")
    looks_right(waiting)
    expect(waiting.get_by_role("link", name="Choose another file")).to_be_visible()
