"""A cancelled item shows what it keeps, and no money that is free again (SPEC 5)."""

from types import SimpleNamespace

import pytest
from flask import Flask
from lxml import html

from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM
from obcms.work.work_items import cancel_item
from tests.support.factories import make_ppa, spend, track

CELLS = "td[@data-label='{}']"


@pytest.fixture
def cancelled(app: Flask) -> SimpleNamespace:
    """₱150,000 of a million were Preparation's; ₱1,000 of it were spent, then it was cancelled."""
    ppa = make_ppa("1000000.00")
    items = track(ppa)
    spend(items["Resources"], "1000.00")
    cancel_item(SYSTEM, items["Preparation"])
    found = SimpleNamespace(
        page=f"/admin/ppa/{ppa.id}/",
        top=items["Preparation"].id,
        below=items["Planning and coordination"].id,
    )
    db.session.commit()
    return found


def cell(row: html.HtmlElement, label: str) -> str:
    return " ".join(row.xpath(CELLS.format(label))[0].text_content().split())


@pytest.mark.parametrize(
    ("item", "budget"), [("top", "₱1,000.00had ₱150,000.00"), ("below", "₱0.00had ₱75,000.00")]
)
def test_the_grid_shows_what_it_keeps(
    cancelled, people, sign_in_as, item: str, budget: str
) -> None:
    page = html.fromstring(sign_in_as(people.moa_staff).get(f"{cancelled.page}work-items").text)
    row = page.get_element_by_id(f"row-{getattr(cancelled, item)}")
    assert cell(row, "Budget") == budget
    assert cell(row, "Remaining") == "—"


def test_the_budget_tab_shows_no_money_that_is_free_again(cancelled, people, sign_in_as) -> None:
    page = html.fromstring(sign_in_as(people.moa_staff).get(f"{cancelled.page}budget").text)
    [row] = [one for one in page.xpath("//tbody/tr") if "Preparation" in one.text_content()]
    assert "Balanced" not in row.text_content()
    assert "keeps what was spent, had ₱150,000.00" in " ".join(row.text_content().split())
    shown = [cell(row, label) for label in ("Allocated", "Unallocated", "Remaining", "Variance")]
    assert shown == ["₱1,000.00", "—", "—", "—"]


def test_the_spending_dialog_promises_nothing(cancelled, people, sign_in_as) -> None:
    staff = sign_in_as(people.moa_staff)
    dialog = staff.get(f"{cancelled.page}items/{cancelled.top}/spending").text
    assert "<dt>Had</dt>" in dialog
    assert "Remaining" not in dialog
