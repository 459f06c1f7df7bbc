"""Signing in with a second factor, and the users screens, in a real browser."""

from types import SimpleNamespace

import pyotp
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from obcms.kernel.extensions import db
from obcms.kernel.permissions import Role
from obcms.people.models import User
from tests.browser.conftest import sign_in
from tests.browser.steps import sideways
from tests.conftest import PASSWORD, PASSWORD_HASH

pytestmark = pytest.mark.browser


@pytest.fixture
def office(context: BrowserContext, site: SimpleNamespace) -> Page:
    """An administrator's browser."""
    with site.app.app_context():
        user = User(username="admin", full_name="Datu Ali", role=Role.ADMINISTRATOR)
        user.password_hash = PASSWORD_HASH
        db.session.add(user)
        db.session.commit()
        db.session.remove()
    page = context.new_page()
    sign_in(page, site, "admin")
    return page


def violations(page: Page) -> list[str]:
    return [found["id"] for found in Axe().run(page).response["violations"]]


def looks_right(page: Page) -> None:
    """No violation of accessibility, and nothing to scroll sideways on a phone."""
    assert violations(page) == []
    page.set_viewport_size({"width": 360, "height": 740})
    page.reload()
    assert sideways(page) <= 0
    page.set_viewport_size({"width": 1280, "height": 900})


def test_from_the_password_to_the_recovery_code(
    context: BrowserContext, site: SimpleNamespace
) -> None:
    page = context.new_page()
    page.goto(f"{site.home}/sign-in")
    page.get_by_label("User name").fill("maria")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Maria Santos").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your account")
    looks_right(page)
    page.get_by_role("link", name="Turn on").click()
    looks_right(page)
    page.get_by_text("I cannot scan it").click()
    secret = "".join(page.locator(".secret").inner_text().split())
    page.get_by_label("Code from the app").fill(pyotp.TOTP(secret).now())
    page.get_by_label("password").fill(PASSWORD)
    page.get_by_role("button", name="Turn on").click()
    codes = page.locator(".recovery-codes code")
    expect(codes).to_have_count(10)
    assert violations(page) == []
    first = codes.first.inner_text()
    page.get_by_role("link", name="I have kept them").click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_label("User name").fill("maria")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("One more step")
    looks_right(page)
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("This code is wrong")
    page.get_by_label("Code").fill(first)
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/")


def test_an_administrator_adds_a_user(office: Page, site: SimpleNamespace) -> None:
    office.goto(f"{site.home}/admin/user/new/")
    office.get_by_label("User name").fill("amina")
    office.locator("#full_name").fill("Amina Ali")
    office.get_by_label("Role").select_option(label="Viewer")
    office.get_by_role("button", name="Save", exact=True).click()
    expect(office.get_by_role("heading", level=1)).to_have_text("Password of Amina Ali")
    office.get_by_role("button", name="Set password").click()
    password = office.locator(".shown-password").inner_text()
    office.get_by_role("button", name="Sign out").click()
    office.get_by_label("User name").fill("amina")
    office.get_by_label("Password").fill(password)
    office.keyboard.press("Enter")
    expect(office.get_by_role("heading", level=1)).to_have_text("Change password")
    looks_right(office)
    office.locator("#current").fill(password)
    for field in ("#password", "#again"):
        office.locator(field).fill("one that nobody chose for me")
    office.get_by_role("button", name="Change password").click()
    office.wait_for_url("**/account")


def test_a_demand_is_met_before_anything_else(office: Page, site: SimpleNamespace) -> None:
    office.goto(f"{site.home}/admin/sign-in-rules/")
    office.get_by_text("Administrator", exact=True).last.click()
    office.get_by_role("button", name="Save").click()
    expect(office.get_by_role("heading", level=1)).to_have_text("Set up the second factor")
    office.goto(f"{site.home}/admin/")
    expect(office.get_by_role("heading", level=1)).to_have_text("Set up the second factor")
    looks_right(office)


@pytest.mark.parametrize(
    "path",
    [
        "admin/user/",
        "admin/user/new/",
        "admin/user/edit/?id=1",
        "admin/user/edit/?id=3",
        "admin/user/2/password",
        "admin/roles/",
        "admin/sign-in-rules/",
        "admin/organization/",
        "admin/organization/edit/?id=1",
        "account/password",
    ],
)
def test_the_screens(office: Page, site: SimpleNamespace, path: str) -> None:
    office.goto(f"{site.home}/{path}")
    looks_right(office)
