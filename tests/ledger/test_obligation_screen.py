"""The page of an obligation, and what is entered under it from its entries (SPEC 6)."""

from datetime import date
from decimal import Decimal

from lxml import html
from sqlalchemy import select

from obcms.kernel.extensions import db
from obcms.ledger.models import FundEntry, Obligation
from tests.support.budget_lines import make_act, make_line, post


def strip(page: str) -> dict[str, str]:
    """The figures above."""
    parts = html.fromstring(page).xpath("//dl[@class='strip-wide']/div")
    return {part.findtext("dt"): " ".join(part.find("dd").text_content().split()) for part in parts}


def test_an_ors_over_several_lines_is_one_screen(people, sign_in_as, app) -> None:
    act = make_act()
    one, other = make_line(act=act), make_line(act=act)
    first = post(one, "obligation", "900.00", reference="ORS-7")
    post(other, "obligation", "100.00", reference="ors-7")
    post(make_line(moa="MAFAR", act=act), "obligation", "5.00", reference="ORS-7")
    under = {"obligation_id": first.obligation_id, "entry_date": date(2025, 3, 1)}
    post(one, "payable", "500.00", **under)
    number = first.obligation_id
    titles = (one.title, other.title)
    db.session.commit()
    page = sign_in_as(people.viewer).get(f"/admin/obligations/{number}/").text
    assert all(title in page for title in titles)
    assert strip(page) == {
        "Obligated": "₱1,000.00",
        "Disbursed": "₱0.00",
        "Still unpaid": "₱1,000.00",
        "of which due and demandable": "₱500.00since 1 Mar 2025",
        "not yet due": "₱500.00since 3 Feb 2025",
    }
    assert sign_in_as(people.outsider).get(f"/admin/obligations/{number}/").status_code == 404


def test_what_a_final_bill_leaves_is_offered_to_be_given_back(people, sign_in_as, app) -> None:
    line = make_line()
    entry = post(line, "obligation", "900.00")
    post(line, "payable", "650.00", obligation_id=entry.obligation_id, is_final=True)
    numbers = (entry.obligation_id, entry.id)
    db.session.commit()
    client = sign_in_as(people.moa_staff)
    page = client.get(f"/admin/obligations/{numbers[0]}/").text
    assert "leaves" in page
    assert "₱250.00" in page
    offered = f"fund-entries/{numbers[1]}/follow?kind=obligation_adjustment&amount=-250.00"
    assert offered in page.replace("&amp;", "&")
    dialog = client.get(f"/admin/{offered}").text
    assert 'value="-250.00"' in dialog
    viewer = sign_in_as(people.viewer).get(f"/admin/obligations/{numbers[0]}/").text
    assert "follow?kind" not in viewer


def test_a_refund_and_a_cancelled_check_differ_in_what_is_due(people, sign_in_as, app) -> None:
    line = make_line()
    number = post(line, "obligation", "900.00").obligation_id
    paid = post(line, "disbursement", "500.00", obligation_id=number, with_payable=True)
    paid_id = paid.id
    db.session.commit()
    client = sign_in_as(people.moa_staff)
    address = f"/admin/fund-entries/{paid_id}/follow"
    sent = {"kind": "disbursement_adjustment", "entry_date": "2025-02-04", "amount": "-100.00"}
    refund = sent | {"reference": "OR-1", "with_payable": "1"}
    assert client.post(address, data=refund).status_code == 302
    assert client.post(address, data=sent | {"reference": "CHK-1"}).status_code == 302
    found = db.session.get_one(Obligation, number)
    assert (found.payable, found.disbursed) == (Decimal("400.00"), Decimal("300.00"))


def test_a_cash_advance_is_liquidated_from_its_row(people, sign_in_as, app) -> None:
    line = make_line()
    number = post(line, "obligation", "900.00").obligation_id
    more = {"obligation_id": number, "with_payable": True, "mode": "cash_advance"}
    paid_id = post(line, "disbursement", "500.00", **more).id
    db.session.commit()
    client = sign_in_as(people.moa_staff)
    address = f"/admin/obligations/{number}/"
    assert "₱500.00 not liquidated" in html.fromstring(client.get(address).text).text_content()
    sent = {"kind": "liquidation", "entry_date": "2025-02-09", "reference": "LR-1"}
    sent |= {"amount": "500.00"}
    follow = f"/admin/fund-entries/{paid_id}/follow"
    assert client.post(follow, data=sent).status_code == 302
    assert "not liquidated" not in client.get(address).text


def test_what_does_not_follow_from_an_entry_is_not_found(people, sign_in_as, app) -> None:
    line = make_line()
    entry = post(line, "obligation", "900.00")
    number = entry.id
    allotted = db.session.scalars(select(FundEntry).order_by(FundEntry.id)).first().id
    db.session.commit()
    client = sign_in_as(people.mfbm_analyst)
    for one, kind in ((number, "liquidation"), (number, "nonsense"), (allotted, "payable")):
        assert client.get(f"/admin/fund-entries/{one}/follow?kind={kind}").status_code == 404


def test_last_months_payroll_is_copied_into_a_new_obligation(people, sign_in_as, app) -> None:
    line = make_line()
    number = post(line, "obligation", "1234.50", payee="Payroll", remarks="January").obligation_id
    other = make_line()
    line_id, other_id = line.id, other.id
    db.session.commit()
    client = sign_in_as(people.moa_staff)
    page = client.get(f"/admin/budget-lines/{line_id}/?copy={number}").text
    form = html.fromstring(page).get_element_by_id("quick")
    begun = {name: value for name, value in form.form_values() if name}
    assert (begun["payee"], begun["amount"], begun["remarks"]) == ("Payroll", "1,234.50", "January")
    assert begun["reference"] == ""
    elsewhere = client.get(f"/admin/budget-lines/{other_id}/?copy={number}").text
    assert "1,234.50" not in elsewhere
