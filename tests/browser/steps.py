"""Words for what people do on the PPA page."""

from playwright.sync_api import Locator, Page, expect


def row(page: Page, number: str) -> Locator:
    """The row of the grid with this outline number."""
    exact = page.locator(f".number:text-is('{number}')")
    return page.locator(".grid tr[data-id]").filter(has=exact)


def choose(page: Page, number: str, action: str) -> None:
    """Picks an action from a row's menu."""
    row(page, number).locator("[data-menu]").click()
    page.get_by_role("menuitem", name=action, exact=True).click()


def say(page: Page, words: str) -> None:
    """Waits for a message."""
    expect(page.locator("#toasts")).to_contain_text(words)


def amounts(page: Page, name: str) -> list[str]:
    """A column of the distribution dialog, one text per item."""
    return page.locator(f"tr[data-item] [data-show-{name}]").all_inner_texts()


def budget(page: Page, number: str) -> str:
    """What the grid shows as the item's budget."""
    return row(page, number).locator("td[data-label=Budget] > .amount").inner_text()


def open_distribution(page: Page, method: str, cascade: bool = True) -> None:
    page.get_by_role("button", name="Distribute budget…").click()
    page.locator(f"#dialog input[name=method][value={method}]").check()
    if cascade:
        page.locator("#dialog input[name=cascade]").check()


def sideways(page: Page) -> int:
    """By how many pixels the page is wider than the window."""
    return page.evaluate("document.documentElement.scrollWidth - window.innerWidth")


def edit(page: Page, number: str) -> Locator:
    """Opens a row's editor."""
    choose(page, number, "Edit")
    form = page.locator(".edit-row form")
    form.wait_for()
    return form
