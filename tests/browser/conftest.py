"""A real Chromium against a real server on a fresh database; each test has its own."""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright
from sqlalchemy import select

from obcms.kernel.extensions import db
from obcms.kernel.permissions import Role
from obcms.organizations.models import Organization
from obcms.people.models import User
from obcms.ppas.models import PPA, Milestone
from obcms.ppas.rules.choices import PPAStatus
from tests.conftest import PASSWORD_HASH
from tests.support.apps import KeptApp
from tests.support.factories import track
from tests.support.signed_in import signed_in
from tests.support.web_server import served

# The first is the same browser without what only a window needs, and a third faster.
CHROMIUMS = ("chromium-headless-shell", "chromium", "google-chrome")
ALLOCATION = Decimal("459870758.00")
TITLE = (
    "Integrated Rice and Corn Production Support Program for Other Bangsamoro Communities "
    "in Regions IX, X, XI and XII"
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if chromium is None:
        if os.environ.get("CI"):
            pytest.fail("There is no chromium on this machine.")
        pytest.skip("There is no chromium on this machine.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def site(
    sqlite_uri: str, apps: Callable[..., KeptApp], tmp_path: Path
) -> Iterator[SimpleNamespace]:
    """A server with one PPA of MAFAR and somebody who runs it; `url` is the PPA's own page."""
    app = apps(sqlite_uri).as_new(tmp_path)
    app.config["WTF_CSRF_ENABLED"] = True
    ppa_id = fill(app)
    with served(app) as home:
        yield SimpleNamespace(app=app, home=home, url=f"{home}/admin/ppa/{ppa_id}", ppa_id=ppa_id)
    with app.app_context():
        db.engine.dispose()


def fill(app: Flask) -> int:
    """One PPA of MAFAR, and a user of each role; the PPA's id."""
    with app.app_context():
        mafar = db.session.scalars(select(Organization).filter_by(acronym="MAFAR")).one()
        staff = User(
            username="maria", full_name="Maria Santos", role=Role.MOA_STAFF, organization=mafar
        )
        head = User(username="omar", full_name="Omar Ali", role=Role.MOA_HEAD, organization=mafar)
        others = [
            User(username=role.value, role=role)
            for role in Role
            if role not in (Role.MOA_STAFF, Role.MOA_HEAD)
        ]
        users = [staff, head, *others]
        for user in users:
            user.password_hash = PASSWORD_HASH
        ppa = PPA(
            code="MAFAR-2025-003",
            title=TITLE,
            implementing_moa=mafar,
            fiscal_year=2025,
            budget_allocation=ALLOCATION,
            start_date=date(2025, 1, 6),
            target_end_date=date(2025, 12, 19),
            status=PPAStatus.PLANNING,
            milestones=[Milestone(title="Beneficiaries validated", due_date=date(2025, 3, 14))],
        )
        db.session.add_all([*users, ppa])
        db.session.commit()
        ppa_id = ppa.id
        db.session.remove()
    return ppa_id


@pytest.fixture
def context(browser: Browser, site: SimpleNamespace) -> Iterator[BrowserContext]:
    """A browser that notes errors of scripts and requests to other hosts; both fail the test."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 900},
        reduced_motion="reduce",  # colors and boxes are at once where they would move to
    )
    context.set_default_timeout(8_000)
    faults: list[str] = []

    def note(request: Request) -> None:
        if not request.url.startswith((site.home, "data:", "blob:")):
            faults.append(f"request to {request.url}")

    context.on("request", note)
    context.on("weberror", lambda error: faults.append(str(error.error)))
    yield context
    context.close()
    assert faults == []


@pytest.fixture
def page(context: BrowserContext, site: SimpleNamespace) -> Page:
    """Signed in as the staff of the PPA's ministry, on the Work Items tab."""
    page = context.new_page()
    sign_in(page, site, "maria")
    page.goto(f"{site.url}/work-items")
    return page


def sign_in(page: Page, site: SimpleNamespace, username: str) -> None:
    """From now on the page's browser is this user's; who was signed in before is not any more."""
    with site.app.app_context():
        user = db.session.scalars(select(User).filter_by(username=username)).one()
        cookie = signed_in(site.app, user).get_cookie("session")
        db.session.remove()
    page.context.add_cookies([{"name": "session", "value": cookie.value, "url": site.home}])


@pytest.fixture
def tree(site: SimpleNamespace) -> None:
    """The PPA has the work tree of the `program` template."""
    with site.app.app_context():
        track(db.session.get_one(PPA, site.ppa_id), "program")
        db.session.commit()
        db.session.remove()


@pytest.fixture
def tracked(tree: None, page: Page) -> Page:
    """The same page, with the work tree."""
    return page


def enable(page: Page, template: str) -> None:
    page.get_by_role("button", name="Enable tracking…").click()
    page.locator(f"#t-{template}").check()
    page.locator("#enable-dialog").get_by_role("button", name="Enable tracking").click()
    page.get_by_role("treegrid").wait_for()
