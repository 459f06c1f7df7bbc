"""Who was only told “import this” answers what is asked, and ends with the right sum."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import check_accessibility
from tests.browser.test_reading_of_lists import amounts, put, read

ODD = (
    "MINISTRY OF AGRICULTURE, FISHERIES AND AGRARIAN REFORM,,,\n"
    "(in thousand pesos),,,\n"
    ",,,\n"
    "PPA Code,Project Title,FY 2025 Budget,Start Date\n"
    'MAFAR-2025-301,Provision of certified seeds,"98,467.50",25/01/2025\n'
    "MAFAR-2025-302,Boats,250,02/03/2025\n"
    ',TOTAL,"98,717.50",\n'
    ",Budget ceiling,200000,\n"
)


@pytest.mark.parametrize("width", [1280, 360])
def test_a_newcomer_ends_with_the_right_sum(page: Page, site, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(put(site, ODD))
    expect(page.get_by_role("heading", name="One question first")).to_be_visible()
    expect(page.get_by_text("stands below the total")).to_be_visible()
    check_accessibility(page)
    page.get_by_label("No, left out").check()
    page.get_by_role("button", name="Read it so").click()
    read(site)
    page.get_by_role("button", name="Import all rows").click()
    expect(page.get_by_text("Imported: 2 new")).to_be_visible()
    assert amounts(site) == ["98467500.00", "250000.00"]
