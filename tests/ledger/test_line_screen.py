"""The list of budget lines, a line's page, and quick entry on it (SPEC 6)."""

from decimal import Decimal

import pytest
from lxml import html
from sqlalchemy import func, select

from obcms.kernel.extensions import db
from obcms.ledger.models import BudgetLine, FundEntry
from tests.support.budget_lines import make_act, make_line, post

LONG = "Construction of Barangay Health Stations in Geographically Isolated Areas " * 3


@pytest.fixture
def line_id(app) -> int:
    """A line of MOH with a million of MOOE, of which 400,000 are obligated."""
    line = make_line()
    entry = post(line, "obligation", "400000.00", reference="ORS-1")
    post(line, "payable", "300000.00", obligation_id=entry.obligation_id)
    post(line, "disbursement", "100000.00", obligation_id=entry.obligation_id, reference="DV-1")
    db.session.commit()
    return line.id


def fields(page: str) -> dict[str, str]:
    """What quick entry would send as it stands."""
    form = html.fromstring(page).get_element_by_id("quick")
    return {name: value for name, value in form.form_values() if name}


def test_the_list_shows_the_money_of_own_lines_and_its_sum(people, sign_in_as, line_id) -> None:
    make_line({"ps": "5.00"}, moa="MAFAR")
    db.session.commit()
    page = sign_in_as(people.moa_staff).get("/admin/budget-lines/").text
    assert "All 1 lines shown here" in page
    assert page.count("₱600,000.00") == 3  # available: the line, its class, the sum
    assert "₱5.00" not in page
    everything = sign_in_as(people.viewer).get("/admin/budget-lines/").text
    assert "All 2 lines shown here" in everything
    assert "₱1,000,005.00" in everything


@pytest.mark.parametrize("asked", ["moh", "health stations", "T1 barangay"])
def test_lines_are_found_by_title_office_and_act(people, sign_in_as, app, asked: str) -> None:
    make_line(act=make_act(number="BAA T1"))
    make_line({"ps": "1.00"}, moa="MAFAR", title="Fisheries", act=make_act(number="BAA T2"))
    db.session.commit()
    page = sign_in_as(people.viewer).get("/admin/budget-lines/", query_string={"search": asked})
    assert "Barangay Health" in page.text
    assert "Fisheries" not in page.text


def test_another_ministrys_line_does_not_exist(people, sign_in_as, line_id) -> None:
    client = sign_in_as(people.outsider)
    for address in ("", "available?kind=obligation", "export.csv"):
        assert client.get(f"/admin/budget-lines/{line_id}/{address}").status_code == 404
    sent = {"kind": "obligation", "appropriation_class": "mooe", "amount": "1"}
    assert client.post(f"/admin/budget-lines/{line_id}/post", data=sent).status_code == 404


def test_raod_runs_on_entry_by_entry(people, sign_in_as, line_id) -> None:
    page = html.fromstring(sign_in_as(people.viewer).get(f"/admin/budget-lines/{line_id}/").text)
    rows = [
        [cell.text_content().strip() for cell in row.findall("td")[3:9]]
        for row in page.xpath("//table[contains(@class, 'registry-table')]/tbody/tr")
    ]
    assert rows[0] == ["1,000,000.00", "", "1,000,000.00", "", "0.00", "0.00"]
    assert rows[1] == ["", "400,000.00", "600,000.00", "", "0.00", "400,000.00"]
    assert rows[2] == ["", "", "600,000.00", "", "300,000.00", "100,000.00"]
    assert rows[3] == ["", "", "600,000.00", "100,000.00", "200,000.00", "100,000.00"]


def test_what_came_before_the_days_shown_is_brought_forward(people, sign_in_as, line_id) -> None:
    line = db.session.get_one(BudgetLine, line_id)
    post(line, "obligation", "5.00", entry_date="2025-03-05", reference="ORS-3")
    db.session.commit()
    page = sign_in_as(people.viewer).get(f"/admin/budget-lines/{line_id}/?since=2025-03-01").text
    sums = html.fromstring(page).xpath("//tr[@class='registry-sum']")
    told = [[cell.text_content().strip() for cell in row] for row in sums]
    assert [row[0] for row in told] == ["Brought forward", "These days", "To date"]
    assert [row[2] for row in told] == ["400,000.00", "5.00", "400,005.00"]
    assert "ORS-1" not in page.split("<tbody>")[2].split("</tbody>")[0]


def test_a_voided_entry_is_struck_with_its_reason(people, sign_in_as, line_id) -> None:
    entry = db.session.scalars(select(FundEntry).where(FundEntry.reference == "DV-1")).one().id
    client = sign_in_as(people.moa_staff)
    dialog = client.get(f"/admin/fund-entries/{entry}/void").text
    assert "DV-1" in dialog
    client.post(f"/admin/fund-entries/{entry}/void", data={"reason": "Paid by the other office"})
    page = client.get(f"/admin/budget-lines/{line_id}/").text
    row = html.fromstring(page).get_element_by_id(f"entry-{entry}")
    assert row.get("class").strip() == "is-voided"
    assert "Paid by the other office" in row.text_content()
    hidden = client.get(f"/admin/budget-lines/{line_id}/?voided=hidden").text
    assert f'id="entry-{entry}"' not in hidden


def test_quick_entry_posts_and_keeps_what_the_next_one_shares(people, sign_in_as, line_id) -> None:
    client = sign_in_as(people.moa_staff)
    address = f"/admin/budget-lines/{line_id}/"
    sent = fields(client.get(address).text)
    assert sent["kind"] == "obligation"
    sent |= {"entry_date": "2025-03-03", "document_date": "2025-03-01", "reference": "ORS-2"}
    sent |= {"payee": "Norhaya Clinic", "amount": "1,500.50"}
    answer = client.post(f"{address}post", data=sent, headers={"X-Fragment": "line"})
    assert "Obligation ORS-2: ₱1,500.50 is posted." in answer.text
    kept = fields(answer.text)
    assert (kept["entry_date"], kept["document_date"]) == ("2025-03-03", "2025-03-01")
    assert (kept["reference"], kept["payee"], kept["amount"]) == ("", "", "")
    posted = db.session.scalars(select(FundEntry).where(FundEntry.reference == "ORS-2")).one()
    assert (posted.amount, posted.payee) == (Decimal("1500.50"), "Norhaya Clinic")
    later = fields(client.get(address).text)
    assert later["entry_date"] == "2025-03-03"  # the last one used


def test_an_entry_is_put_under_an_obligation_by_its_number(people, sign_in_as, line_id) -> None:
    client = sign_in_as(people.moa_staff)
    sent = {
        "kind": "disbursement",
        "appropriation_class": "mooe",
        "entry_date": "2025-02-10",
        "amount": "50,000.00",
        "reference": "DV-2",
        "obligation": " ors-1 ",
        "mode": "ada",
    }
    address = f"/admin/budget-lines/{line_id}/post"
    assert client.post(address, data=sent).status_code == 302
    json = {"Accept": "application/json"}
    refused = client.post(address, data=sent | {"obligation": "ORS-9"}, headers=json)
    assert refused.status_code == 422
    assert refused.json["problems"][0]["pointer"] == "obligation"


@pytest.mark.parametrize(
    ("said", "fits", "free"),
    [
        ({"amount": ""}, None, "600000.00"),
        ({"amount": "600000"}, True, "600000.00"),
        ({"amount": "600,000.01"}, False, "600000.00"),
        ({"entry_date": "2024-12-31", "amount": "1"}, False, "0.00"),
        ({"entry_date": "2999-01-01", "amount": "1"}, False, None),
        ({"appropriation_class": "co", "amount": "1"}, False, "0.00"),
        ({"kind": "payable", "obligation": "ORS-1", "amount": "100001"}, False, "100000.00"),
        ({"kind": "disbursement", "obligation": "ORS-1", "amount": "200000"}, True, "200000.00"),
        (
            {
                "kind": "disbursement",
                "obligation": "ORS-1",
                "amount": "100000",
                "with_payable": "1",
            },
            True,
            "100000.00",
        ),
        (
            {"kind": "obligation_adjustment", "obligation": "ORS-1", "amount": "-100000.01"},
            False,
            "100000.00",
        ),
        ({"kind": "nonsense"}, False, None),
        ({"amount": "abc"}, False, None),
    ],
)
def test_the_form_says_while_typing_whether_it_fits(
    people, sign_in_as, line_id, count_queries, said: dict[str, str], fits: bool | None, free
) -> None:
    usual = {"kind": "obligation", "appropriation_class": "mooe", "entry_date": "2025-02-10"}
    entries = db.session.scalar(select(func.count(FundEntry.id)))
    client = sign_in_as(people.moa_staff)
    with count_queries() as sent:
        answer = client.get(f"/admin/budget-lines/{line_id}/available", query_string=usual | said)
    assert (answer.json["fits"], answer.json["free"]) == (fits, free), answer.json
    assert len(sent) <= 10
    assert db.session.scalar(select(func.count(FundEntry.id))) == entries


def test_only_mfbm_is_offered_its_kinds_and_the_override(people, sign_in_as, line_id) -> None:
    address = f"/admin/budget-lines/{line_id}/"
    own = sign_in_as(people.moa_staff).get(address).text
    assert 'value="allotment"' not in own.split('id="q-kind"')[1].split("</select>")[0]
    assert "override_reason" not in own
    mfbm = sign_in_as(people.mfbm_analyst).get(address).text
    assert 'value="allotment"' in mfbm.split('id="q-kind"')[1].split("</select>")[0]
    assert "override_reason" in mfbm
    assert 'id="quick"' not in sign_in_as(people.viewer).get(address).text


def test_a_registry_and_the_list_go_out_as_files(people, sign_in_as, line_id) -> None:
    client = sign_in_as(people.viewer)
    csv = client.get(f"/admin/budget-lines/{line_id}/export.csv").text
    assert "ORS-1" in csv
    assert "400000.00" in csv
    assert client.get(f"/admin/budget-lines/{line_id}/export.xlsx").data[:2] == b"PK"
    assert client.get(f"/admin/budget-lines/{line_id}/export.pdf").status_code == 404
    assert ",1000000.00,1000000.00,400000.00," in client.get("/admin/budget-lines/export/csv/").text
    foreign = sign_in_as(people.outsider).get("/admin/budget-lines/export/csv/").text
    assert "Barangay Health" not in foreign


def test_list_and_page_cost_as_many_queries_at_any_size(
    people, sign_in_as, line_id, count_queries
) -> None:
    client = sign_in_as(people.viewer)
    counts = []
    for size in (2, 12):
        act = make_act()
        for _ in range(size):
            line = make_line(act=act)
            for _ in range(size):
                post(line, "obligation", "5.00")
        db.session.commit()
        addresses = ("/admin/budget-lines/", f"/admin/budget-lines/{line.id}/")
        for address in addresses:
            client.get(address)
            with count_queries() as sent:
                assert client.get(address).status_code == 200
            counts.append(len(sent))
    assert counts[:2] == counts[2:], counts
    assert max(counts) <= 8, sent
