"""The calendar of a year: for everybody, at both widths, by keyboard; proclaiming a day."""

from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import check_accessibility
from tests.browser.conftest import sign_in


@pytest.mark.parametrize("width", [1280, 360])
def test_the_year_is_read_and_turned_by_keyboard(
    page: Page, site: SimpleNamespace, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{site.home}/admin/calendar/?year=2025")
    expect(page.get_by_role("heading", level=2)).to_have_count(12)
    check_accessibility(page)
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not page.evaluate(wide)
    page.get_by_role("link", name="2026").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Calendar of 2026")).to_be_visible()
    expect(page.get_by_text("Reports on the first quarter of 2026 are due")).to_be_visible()


def test_an_administrator_proclaims_a_feast_and_a_month(page: Page, site: SimpleNamespace) -> None:
    page.context.clear_cookies()
    sign_in(page, site, "administrator")
    page.goto(f"{site.home}/admin/proclaimed-day/new/")
    page.get_by_label("Date").fill("2025-12-24")
    page.get_by_label("Name").fill("Christmas Eve")
    page.get_by_label("Kind").select_option("special_working")
    page.get_by_label("Proclamation").fill("Proclamation No. 9, s. 2025")
    check_accessibility(page)
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/proclaimed-day/")
    page.goto(f"{site.home}/admin/proclaimed-month/new/")
    page.get_by_label("Hijri year").fill("1446")
    page.get_by_label("Hijri month").select_option("Shawwal")
    page.get_by_label("First day").fill("2025-03-31")
    page.get_by_label("Proclamation").fill("Proclamation No. 2, s. 2025")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/proclaimed-month/")
    page.reload()  # without the message, whose button is Flask-Admin's own
    check_accessibility(page)
    page.goto(f"{site.home}/admin/calendar/?year=2025")
    eve = page.locator(".year-day", has_text="Christmas Eve")
    expect(eve).to_contain_text("Working")
    expect(eve).to_contain_text("Proclamation No. 9, s. 2025")
    march = page.get_by_role("region", name="March")
    expect(march.locator(".year-day", has_text="Eid'l Fitr")).to_contain_text("31 Mon")
