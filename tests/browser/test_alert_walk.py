"""An overspent item raises an alert, is acknowledged, mended, and resolves itself (SPEC 10)."""

from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from obcms.alerts.detect import detect_variances
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM
from obcms.spending.expenditures import void_expenditure
from obcms.spending.models import Expenditure
from obcms.work.models import WorkItem
from tests.browser.accessibility import check_accessibility
from tests.browser.conftest import sign_in
from tests.support.factories import spend

pytestmark = pytest.mark.browser


def look(site) -> None:  # type: ignore[no-untyped-def]
    """The next run of the job."""
    with site.app.app_context():
        detect_variances(db.session())
        db.session.commit()
        db.session.remove()


def test_an_overspent_item_is_alerted_acknowledged_mended_and_resolved(tracked: Page, site) -> None:
    with site.app.app_context():
        item = db.session.scalars(select(WorkItem).where(WorkItem.title == "Needs study")).one()
        spend(item, str((item.allocated_budget * Decimal("1.12")).quantize(Decimal("0.01"))))
        db.session.commit()
        db.session.remove()
    look(site)
    page = tracked
    page.goto(f"{site.home}/admin/")
    page.get_by_role("link", name="Inbox, 1 unread").click()
    page.get_by_role("button", name="Unread Overspent, high").click()
    expect(page.locator("h1")).to_have_text("Overspent: Needs study")
    expect(page.locator(".alert-figures")).to_contain_text("12.00 %")
    page.get_by_label("Note for colleagues").fill("Posted twice; we void one.")
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.locator(".alert-facts")).to_contain_text("Posted twice; we void one.")
    expect(page.locator(".alert-facts")).to_contain_text("Maria Santos")
    expect(page.get_by_role("link", name="Inbox, nothing unread")).to_be_visible()
    with site.app.app_context():
        line = db.session.scalars(select(Expenditure)).one()
        void_expenditure(SYSTEM, line, "Posted twice")
        db.session.commit()
        db.session.remove()
    look(site)
    page.reload()
    expect(page.locator(".alert-facts")).to_contain_text("Spending is back within the allocation.")
    expect(page.locator("main")).to_contain_text("Resolved")


@pytest.mark.parametrize("width", [1280, 360])
def test_alerts_and_thresholds_can_be_read_by_everybody(tracked: Page, site, width: int) -> None:
    with site.app.app_context():
        item = db.session.scalars(select(WorkItem).where(WorkItem.title == "Needs study")).one()
        spend(item, "90000000.00")
        db.session.commit()
        db.session.remove()
    look(site)
    page = tracked
    page.set_viewport_size({"width": width, "height": 800})
    for address in ("alerts/", "alerts/1/"):
        page.goto(f"{site.home}/admin/{address}")
        _is_fine(page, width)
    page.context.clear_cookies()
    sign_in(page, site, "administrator")
    page.goto(f"{site.home}/admin/thresholds/")
    _is_fine(page, width)


def _is_fine(page: Page, width: int) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    check_accessibility(page)
