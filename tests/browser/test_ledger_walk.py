"""A quarter of a line's money in the browser: release, obligation, payment, NORSA, void, closing.

By keyboard where clerks work all day (SPEC 6).
"""

from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect

from obcms.kernel.extensions import db
from tests.browser.accessibility import check_accessibility
from tests.browser.conftest import sign_in
from tests.browser.steps import say, sideways
from tests.support.budget_lines import make_act, make_line, post
from tests.support.ledger import prepared

pytestmark = pytest.mark.browser
LONG = (
    "Construction, Rehabilitation and Equipping of Fish Ports, Rural Landing Centers and Cold "
    "Chain Facilities in Geographically Isolated and Disadvantaged Areas"
)
HUGE = {"ps": "94411666856.24", "mooe": "31204330417.55", "co": "7533113908.10"}


@pytest.fixture
def line(site: SimpleNamespace) -> str:
    """The address of a line of MAFAR, whose MOOE is for later release."""
    with site.app.app_context():
        made = make_line({"mooe": "1000000.00"}, moa="MAFAR", title=LONG, for_later_release=True)
        number = made.id
        db.session.commit()
        db.session.remove()
    return f"{site.home}/admin/budget-lines/{number}/"


@pytest.fixture(params=[1280, 360])
def at_width(page: Page, request: pytest.FixtureRequest) -> None:
    """A desk's screen, and a phone's."""
    page.set_viewport_size({"width": request.param, "height": 800})


def enter(page: Page, reference: str, payee: str, amount: str) -> None:
    """Types an obligation from where the cursor is, and presses Enter."""
    for text in (reference, payee):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.keyboard.type(amount)
    page.keyboard.press("Enter")


def release(page: Page, line: str, site: SimpleNamespace) -> None:
    page.context.clear_cookies()
    sign_in(page, site, "mfbm_analyst")
    page.goto(line)
    page.get_by_label("Kind").first.select_option("allotment")
    page.get_by_label("Posting date").fill("2025-01-15")
    page.get_by_label("Document date").fill("2025-01-15")
    page.get_by_label("Document no.").fill("SARO-25-1")
    page.get_by_label("Amount, ₱").fill("600,000.00")
    expect(page.locator("#fits")).to_contain_text("₱1,000,000.00 of the appropriation")
    page.get_by_label("Amount, ₱").press("Enter")
    say(page, "Allotment SARO-25-1: ₱600,000.00 is posted.")


def as_clerk(page: Page, line: str, site: SimpleNamespace, day: str = "2025-02-03") -> None:
    page.context.clear_cookies()
    sign_in(page, site, "maria")
    page.goto(line)
    page.get_by_label("Posting date").fill(day)
    page.get_by_label("Document date").fill(day)
    page.get_by_label("Document no.").focus()


@pytest.mark.usefixtures("at_width")
def test_money_is_released_obligated_paid_and_given_back(
    page: Page, site: SimpleNamespace, line: str
) -> None:
    release(page, line, site)
    as_clerk(page, line, site)
    enter(page, "ORS-1", "Bangsamoro Builders", "600000.01")
    problem = page.locator("#quick [data-field=amount] .field-problem")
    expect(problem).to_contain_text("Only ₱600,000.00 of the allotment is unobligated")
    amount = page.get_by_label("Amount, ₱")
    expect(amount).to_be_focused()
    amount.fill("400,000.00")
    expect(page.locator("#fits")).to_contain_text("Fits: ₱600,000.00")
    amount.press("Enter")
    say(page, "Obligation ORS-1: ₱400,000.00 is posted.")
    page.get_by_role("link", name="Open this obligation ORS-1").click()
    page.wait_for_url("**/admin/obligations/**", wait_until="load")
    page.get_by_role("button", name="Accepted: make payable…").click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("Document no.").fill("BILL-1")
    dialog.get_by_label("Amount").fill("300000")
    dialog.get_by_label("Acceptance or claim no.").fill("IAR-1")
    dialog.get_by_label("Accepted on").fill("2025-02-03")
    dialog.get_by_label("This is the final bill").check()
    dialog.get_by_role("button", name="Post").click()
    say(page, "Payable BILL-1")
    page.get_by_role("button", name="Pay…").click()
    expect(dialog.get_by_label("Amount")).to_have_value("300000.00")
    dialog.get_by_label("DV no.").fill("DV-1")
    dialog.get_by_label("Paid by").select_option("ada")
    dialog.get_by_role("button", name="Post").click()
    say(page, "Disbursement DV-1: ₱300,000.00 is posted.")
    page.get_by_role("button", name="Give it back by NORSA…").click()
    dialog.get_by_label("NORSA no.").fill("NORSA-1")
    expect(dialog.get_by_label("Amount")).to_have_value("-100000.00")
    dialog.get_by_role("button", name="Post").click()
    say(page, "NORSA-1: −₱100,000.00 is posted.")
    expect(page.locator(".strip-wide")).to_contain_text("Still unpaid")


@pytest.mark.usefixtures("at_width")
def test_ten_obligations_without_the_mouse_and_a_void(
    page: Page, site: SimpleNamespace, line: str
) -> None:
    release(page, line, site)
    as_clerk(page, line, site)
    for number in range(1, 11):
        enter(page, f"ORS-{number}", f"Supplier {number}", "1,000.50")
        say(page, f"Obligation ORS-{number}: ₱1,000.50 is posted.")
        expect(page.get_by_label("Document no.")).to_be_focused()
    expect(page.locator(".registry-table tfoot")).to_contain_text("10,005.00")
    menu = page.get_by_label("What to do with ORS-10")
    menu.focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Void…").press("Enter")
    page.locator("#dialog").get_by_label("Why is it voided?").fill("Wrong payee")
    page.keyboard.press("Enter")
    say(page, "ORS-10: ₱1,000.50 is voided.")
    expect(page.locator(".is-voided")).to_contain_text("Voided: Wrong payee")


@pytest.mark.usefixtures("at_width")
def test_a_quarter_is_closed_and_takes_no_entry(
    page: Page, site: SimpleNamespace, line: str
) -> None:
    release(page, line, site)
    page.goto(f"{site.home}/admin/ledger/quarters/")
    expect(page.locator("table").first).to_contain_text("MAFAR")
    page.get_by_role("button", name="Close the first quarter of 2025…").press("Enter")
    page.locator("#dialog").get_by_role("button", name="Close the quarter").press("Enter")
    say(page, "The first quarter of 2025 is closed.")
    as_clerk(page, line, site)
    page.get_by_label("Amount, ₱").fill("5")
    expect(page.locator("#fits")).to_contain_text("The first quarter of 2025 is closed")


def test_a_document_gets_more_rows_without_losing_what_is_typed(
    page: Page, site: SimpleNamespace, line: str
) -> None:
    page.context.clear_cookies()
    sign_in(page, site, "mfbm_analyst")
    page.goto(f"{site.home}/admin/ledger/movements/new")
    page.get_by_label("Amount of row 1, pesos").fill("-5")
    page.get_by_role("button", name="More rows").press("Enter")
    expect(page.locator(".movement-row")).to_have_count(12)
    expect(page.get_by_label("Line of row 7")).to_be_focused()
    expect(page.get_by_label("Amount of row 12, pesos")).to_have_value("")
    expect(page.get_by_label("Amount of row 1, pesos")).to_have_value("-5")
    expect(page.locator("[name=rows]")).to_have_value("12")
    check_accessibility(page)


@pytest.mark.usefixtures("at_width")
def test_every_page_fits_and_can_be_read_by_everybody(
    page: Page, site: SimpleNamespace, line: str
) -> None:
    with site.app.app_context():
        big = make_line(HUGE, moa="MAFAR", title=f"{LONG} A", act=make_act(), ppa_id=site.ppa_id)
        entry = post(big, "obligation", "21204330417.55", payee="Supplier " * 20)
        prepared()
        addresses = [
            "budget-lines/",
            f"budget-lines/{big.id}/?class=mooe",
            f"budget-lines/{big.id}/?register=rapal",
            f"obligations/{entry.obligation_id}/",
            f"ppa/{site.ppa_id}/funds",
            "ledger/payments/?q=supplier",
            "ledger/status/",
            "ledger/offices/",
            "ledger/movements/",
            f"ledger/movements/new?line={big.id}",
            "ledger/quarters/",
        ]
        db.session.commit()
        db.session.remove()
    page.context.clear_cookies()
    sign_in(page, site, "mfbm_analyst")
    for address in addresses:
        page.goto(f"{site.home}/admin/{address}")
        assert sideways(page) <= 0, address
        check_accessibility(page)
