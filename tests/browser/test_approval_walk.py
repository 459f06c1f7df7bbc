"""Six people bring a PPA from draft to enacted, with a return and a rejection (SPEC 7)."""

import re
from types import SimpleNamespace

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.accessibility import check_accessibility
from tests.browser.conftest import sign_in
from tests.browser.steps import say, sideways


class Office:
    """One person at a browser of their own."""

    def __init__(self, context: BrowserContext, site: SimpleNamespace, username: str) -> None:
        self.context, self.site = context, site
        context.clear_cookies()
        self.page: Page = context.new_page()
        sign_in(self.page, site, username)

    def take(self, button: str, comment: str = "") -> Page:
        """Presses a step's button on the Approval tab and confirms it."""
        page = self.page
        page.goto(f"{self.site.url}/approval")
        page.get_by_role("button", name=button).click()
        page.locator("#f-comment").fill(comment)
        page.locator("#dialog footer .btn:not([data-close])").click()
        say(page, "is now")
        return page


@pytest.fixture
def office(context: BrowserContext, site: SimpleNamespace):
    return lambda username: Office(context, site, username)


def test_six_people_from_draft_to_enacted(office, site: SimpleNamespace) -> None:
    maria = office("maria")
    maria.page.goto(f"{site.url}/approval")
    maria.page.get_by_role("button", name="Submit for review").click()
    maria.page.get_by_label("Track it with work items").check()
    maria.page.locator("#dialog footer .btn-primary").click()
    say(maria.page, "is now: technical review")
    page = office("bpda_planner").take("Return to draft", "The target barangays are missing.")
    expect(page.locator(".steps")).to_contain_text("The target barangays are missing.")

    page = office("maria").page
    page.goto(f"{site.home}/admin/waiting/")
    expect(page.get_by_role("table")).to_contain_text("The target barangays are missing.")
    office("maria").take("Submit for review", "The barangays are listed now.")
    office("bpda_planner").take("Endorse")
    page = office("mfbm_analyst").take("Reject", "There is no budget for it this year.")
    expect(page.get_by_role("heading", name="Waiting for MOA staff")).to_be_visible()

    page = office("omar").take("Reopen as a draft")
    expect(page.get_by_role("heading", name="Waiting for a colleague")).to_be_visible()
    office("maria").take("Submit for review")
    office("bpda_planner").take("Endorse")
    page = office("mfbm_analyst").take("Certify the budget")
    office("oobc_staff").take("Endorse")
    page = office("executive").take("Approve")
    expect(page.get_by_role("heading", name="Waiting for a colleague")).to_be_visible()
    page = office("mfbm_analyst").take("Enact")
    expect(page.locator(".head-badges")).to_contain_text("Enacted")
    expect(page.locator(".head-badges")).to_contain_text("Ongoing")
    expect(page.locator(".steps > li")).to_have_count(12)
    check_accessibility(page)

    page.get_by_role("button", name="Amend…").click()
    page.locator("#f-budget_allocation").fill("459,870,758.01")
    page.locator("#dialog footer .btn-primary").click()
    expect(page.locator("[data-field=reason] :invalid")).to_be_visible()
    page.locator("#f-reason").fill("BAA 90, section 5")
    page.locator("#dialog footer .btn-primary").click()
    say(page, "is amended")
    changes = page.locator(".plain-changes")
    expect(changes).to_contain_text("₱459,870,758.00 → ₱459,870,758.01")


def test_a_dialog_that_came_too_late_says_who_was_first(office, site: SimpleNamespace) -> None:
    office("maria").take("Submit for review")
    page = office("bpda_planner").page
    page.goto(f"{site.url}/approval")
    page.get_by_role("button", name="Endorse").click()
    page.locator("#f-comment").fill("Fine")
    other = page.context.new_page()
    other.goto(f"{site.url}/approval")
    other.get_by_role("button", name="Return to draft").click()
    other.locator("#f-comment").fill("Not yet")
    other.locator("#dialog footer .btn-primary").click()
    say(other, "is now: draft")
    page.locator("#dialog footer .btn-primary").click()
    say(page, "was first: MAFAR-2025-003 went from technical review to draft")
    expect(page.locator(".head-badges")).to_contain_text("Draft")


@pytest.mark.parametrize("width", [1280, 360])
def test_the_timeline_and_the_comparison(office, site: SimpleNamespace, width: int) -> None:
    page = office("maria").take("Submit for review", "Complete")
    page.set_viewport_size({"width": width, "height": 900})
    page.get_by_role("link", name="History").click()
    first = page.locator(".change-sets > li").first
    expect(first).to_contain_text("Maria Santos")
    expect(first).to_contain_text("Draft → Technical review")
    check_accessibility(page)
    page.get_by_label("What changed from").fill("2025-01-01")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_text("The PPA did not exist yet on 1 Jan 2025")).to_be_visible()
    check_accessibility(page)
    page.get_by_label("As it was at").fill("2025-01-01T10:00")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text(re.compile("did not exist yet"))).to_be_visible()
    assert sideways(page) <= 0
