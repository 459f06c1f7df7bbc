"""How the PPA page behaves on any screen, by keyboard, for readers, and when others are faster."""

from types import SimpleNamespace

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import sign_in
from tests.browser.steps import choose, open_distribution, row, say, sideways

pytestmark = pytest.mark.browser
TABS = ("/", "/work-items", "/budget", "/approval", "/history")


@pytest.mark.parametrize("width", [1280, 360])
def test_no_tab_scrolls_sideways(tracked: Page, site: SimpleNamespace, width: int) -> None:
    choose(tracked, "1.2.2", "Edit")
    tracked.locator(".edit-form").get_by_label("Title").fill("Verylongword" * 20)
    tracked.keyboard.press("Enter")
    say(tracked, "is saved")
    tracked.set_viewport_size({"width": width, "height": 740})
    for tab in TABS:
        tracked.goto(site.url + tab)
        assert sideways(tracked) <= 0


def test_amounts_are_never_broken_and_targets_are_large_on_a_phone(tracked: Page) -> None:
    tracked.set_viewport_size({"width": 360, "height": 740})
    lines = tracked.evaluate(
        "[...document.querySelectorAll('.ppa .amount')].filter(x => x.offsetParent)"
        ".map(x => x.getClientRects().length)"
    )
    assert set(lines) == {1}
    small = tracked.evaluate(
        "[...document.querySelectorAll('.ppa button, .ppa .btn, .ppa .tabs a')]"
        ".filter(x => x.offsetParent && x.getBoundingClientRect().height < 40)"
        ".map(x => x.outerHTML.slice(0, 90))"
    )
    assert small == []


def test_the_tree_is_walked_by_keyboard(tracked: Page) -> None:
    focused = tracked.locator(".grid tr:focus .number")
    row(tracked, "1").focus()
    tracked.keyboard.press("ArrowDown")
    expect(focused).to_have_text("1.1")
    tracked.keyboard.press("ArrowLeft")
    expect(row(tracked, "1.1")).to_have_attribute("aria-expanded", "false")
    expect(row(tracked, "1.1.1")).to_be_hidden()
    tracked.keyboard.press("ArrowDown")
    expect(focused).to_have_text("1.2")
    tracked.keyboard.press("ArrowLeft")
    tracked.keyboard.press("ArrowLeft")
    expect(focused).to_have_text("1")
    tracked.keyboard.press("End")
    expect(focused).to_have_text("1.3.3")
    tracked.keyboard.press("Home")
    tracked.keyboard.press("ArrowDown")
    tracked.keyboard.press("ArrowRight")
    tracked.keyboard.press("ArrowRight")
    expect(focused).to_have_text("1.1.1")
    tracked.keyboard.press("Enter")
    expect(tracked.get_by_role("menuitem").first).to_be_focused()
    tracked.keyboard.press("Escape")
    expect(focused).to_have_text("1.1.1")
    tracked.keyboard.press("Enter")
    tracked.keyboard.press("Enter")
    expect(tracked.locator(".edit-form")).to_be_visible()
    tracked.keyboard.type("35")
    tracked.keyboard.press("Enter")
    say(tracked, "is saved")
    expect(focused).to_have_text("1.1.1")
    expect(row(tracked, "1.1.1").locator(".bar-text")).to_have_text("35%")


def test_filtering_keeps_the_way_to_each_match(tracked: Page) -> None:
    tracked.get_by_label("Find in titles").fill("delivery")
    shown = tracked.locator(".grid .number:visible")
    expect(shown).to_have_text(["1", "1.2", "1.2.2"])
    expect(tracked.locator("#find-count")).to_have_text("1 of 13 items")
    tracked.get_by_label("Find in titles").fill("no such thing")
    tracked.get_by_role("button", name="Show all").click()
    expect(shown).to_have_count(13)
    tracked.get_by_role("button", name="Collapse all").click()
    expect(shown).to_have_text(["1", "1.1", "1.2", "1.3"])
    tracked.reload()
    expect(shown).to_have_text(["1", "1.1", "1.2", "1.3"])


def test_a_stale_edit_saves_nothing_and_keeps_what_was_typed(
    tracked: Page, context: BrowserContext
) -> None:
    choose(tracked, "1.2.2", "Edit")
    other = context.new_page()
    other.goto(tracked.url)
    choose(other, "1.2.2", "Edit")
    other.locator(".edit-form").get_by_label("Title").fill("Delivery by others")
    other.keyboard.press("Enter")
    say(other, "is saved")
    tracked.locator(".edit-form").get_by_label("Title").fill("Delivery by me")
    tracked.keyboard.press("Enter")
    form = tracked.locator(".edit-form")
    told = "maria changed Title from “Delivery” to “Delivery by others”"
    expect(form.locator(".form-problem")).to_contain_text(told)
    expect(form.get_by_label("Title")).to_have_value("Delivery by me")
    expect(row(tracked, "1.2.2")).to_contain_text("Delivery by others")


def test_a_distribution_overtaken_by_a_change_is_previewed_again(
    tracked: Page, context: BrowserContext
) -> None:
    open_distribution(tracked, "equal")
    expect(tracked.locator("[data-apply]")).to_be_enabled()
    other = context.new_page()
    other.goto(tracked.url)
    choose(other, "1.1.1", "Cancel…")
    other.get_by_role("button", name="Cancel the work item").click()
    say(other, "is cancelled")
    tracked.locator("[data-apply]").click()
    expect(tracked.locator("#dialog .callout")).to_contain_text("changed since this preview")
    expect(tracked.locator("#dialog input[value=equal]")).to_be_checked()
    expect(tracked.locator("[data-apply]")).to_be_enabled()
    tracked.locator("[data-apply]").click()
    say(tracked, "distributed over 11 items")


def test_the_budget_tab_undoes_the_latest_distribution(
    tracked: Page, site: SimpleNamespace
) -> None:
    open_distribution(tracked, "equal")
    expect(tracked.locator("[data-apply]")).to_be_enabled()
    tracked.locator("[data-apply]").click()
    say(tracked, "distributed")
    tracked.goto(f"{site.url}/budget")
    expect(tracked.locator(".history-head")).to_contain_text("by Maria Santos")
    tracked.locator(".history").get_by_role("button", name="Undo").click()
    say(tracked, "undone")
    expect(tracked.locator(".history-head")).to_contain_text("Undone")
    expect(tracked.locator(".history").get_by_role("button", name="Undo")).to_have_count(0)
    expect(tracked.locator(".figures-table").first).to_contain_text("₱275,922,454.80")


def test_a_viewer_is_offered_nothing_to_change(
    tracked: Page, context: BrowserContext, site: SimpleNamespace
) -> None:
    context.clear_cookies()
    page = context.new_page()
    sign_in(page, site, "viewer")
    page.goto(f"{site.url}/work-items")
    expect(page.get_by_role("treegrid")).to_be_visible()
    for name in ("Distribute budget…", "Add item…", "Disable tracking"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)
    row(page, "1.2").locator("[data-menu]").click()
    assert page.get_by_role("menuitem").all_inner_texts() == [
        " How was this computed?",
        " Spending…",
        " History…",
    ]


def test_disabling_keeps_the_tree_for_reading_and_enabling_goes_on(tracked: Page) -> None:
    choose(tracked, "1.1.1", "Duplicate")
    say(tracked, "is copied")
    tracked.get_by_role("button", name="Disable tracking").click()
    tracked.locator("#dialog").get_by_role("button", name="Disable tracking").click()
    expect(tracked.locator(".callout")).to_contain_text("No longer tracked.")
    expect(tracked.locator(".grid .number")).to_have_count(14)
    expect(tracked.get_by_role("button", name="Add item…")).to_have_count(0)
    tracked.get_by_role("button", name="Enable tracking…").click()
    tracked.locator("#enable-dialog").get_by_role("button", name="Enable tracking").click()
    expect(tracked.locator(".grid .number")).to_have_count(14)


def test_every_tab_and_dialog_passes_axe(tracked: Page, site: SimpleNamespace) -> None:
    axe = Axe()

    def violations() -> list[str]:
        return [found["id"] for found in axe.run(tracked).response["violations"]]

    assert violations() == []
    for action in (
        "Edit",
        "Progress…",
        "Spending and posting…",
        "Add below…",
        "Move to…",
        "Delete…",
    ):
        choose(tracked, "1.2", action)
        tracked.locator(".edit-form, #dialog[open] .dialog-body").first.wait_for()
        assert (action, violations()) == (action, [])
        tracked.keyboard.press("Escape")
    open_distribution(tracked, "manual")
    expect(tracked.locator("[data-show-total]")).not_to_be_empty()
    assert violations() == []
    for tab in TABS:
        tracked.goto(site.url + tab)
        assert (tab, violations()) == (tab, [])
