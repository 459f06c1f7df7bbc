"""The Funds tab of a PPA (SPEC 6)."""

from lxml import html

from obcms.kernel.extensions import db
from obcms.ledger.reads.unreconciled import unreconciled
from tests.support.budget_lines import make_line, post
from tests.support.factories import make_ppa, spend, track


def shown(page: str) -> dict[str, str]:
    """The figures in the strips, by their names."""
    parts = html.fromstring(page).xpath("//dl[@class='strip-wide']/div")
    return {part.findtext("dt"): " ".join(part.find("dd").text_content().split()) for part in parts}


def test_a_ppa_without_a_line_says_so(people, sign_in_as, app) -> None:
    ppa_id = make_ppa().id
    db.session.commit()
    page = sign_in_as(people.viewer).get(f"/admin/ppa/{ppa_id}/funds").text
    assert "No line of an appropriations act funds this PPA" in page


def test_the_allocation_stands_beside_what_the_lines_have(people, sign_in_as, app) -> None:
    ppa = make_ppa(budget="1500000.00")
    make_line(ppa_id=ppa.id)
    make_line({"co": "300000.00"}, ppa_id=ppa.id)
    ppa_id = ppa.id
    db.session.commit()
    page = sign_in_as(people.viewer).get(f"/admin/ppa/{ppa_id}/funds").text
    told = shown(page)
    assert told["Allocation of this PPA"] == "₱1,500,000.00"
    assert told["Appropriations of its lines"] == "₱1,300,000.00"
    assert told["Difference"] == "₱200,000.00"
    assert "illustration" not in page


def test_what_makes_up_the_difference_to_the_work_items_is_named(people, sign_in_as, app) -> None:
    ppa = make_ppa()
    item = track(ppa)["Resources"]
    line = make_line(ppa_id=ppa.id)
    under = {"obligation_id": post(line, "obligation", "900.00").obligation_id}
    paid = post(line, "disbursement", "500.00", reference="DV-1", with_payable=True, **under)
    post(
        line,
        "disbursement_adjustment",
        "-100.00",
        reference="OR-7",
        disbursement_id=paid.id,
        with_payable=True,
    )
    more = {"mode": "cash_advance", "with_payable": True, **under}
    post(line, "disbursement", "50.00", reference="DV-2", **more)
    spend(item, "30.00")
    ppa_id = ppa.id
    db.session.commit()
    found = unreconciled(ppa_id)
    assert [str(one) for one in (found.disbursed, found.spent, found.difference)] == [
        "450.00",
        "30.00",
        "420.00",
    ]
    assert [(one.number, str(one.difference)) for one in found.only_disbursed] == [
        ("DV-1", "400.00"),
        ("DV-2", "50.00"),
    ]
    assert [(one.number, str(one.difference)) for one in found.only_spent] == [
        ("without a number", "-30.00")
    ]
    page = sign_in_as(people.viewer).get(f"/admin/ppa/{ppa_id}/funds").text
    told = shown(page)
    assert told["Unreconciled difference"] == "₱420.00"
    assert told["Disbursed, by the ledger"] == "₱450.00 of which ₱50.00 not liquidated"


def test_the_tab_costs_as_many_queries_for_any_number_of_lines(
    people, sign_in_as, app, count_queries
) -> None:
    client, counts = sign_in_as(people.viewer), []
    for size in (1, 6):
        ppa = make_ppa()
        for _ in range(size):
            make_line(ppa_id=ppa.id)
        address = f"/admin/ppa/{ppa.id}/funds"
        db.session.commit()
        client.get(address)
        with count_queries() as sent:
            assert client.get(address).status_code == 200
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 8, sent
