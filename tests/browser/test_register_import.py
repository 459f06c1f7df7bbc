"""A register of entries in a real browser: preview with a refusal, posted, voided as one."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from redis import Redis

from obcms.kernel.extensions import db
from tests.browser.accessibility import check_accessibility
from tests.browser.conftest import sign_in
from tests.browser.steps import sideways
from tests.imports.waiting import read_next
from tests.ledger.lines import make_act, make_line
from tests.ledger.register_files import as_csv, row_of

pytestmark = pytest.mark.browser
TITLE = "Integrated Rice and Corn Production Support for Other Bangsamoro Communities"


@pytest.fixture
def register(site: SimpleNamespace, redis_url: str) -> Iterator[bytes]:
    """Two entries that fit a line of the ministry, and an obligation that does not."""
    with Redis.from_url(redis_url) as redis, site.app.app_context():
        redis.flushall()
        site.app.extensions["redis"] = redis
        make_line(make_act(number="BAA 7"), "MAFAR", title=TITLE)
        db.session.commit()
        named = {"act": "BAA 7", "title": TITLE, "office": "MAFAR"}
        yield as_csv(
            [
                row_of(None, "obligation", "900.00", ors_number="ORS-2025-03-0012", **named),
                row_of(None, "payable", "400.00", ors_number="ORS-2025-03-0012", **named),
                row_of(None, "obligation", "100.01", ors_number="ORS-2025-03-0013", **named),
            ]
        )


@pytest.mark.parametrize("width", [1280, 360])
def test_a_register_is_previewed_posted_and_voided_with_a_reason(
    context: BrowserContext, site: SimpleNamespace, register: bytes, width: int
) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 740})
    sign_in(page, site, "maria")
    page.goto(f"{site.home}/admin/budget-lines/")
    page.get_by_role("link", name="Import a register").last.click()
    looks_right(page)
    file = {"name": "register-march.csv", "mimeType": "text/csv", "buffer": register}
    page.get_by_label("Workbook or CSV file").set_input_files(file)
    page.get_by_role("button", name="Show preview").click()
    read_next()
    page.reload()
    expect(page.get_by_text("Only ₱100.00 of the allotment is unobligated")).to_be_visible()
    looks_right(page)
    page.get_by_role("button", name="Import valid rows only").click()
    expect(page.get_by_text("Imported: 2 new, 0 unchanged, 1 refused.")).to_be_visible()
    looks_right(page)
    page.get_by_label("Why").fill("The register of another month")
    page.get_by_role("button", name="Void this import").click()
    expect(page.get_by_text("Voided: every entry of this import is taken back.")).to_be_visible()
    voided = page.get_by_role("row", name="ORS-2025-03-0012")
    expect(voided).to_contain_text("The register of another month")
    looks_right(page)


def looks_right(page: Page) -> None:
    """No violation of accessibility, and nothing to scroll sideways."""
    check_accessibility(page)
    assert sideways(page) <= 0
