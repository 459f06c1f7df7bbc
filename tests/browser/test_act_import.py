"""An act's table in the browser: asked, imported, its number filled in, and taken back."""

from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from obcms.imports.declared import ImportDefaults
from obcms.imports.jobs import read_waiting
from obcms.imports.uploads import keep_upload
from obcms.kernel.extensions import db
from obcms.ledger.intake.act_import import ACT_TABLE
from obcms.people.models import User
from tests.browser.accessibility import check_accessibility
from tests.browser.conftest import sign_in
from tests.browser.steps import say, sideways

pytestmark = pytest.mark.browser
TABLE = (
    "BANGSAMORO APPROPRIATIONS ACT 2026,,,,,,,,\n"
    "(in thousand pesos),,,,,,,,\n"
    "MOA,Cost Structure,Title,PPA Code,PS,MOOE,CO,Total,Page\n"
    'MAFAR,GAS,General Management and Supervision,,"12,500","3,200",,"15,700",12\n'
    "MAFAR,OPS,Integrated Rice and Corn Production Support Program for Other Bangsamoro "
    'Communities in Regions IX to XII,MAFAR-2025-003,,"459,870",500,"460,370",13\n'
    "NASA,OPS,Moon,,,5,,5,14\n"
    ',,SUB-TOTAL,,"12,500","463,070",500,"476,070",\n'
)


@pytest.fixture
def mfbm(page: Page, site: SimpleNamespace) -> Page:
    page.context.clear_cookies()
    sign_in(page, site, "mfbm_analyst")
    return page


def put(site: SimpleNamespace) -> str:
    """Keeps the table as the analyst's upload, has it read, and gives its preview's address."""
    with site.app.test_request_context():
        query = select(User).where(User.username == "mfbm_analyst")
        analyst = db.session.scalars(query).one()
        given = ImportDefaults(fiscal_year=2026)
        upload = keep_upload(analyst, ACT_TABLE, "act 2026.csv", TABLE.encode(), given)
        db.session.commit()
        address = f"{site.home}/admin/ledger/import-act/{upload.id}/"
    read(site)
    return address


def read(site: SimpleNamespace) -> None:
    with site.app.app_context():
        read_waiting()
        db.session.remove()


@pytest.mark.parametrize("width", [1280, 360])
def test_an_act_is_imported_numbered_and_taken_back(
    mfbm: Page, site: SimpleNamespace, width: int
) -> None:
    page = mfbm
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{site.home}/admin/ledger/acts/")
    page.get_by_role("link", name="Import an act's table").first.click()
    check_accessibility(page)
    assert sideways(page) == 0
    address = put(site)
    page.goto(address)
    page.get_by_label("In thousands").check()
    check_accessibility(page)
    assert sideways(page) == 0
    page.get_by_role("button", name="Read it so").click()
    read(site)
    page.goto(address)
    expect(page.get_by_text("There is no office with the acronym “NASA”.")).to_be_visible()
    check_accessibility(page)
    assert sideways(page) == 0
    page.get_by_role("button", name="Import valid rows only").click()
    expect(page.get_by_text("Imported: 2 new, 0 unchanged, 1 refused.")).to_be_visible()
    imported = page.url
    check_accessibility(page)
    assert sideways(page) == 0
    page.goto(f"{site.home}/admin/ledger/acts/")
    expect(page.get_by_text("₱476,070,000.00")).to_be_visible()
    check_accessibility(page)
    assert sideways(page) == 0
    page.get_by_label("Number of the act").fill("BAA 84")
    page.get_by_role("button", name="Save").click()
    say(page, "BAA 84 is saved.")
    page.get_by_text("Extend its validity").click()
    page.get_by_label("By which later act").fill("BAA 90")
    page.get_by_label("New last day to obligate").fill("2028-06-30")
    page.get_by_label("Of the class").select_option("CO")
    page.get_by_role("button", name="Extend").click()
    say(page, "The validity of BAA 84 is extended.")
    expect(page.get_by_text("30 Jun 2028")).to_be_visible()
    page.goto(imported)
    page.get_by_label("Why").fill("The wrong table")
    page.get_by_role("button", name="Undo this import").click()
    expect(page.get_by_text("The wrong table")).to_be_visible()
    page.goto(f"{site.home}/admin/ledger/acts/")
    expect(page.get_by_text("₱0.00")).to_be_visible()
