"""“Was it paid?”: the search over ORS, DV, payee and amount (SPEC 6)."""

import pytest

from obcms.kernel.extensions import db
from tests.support.budget_lines import make_line, post


@pytest.fixture
def paid(app) -> None:
    """One obligation that is paid in part, of MOH, and one of MAFAR that is not."""
    line = make_line()
    entry = post(
        line,
        "obligation",
        "900.00",
        reference="ORS-25-017",
        payee="Núñez Catering",
        remarks="Lunch",
    )
    more = {"obligation_id": entry.obligation_id, "reference": "DV-88", "mode": "ada"}
    post(line, "disbursement", "123.45", with_payable=True, **more)
    other = make_line(moa="MAFAR")
    post(other, "obligation", "700.00", reference="ORS-25-018", payee="Nunez Feeds")
    db.session.commit()


@pytest.mark.parametrize(
    "asked", ["25-017", "dv-88", "nunez lunch", "123.45", "900", "catering dv"]
)
@pytest.mark.usefixtures("paid")
def test_an_obligation_is_found_by_what_people_know(people, sign_in_as, asked: str) -> None:
    page = sign_in_as(people.viewer).get("/admin/ledger/payments/", query_string={"q": asked}).text
    assert "Núñez Catering" in page
    assert "Nunez Feeds" not in page
    assert "DV-88" in page
    assert "₱776.55" in page  # unpaid


@pytest.mark.usefixtures("paid")
def test_only_own_lines_are_searched(people, sign_in_as) -> None:
    page = sign_in_as(people.moa_staff).get("/admin/ledger/payments/?q=nunez").text
    assert "Núñez Catering" in page
    assert "Nunez Feeds" not in page
    everybody = sign_in_as(people.viewer).get("/admin/ledger/payments/?q=nunez").text
    assert "Nothing is paid yet." in everybody


@pytest.mark.usefixtures("paid")
def test_nothing_found_is_said(people, sign_in_as) -> None:
    page = sign_in_as(people.viewer).get("/admin/ledger/payments/?q=zebra+%25").text
    assert "Nothing that you may see holds all of this" in page


def test_the_search_costs_as_many_queries_for_any_number_found(
    app, people, sign_in_as, count_queries
) -> None:
    client, counts = sign_in_as(people.viewer), []
    for size in (2, 20):
        line = make_line()
        for _ in range(size):
            entry = post(line, "obligation", "5.00", payee="Norhaya")
            under = {"obligation_id": entry.obligation_id, "with_payable": True}
            post(line, "disbursement", "5.00", **under)
        db.session.commit()
        with count_queries() as sent:
            assert client.get("/admin/ledger/payments/?q=norhaya").status_code == 200
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 8, sent
