"""A list that can be read in two ways: asked, answered, remembered, imported as it was shown."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from obcms.imports.declared import ImportDefaults
from obcms.imports.jobs import read_waiting
from obcms.imports.ppa_list import PPA_LIST
from obcms.imports.uploads import keep_upload
from obcms.kernel.extensions import db
from obcms.people.models import User
from obcms.ppas.models import PPA
from tests.browser.accessibility import check_accessibility

LIST = (
    "MINISTRY OF AGRICULTURE, proposed programs\n"
    "PPA Code,Program / Project / Activity,Class,Original Appropriation,Adjusted Appropriation,"
    "Start,Target End,Remarks\n"
    "MAFAR-2025-301,Provision of certified seeds to farmers of the five provinces and the Special "
    'Geographic Area,MOOE,"98,467,200.25","99,000,000.00",1/15/2025,12/15/2025,by district\n'
    "MAFAR-2025-302,Boats,CO,200,250,2/1/2025,11/30/2025,\n"
    ',TOTAL,,,"99,000,250.00",,,\n'
)


def put(site, text: str) -> str:
    """Keeps the file as Maria's upload, has it read, and gives the address of its preview."""
    with site.app.test_request_context():
        maria = db.session.scalars(select(User).where(User.username == "maria")).one()
        upload = keep_upload(
            maria, PPA_LIST, "seeds.csv", text.encode(), ImportDefaults(maria.organization_id, 2025)
        )
        db.session.commit()
        address = f"{site.home}/admin/import/{upload.id}/"
    read(site)
    return address


def read(site) -> None:
    with site.app.app_context():
        read_waiting()
        db.session.remove()


def amounts(site) -> list[str]:
    with site.app.app_context():
        query = select(PPA.budget_allocation).where(PPA.code.like("MAFAR-2025-30%"))
        return [str(amount) for amount in db.session.scalars(query.order_by(PPA.code))]


@pytest.mark.parametrize("width", [1280, 360])
def test_a_question_is_answered_a_column_and_a_unit_changed(
    page: Page, site, width: int, request
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    address = put(site, LIST)
    page.goto(address)
    expect(page.get_by_role("heading", name="One question first")).to_be_visible()
    check_accessibility(page)
    page.get_by_label("Adjusted Appropriation").check()
    page.get_by_role("button", name="Read it so").click()
    page.wait_for_url(address)
    read(site)
    expect(page.get_by_role("button", name="Import all rows")).to_be_visible()
    check_accessibility(page)
    page.get_by_label("Column H is taken for").select_option("not read")
    page.get_by_label("Unit of the amounts").select_option("thousands")
    page.get_by_role("button", name="Read it again so").click()
    read(site)
    expect(page.get_by_text("₱99,000,250,000.00").first).to_be_visible()
    page.get_by_role("button", name="Read it as at first").click()
    read(site)
    expect(page.get_by_role("heading", name="One question first")).to_be_visible()
    assert amounts(site) == []


def test_what_was_confirmed_is_said_and_an_older_page_applies_nothing(page: Page, site) -> None:
    address = put(site, LIST)
    page.goto(address)
    page.get_by_label("Adjusted Appropriation").check()
    page.get_by_role("button", name="Read it so").click()
    read(site)
    page.get_by_role("button", name="Import all rows").click()
    expect(page.get_by_text("Imported: 2 new")).to_be_visible()
    assert amounts(site) == ["99000000.00", "250.00"]
    later = put(site, LIST.replace("Boats", "Boats and nets"))
    page.goto(later)
    expect(page.get_by_text("Read as your ministry confirmed on")).to_be_visible()
    other = page.context.new_page()
    other.goto(later)
    other.get_by_label("Unit of the amounts").select_option("thousands")
    other.get_by_role("button", name="Read it again so").click()
    read(site)
    expect(other.get_by_text("₱99,000,250,000.00").first).to_be_visible()
    page.get_by_role("button", name="Import all rows").click()
    expect(page.get_by_text("nothing was imported")).to_be_visible()
    assert amounts(site) == ["99000000.00", "250.00"]
