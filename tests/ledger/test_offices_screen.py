"""Offices by class: what moved since the last submission, and when each last posted (SPEC 6)."""

from datetime import date

from lxml import html

from obcms.kernel.extensions import db
from obcms.ledger.quarters import close_quarter
from obcms.ledger.rules.quarters import Quarter
from tests.support.budget_lines import MFBM, make_act, make_line, post

PAGE = "/admin/ledger/offices/"
APRIL = {"entry_date": date(2025, 4, 2), "document_date": date(2025, 3, 30)}


def table(page: str) -> list[list[str]]:
    """The cells of the rows by office and class."""
    rows = html.fromstring(page).xpath("(//table)[1]/tbody/tr")
    return [[" ".join(cell.text_content().split()) for cell in row] for row in rows]


def test_what_moved_since_the_last_closed_quarter_stands_by_office_and_class(
    people, sign_in_as, app
) -> None:
    act = make_act()
    line = make_line(act=act)
    make_line({"mooe": "50.00", "co": "7.00"}, moa="MAFAR", act=act)
    post(line, "obligation", "400.00")
    post(line, "obligation", "5.00", **APRIL)
    close_quarter(MFBM, Quarter(2025, 1), "")
    db.session.commit()
    page = sign_in_as(people.mfbm_analyst).get(PAGE).text
    nothing = ["none", *["0.00"] * 5, "nothing yet"]
    assert table(page) == [
        ["MAFAR MOOE", *nothing],
        ["CO", *nothing],
        ["MOH MOOE", "1", "0.00", "0.00", "5.00", "0.00", "0.00", "2 Apr 2025"],
    ]
    assert "first quarter of 2025" in page
    assert "30 Mar 2025" in page  # a document of March, posted in April
    earlier = table(sign_in_as(people.mfbm_analyst).get(f"{PAGE}?since=2025-01-01").text)
    assert [row[1:5] for row in earlier][-1] == ["4", "1,000,000.00", "1,000,000.00", "405.00"]


def test_without_a_closed_quarter_the_page_says_that_nothing_is_submitted(
    people, sign_in_as, app
) -> None:
    make_line()
    db.session.commit()
    assert "nothing counts as submitted" in sign_in_as(people.viewer).get(PAGE).text


def test_a_ministry_sees_its_own_rows_alone(people, sign_in_as, app) -> None:
    make_line()
    foreign = make_line({"mooe": "50.00"}, moa="MAFAR")
    post(foreign, "obligation", "5.00", **APRIL)
    db.session.commit()
    page = sign_in_as(people.moa_staff).get(f"{PAGE}?since=2025-04-01").text
    assert [row[0] for row in table(page)] == ["MOH MOOE"]
    assert "30 Mar 2025" not in page


def test_the_page_costs_as_many_queries_at_any_size(people, sign_in_as, app, count_queries) -> None:
    client, counts = sign_in_as(people.viewer), []
    for size in (2, 12):
        act = make_act()
        for _ in range(size):
            post(make_line(act=act), "obligation", "5.00", **APRIL)
        db.session.commit()
        client.get(PAGE)
        with count_queries() as sent:
            assert client.get(f"{PAGE}?since=2025-04-01").status_code == 200
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 8, sent
