"""The walk of SPEC 13: enable tracking, distribute, report, post, move; everything follows."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import enable
from tests.browser.steps import amounts, budget, choose, open_distribution, row, say

pytestmark = pytest.mark.browser
THIRDS = ["₱153,290,252.67", "₱153,290,252.67", "₱153,290,252.66"]
SHARES = ["₱91,974,151.60", "₱275,922,454.80", "₱91,974,151.60"]


def test_enabling_with_the_program_template_makes_its_tree(page: Page) -> None:
    enable(page, "program")
    numbers = page.locator(".grid .number").all_inner_texts()
    assert numbers[:6] == ["1", "1.1", "1.1.1", "1.1.2", "1.1.3", "1.2"]
    assert len(numbers) == 13
    assert [budget(page, n) for n in ("1.1", "1.2", "1.3")] == SHARES


def test_reporting_a_leaf_moves_the_root_and_the_ppa(tracked: Page) -> None:
    row(tracked, "1.2.2").locator(".bar-button").click()
    tracked.get_by_label("Report progress, in percent").fill("90")
    tracked.locator(".report").get_by_role("button", name="Save").click()
    say(tracked, "is saved")
    expect(row(tracked, "1.2").locator(".bar-text")).to_have_text("30%")
    expect(row(tracked, "1").locator(".bar-text")).to_have_text("10%")
    expect(tracked.locator(".head .bar-text")).to_have_text("10%")
    expect(tracked.locator(".head-badges")).to_contain_text("Ongoing")


def test_a_shown_percent_explains_itself(tracked: Page) -> None:
    choose(tracked, "1.2.2", "Edit")
    tracked.locator(".edit-form").get_by_label("Progress, %").fill("90")
    tracked.keyboard.press("Enter")
    say(tracked, "is saved")
    tracked.locator(".head .bar-button").click()
    dialog = tracked.locator("#dialog")
    expect(dialog).to_contain_text("Every item counts the same.")
    rows = dialog.locator("tbody tr")
    expect(rows.nth(1)).to_contain_text("30.00%")
    expect(rows.nth(1).locator("td").last).to_have_text("10.00")
    expect(dialog.locator("tfoot")).to_contain_text("10.00%")


@pytest.mark.parametrize(
    ("method", "proposed"),
    [("equal", THIRDS), ("proportional", SHARES), ("template", SHARES)],
)
def test_methods_without_numbers_preview_live(
    tracked: Page, method: str, proposed: list[str]
) -> None:
    open_distribution(tracked, method)
    expect(tracked.locator("[data-show-total]")).to_have_text("₱459,870,758.00")
    expect(tracked.locator("tr[data-item] [data-show-proposed]")).to_have_text(proposed)


def test_weights_preview_apply_and_undo(tracked: Page) -> None:
    open_distribution(tracked, "weighted")
    for title, weight in (("1.1", "50"), ("1.2", "30"), ("1.3", "10")):
        tracked.get_by_label(f"Weight of {title}").fill(weight)
    expect(tracked.locator(".dist-sum")).to_have_text("Sum 90 of 100: 10 still to give")
    expect(tracked.locator(".form-problem")).to_contain_text("they must sum to 1 or to 100")
    expect(tracked.locator("[data-apply]")).to_be_disabled()
    tracked.get_by_label("Weight of 1.3").fill("20")
    expect(tracked.locator("[data-apply]")).to_be_enabled()
    assert amounts(tracked, "proposed")[0] == "₱229,935,379.00"
    assert amounts(tracked, "difference")[0] == "+₱137,961,227.40"
    tracked.locator("[data-apply]").click()
    say(tracked, "The budget is distributed over 12 items.")
    assert budget(tracked, "1.1") == "₱229,935,379.00"
    assert budget(tracked, "1.1.1") == "₱114,967,689.50"
    tracked.get_by_role("button", name="Undo").click()
    say(tracked, "undone")
    assert [budget(tracked, n) for n in ("1.1", "1.2", "1.3")] == SHARES


def test_amounts_tell_what_is_missing_and_fill_the_rest(tracked: Page) -> None:
    open_distribution(tracked, "manual")
    for number, amount in (("1.1", "100,000,000"), ("1.2", "₱300,000,000.00"), ("1.3", "abc")):
        tracked.get_by_label(f"Amount for {number}").fill(amount)
    problem = tracked.locator("[data-field^='allocations/'] .field-problem:visible")
    expect(problem).to_contain_text("“abc” is not an amount")
    tracked.get_by_label("Amount for 1.3").fill("1")
    expect(tracked.locator(".dist-sum")).to_contain_text("₱59,870,757.00 still to give")
    tracked.locator("tr[data-item]").nth(2).locator("[data-fill]").click()
    expect(tracked.get_by_label("Amount for 1.3")).to_have_value("59,870,758.00")
    tracked.locator("[data-apply]").click()
    say(tracked, "distributed")
    assert budget(tracked, "1.3") == "₱59,870,758.00"


def test_posting_and_voiding_an_expenditure(tracked: Page) -> None:
    choose(tracked, "1.2.2", "Spending and posting…")
    form = tracked.locator(".post-form")
    form.get_by_label("Amount, ₱").fill("12,345,678.90")
    form.get_by_label("What for").fill("Certified seeds, first tranche")
    form.get_by_label("Receipt").set_input_files(
        {"name": "or-117.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 receipt"}
    )
    form.get_by_role("button", name="Post", exact=True).click()
    expect(tracked.locator(".ledger")).to_contain_text("or-117.pdf")
    expect(tracked.locator(".cards")).to_contain_text("₱12,345,678.90")
    tracked.locator(".void summary").click()
    tracked.get_by_label("Why is it voided?").fill("Posted on the wrong item")
    tracked.locator(".void").get_by_role("button", name="Void").click()
    expect(tracked.locator(".void-note")).to_contain_text("Posted on the wrong item")
    expect(tracked.locator(".cards")).not_to_contain_text("₱12,345,678.90")


def test_an_item_with_money_cannot_be_deleted(tracked: Page) -> None:
    choose(tracked, "1.2.2", "Spending and posting…")
    tracked.locator(".post-form").get_by_label("Amount, ₱").fill("500")
    tracked.locator(".post-form").get_by_label("What for").fill("Transport")
    tracked.locator(".post-form").get_by_role("button", name="Post", exact=True).click()
    tracked.locator(".ledger").wait_for()
    tracked.keyboard.press("Escape")
    choose(tracked, "1.2", "Delete…")
    expect(tracked.locator("#dialog")).to_contain_text("cannot be deleted")
    expect(tracked.locator("#dialog")).to_contain_text("₱500.00")


def test_moving_adding_and_cancelling(tracked: Page) -> None:
    choose(tracked, "1.1.1", "Move to…")
    dialog = tracked.locator("#dialog")
    dialog.get_by_label("Find a parent").fill("EVALUATION monit")
    below = dialog.get_by_label("Below", exact=True)
    expect(below.locator("option")).to_have_text(["1.3 Monitoring and evaluation"])
    dialog.get_by_label("Find a parent").fill("")
    expect(below.locator("option").first).to_contain_text("1.1 ")
    below.select_option(label="1.3 Monitoring and evaluation")
    dialog.get_by_label("Position").select_option(label="Before 1.3.1 Data collection")
    dialog.get_by_role("button", name="Move").click()
    # Its budget would make the new parent hold more than it has; the message says by how much.
    problem = dialog.locator(".form-problem p, .field-problem:visible")
    expect(problem).to_contain_text("₱45,987,075.80 more")
    tracked.keyboard.press("Escape")
    choose(tracked, "1.1.3", "Move up")
    expect(row(tracked, "1.1.2")).to_contain_text("Program design")
    choose(tracked, "1.1.2", "Add below…")
    types = dialog.get_by_label("Type").locator("option")
    expect(types).to_have_text(["Sub-activity", "Task"])
    dialog.get_by_label("Title").fill("Write the terms of reference")
    dialog.get_by_role("button", name="Add").click()
    expect(row(tracked, "1.1.2.1")).to_contain_text("Write the terms of reference")
    choose(tracked, "1.3", "Cancel…")
    tracked.get_by_role("button", name="Cancel the work item").click()
    expect(row(tracked, "1.3").locator(".badge")).to_have_text("Cancelled")
    expect(tracked.locator(".cards")).to_contain_text("₱91,974,151.60 free")


def test_computed_progress_cannot_be_typed(tracked: Page) -> None:
    choose(tracked, "1.2", "Edit")
    form = tracked.locator(".edit-form")
    expect(form.get_by_label("Progress, %")).to_be_disabled()
    expect(form).to_contain_text("follow from the 3 items directly below")
    form.get_by_label("Calculate progress automatically").uncheck()
    form.get_by_label("Progress, %").fill("12.5")
    form.get_by_role("button", name="Save").click()
    expect(row(tracked, "1.2").locator(".bar-text")).to_have_text("13%")
