"""What axe finds wrong on a page."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page


def check_accessibility(page: Page) -> None:
    """Fails with the names of the rules that the page breaks, as it stands now."""
    assert [found["id"] for found in Axe().run(page).response["violations"]] == []
