"""The API's document is readable at its own address, with nothing from another host."""

from types import SimpleNamespace

from playwright.sync_api import BrowserContext, expect


def test_every_operation_is_shown(context: BrowserContext, site: SimpleNamespace) -> None:
    page = context.new_page()
    document = page.request.get(f"{site.home}/api/docs/openapi.json").json()
    verbs = {"get", "post", "put", "patch", "delete"}
    operations = sum(len(verbs & path.keys()) for path in document["paths"].values())
    assert operations > 40
    page.goto(f"{site.home}/api/docs/")
    expect(page.get_by_text("Preview or apply a distribution")).to_be_visible()
    expect(page.locator(".opblock")).to_have_count(operations)
