"""Fund status by office and by line (SPEC 6)."""

from datetime import date

import pytest
from lxml import html
from sqlalchemy import select

from obcms.kernel.extensions import db
from obcms.ledger.models import BudgetLine, FundEntry
from obcms.ledger.void import void_entry
from obcms.organizations.models import Organization
from tests.support.budget_lines import MFBM, make_act, make_line, post

PAGE = "/admin/ledger/status/?year=2025&as_of=2025-06-30"


def table(page: str) -> list[list[str]]:
    """The cells of the statement's rows, subtotals and total."""
    rows = html.fromstring(page).xpath("//table[contains(@class, 'status-table')]//tr")
    return [[" ".join(cell.text_content().split()) for cell in row] for row in rows[3:]]


def test_the_whole_government_stands_by_office_and_class(people, sign_in_as, app) -> None:
    act = make_act()
    line = make_line(act=act)
    make_line({"mooe": "50.00", "co": "7.00"}, moa="MAFAR", act=act)
    post(line, "obligation", "400.00")
    post(line, "obligation", "5.00", entry_date=date(2025, 4, 2), document_date=date(2025, 3, 30))
    moh = db.session.scalars(select(Organization.id).filter_by(acronym="MOH")).one()
    db.session.commit()
    client = sign_in_as(people.viewer)
    page = client.get(PAGE).text
    rows = table(page)
    assert [row[0] for row in rows] == [
        "MAFAR MOOE",
        "CO",
        "MOH MOOE",
        "Subtotal MOOE",
        "Subtotal CO",
        "Total",
    ]
    # Columns 3, 11, 12, 15 and 22 of the form.
    assert [rows[2][n - 2] for n in (3, 11, 12, 15, 22)] == [
        "1,000,000.00",
        "400.00",
        "5.00",
        "405.00",
        "999,595.00",
    ]
    assert rows[-1][1] == "1,000,057.00"
    of_office = table(client.get(f"{PAGE}&office={moh}").text)
    assert of_office[0][0].endswith("MOOE")
    assert of_office[0][0].startswith("Barangay Health")
    csv = client.get(f"/admin/ledger/status/export.csv?year=2025&as_of=2025-06-30&office={moh}")
    assert "1000000.00" in csv.text


def test_what_mfbm_recorded_beyond_a_limit_is_a_note_under_the_statement(
    people, sign_in_as, app
) -> None:
    line = make_line({"mooe": "50.00"}, moa="MAFAR")
    why = "Relief goods of 3 February, delivered before the release"
    entry_id = post(line, "obligation", "80.00", reference="ORS-7", override_reason=why).id
    late = {"entry_date": date(2025, 7, 1), "document_date": date(2025, 7, 1)}
    post(line, "obligation", "1.00", reference="ORS-8", override_reason="Later", **late)
    db.session.commit()
    page = sign_in_as(people.viewer).get(PAGE).text
    notes = html.fromstring(page).xpath("//ol[@class='status-notes']/li")
    [note] = [" ".join(one.text_content().split()) for one in notes]
    assert note.startswith("ORS-7 of 3 Feb 2025, MAFAR")
    assert note.endswith(f"80.00 recorded beyond a limit. {why}")
    assert why not in sign_in_as(people.moa_staff).get(PAGE).text  # of another ministry
    void_entry(MFBM, db.session.get_one(FundEntry, entry_id), "Wrong line")
    db.session.commit()
    assert why not in sign_in_as(people.viewer).get(PAGE).text


def test_a_ministry_sees_its_own_row_alone(people, sign_in_as, app) -> None:
    make_line()
    make_line({"mooe": "50.00"}, moa="MAFAR")
    db.session.commit()
    rows = table(sign_in_as(people.moa_staff).get(PAGE).text)
    assert [row[0] for row in rows] == ["MOH MOOE", "Subtotal MOOE", "Total"]


def test_nonsense_in_the_address_shows_the_usual_statement(people, sign_in_as, app) -> None:
    make_line()
    db.session.commit()
    odd = "?year=99999999&as_of=x&authorization=y&cluster=77&office=99"
    assert sign_in_as(people.viewer).get(f"/admin/ledger/status/{odd}").status_code == 200


def test_the_release_register_names_documents_recipients_and_what_is_left(
    people, sign_in_as, app
) -> None:
    fund_id = make_line({"mooe": "500.00"}, moa=None, for_later_release=True).id
    moh = db.session.scalars(select(Organization.id).filter_by(acronym="MOH")).one()
    db.session.commit()
    client = sign_in_as(people.mfbm_analyst)
    sent = {"organization": moh, "appropriation_class": "mooe", "amount": "300.00"}
    sent |= {"allotment_reference": "SARO-1", "reference": "T-1", "entry_date": "2025-02-03"}
    assert client.post(f"/admin/budget-lines/{fund_id}/release/", data=sent).status_code == 302
    own = db.session.scalars(select(BudgetLine).where(BudgetLine.organization_id == moh)).one()
    own_id = own.id
    page = client.get(f"/admin/budget-lines/{fund_id}/").text
    section = page.split("Releases of this fund")[1].split("</table>")[0]
    assert "T-1" in section
    assert "MOH" in section
    assert "Left to release" in section
    assert "200.00" in section.split("Left to release")[1]
    assert "Releases of this fund" not in client.get(f"/admin/budget-lines/{own_id}/").text


@pytest.mark.parametrize(
    "asked",
    [
        "year=2025&as_of=2025-06-30",
        "year=2025&as_of=2025-05-14",  # inside a past quarter
        "year=2026&as_of=2026-05-14&authorization=continuing",
        "",
    ],
)
def test_the_statement_costs_as_many_queries_at_any_size(
    people, sign_in_as, app, count_queries, asked: str
) -> None:
    client, counts = sign_in_as(people.viewer), []
    for size in (2, 12):
        act = make_act()
        for _ in range(size):
            post(make_line(act=act), "obligation", "5.00")
        db.session.commit()
        client.get(PAGE)
        with count_queries() as sent:
            assert client.get(f"/admin/ledger/status/?{asked}").status_code == 200
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 8, sent
