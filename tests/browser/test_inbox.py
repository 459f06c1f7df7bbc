"""The inbox in a real browser: counted on every page, opened by keyboard, read on a phone."""

from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from obcms.kernel.extensions import db
from obcms.notifications.notify import notify
from obcms.people.models import User
from tests.browser.accessibility import check_accessibility
from tests.browser.steps import sideways
from tests.notifications.told import news

pytestmark = pytest.mark.browser


@pytest.fixture
def told(site: SimpleNamespace) -> None:
    """Two pieces of news for Maria."""
    with site.app.app_context():
        maria = db.session.scalars(select(User).where(User.username == "maria")).one()
        for number in (1, 2):
            subject = f"Due in {number} working days: {'Survey of communities ' * 6}"
            link = f"/admin/ppa/{site.ppa_id}/work-items"
            notify(news(about=f"item {number}", subject=subject, link=link), [maria])
        db.session.commit()
        db.session.remove()


def test_the_inbox_counts_down(told: None, page: Page, site: SimpleNamespace) -> None:
    page.goto(site.url)
    page.get_by_role("link", name="Inbox, 2 unread").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Inbox")
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 740})
        check_accessibility(page)
        assert sideways(page) <= 0
    page.get_by_role("button", name="Unread Due in 2 working days").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/work-items")
    page.get_by_role("link", name="Inbox, 1 unread").click()
    page.get_by_role("button", name="Mark as read: Due in 1").click()
    expect(page.get_by_role("link", name="Inbox, nothing unread")).to_be_visible()
    page.get_by_role("link", name="Show unread only").click()
    expect(page.get_by_text("You have read everything.")).to_be_visible()
    check_accessibility(page)


def test_a_message_can_be_dismissed_by_everybody(
    told: None, page: Page, site: SimpleNamespace
) -> None:
    page.goto(f"{site.home}/admin/inbox/")
    page.get_by_role("button", name="Mark all as read").click()
    said = page.get_by_text("2 notifications marked as read.")
    expect(said).to_be_visible()
    check_accessibility(page)
    page.get_by_role("button", name="Dismiss this message").focus()
    page.keyboard.press("Enter")
    expect(said).to_have_count(0)


def test_one_chooses_what_comes_by_mail(page: Page, site: SimpleNamespace) -> None:
    page.goto(f"{site.home}/account")
    choice = page.get_by_label("Something of a test")
    choice.select_option("In one mail a day")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Your choice is kept.")).to_be_visible()
    expect(choice).to_have_value("digest")
    check_accessibility(page)
    page.set_viewport_size({"width": 360, "height": 740})
    assert sideways(page) <= 0
