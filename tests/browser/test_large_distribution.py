"""The distribution dialog takes time in proportion to the items that it shows."""

from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from obcms.kernel.extensions import db
from obcms.work.models import WorkItem
from obcms.work.rules.choices import WorkType
from tests.browser.conftest import enable
from tests.browser.steps import open_distribution

pytestmark = pytest.mark.browser
# A search of the whole form for each of its rows or problems looks at every row for every row.
COUNT_SEARCHES = """() => {
  window.searches = 0;
  for (const name of ["querySelector", "querySelectorAll"]) {
    const found = Element.prototype[name];
    HTMLFormElement.prototype[name] = function (...sought) {
      window.searches += 1;
      return found.apply(this, sought);
    };
  }
}"""
FILL = """(amount) => {
  const boxes = document.querySelectorAll('#dialog input[name^="allocations/"]');
  for (const box of boxes) box.value = amount;
}"""


def add_items(site: SimpleNamespace, more: int) -> None:
    """So many tasks more right below the execution project."""
    with site.app.app_context():
        root = db.session.scalars(select(WorkItem).where(WorkItem.parent_id.is_(None))).one()
        db.session.add_all(
            WorkItem(
                parent=root,
                ppa_id=root.ppa_id,
                work_type=WorkType.TASK,
                title=f"Task {place}",
                position=100 + place,
            )
            for place in range(more)
        )
        db.session.commit()
        db.session.remove()


def searches(page: Page, site: SimpleNamespace, amount: str) -> tuple[int, int]:
    """The items of the dialog, and the searches of its form for a preview and for refusals."""
    page.goto(f"{site.url}/work-items")
    page.evaluate(COUNT_SEARCHES)
    open_distribution(page, "manual", cascade=False)
    table = page.locator(".dist")
    note = page.locator("#dialog .dist-note")
    page.locator("#dialog input[name=method][value=equal]").check()
    expect(note).to_contain_text("would change")
    page.locator("#dialog input[name=method][value=manual]").check()
    page.evaluate(FILL, amount)
    page.evaluate("window.searches = 0")
    page.locator("#dialog input[name^='allocations/']").first.press("End")
    page.locator("#dialog input[name^='allocations/']").first.press("x")
    expect(page.locator("#dialog .field-problem:visible").first).to_be_visible()
    page.locator("#dialog input[name=method][value=equal]").check()
    expect(note).to_contain_text("would change")
    return table.locator("tr[data-item]").count(), page.evaluate("window.searches")


def test_its_form_is_searched_no_more_often_for_more_items(
    page: Page, site: SimpleNamespace
) -> None:
    enable(page, "minimal")
    add_items(site, 3)
    few, for_few = searches(page, site, "1.005")
    add_items(site, 30)
    many, for_many = searches(page, site, "1.005")
    assert (few, many) == (4, 34)  # with the item of the template
    assert 0 < for_few == for_many
