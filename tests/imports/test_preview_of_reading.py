"""The preview tells how a list was read, asks what it leaves open, and reads it as it is told."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from obcms.kernel.extensions import db
from obcms.ppas.models import PPA
from tests.imports.waiting import apply, read_next, shown_by, upload_and_read

TWO = (
    b"Code,Title,Original Appropriation,Adjusted Appropriation\n"
    b"MOH-2025-901,Water,100,150\nMOH-2025-902,Roads,200,250\n"
)
NEXT = TWO.replace(b"-90", b"-91").replace(b"Water", b"Boats").replace(b"Roads", b"Nets")


@pytest.fixture
def staff(people, sign_in_as) -> FlaskClient:
    return sign_in_as(people.moa_staff)


def answer(client: FlaskClient, address: str, **chosen: str) -> str:
    """Answers on the preview, and has the list read again; the page then."""
    said = client.post(f"{address}reading", data=chosen)
    assert said.status_code == 302, said.text
    read_next()
    return client.get(address).text


def budgets() -> dict[str, str]:
    db.session.rollback()
    return {ppa.code: str(ppa.budget_allocation) for ppa in db.session.scalars(select(PPA))}


def test_a_question_shows_what_each_reading_comes_to(staff) -> None:
    page = staff.get(upload_and_read(staff, TWO, "list.csv")).text
    assert "Which column is the PPA’s budget?" in page
    assert "Original Appropriation" in page
    assert "₱300.00" in page  # what each comes to
    assert "₱400.00" in page
    assert "Import all rows" not in page


def test_an_answer_is_followed_and_applied(staff) -> None:
    address = upload_and_read(staff, TWO, "list.csv")
    page = answer(staff, address, **{"answer-amount": "D"})
    assert "Which column" not in page
    assert apply(staff, address, "all_or_nothing").status_code == 302
    assert budgets() == {"MOH-2025-901": "150.00", "MOH-2025-902": "250.00"}


def test_a_column_is_given_another_meaning(staff) -> None:
    text = b"Code,Title,Budget,Cost of it\nMOH-2025-903,Water,5,7\n"
    address = upload_and_read(staff, text, "list.csv")
    chosen = {"column-1-C": "ignored", "column-1-D": "amount"}
    page = answer(staff, address, **chosen)
    assert "₱7.00" in page
    apply(staff, address, "all_or_nothing")
    assert budgets() == {"MOH-2025-903": "7.00"}


def test_a_unit_is_set_and_taken_back(staff) -> None:
    address = upload_and_read(staff, b"Code,Title,Budget\nMOH-2025-904,Water,5\n", "list.csv")
    assert "₱5,000.00" in answer(staff, address, **{"answer-unit": "thousands"})
    assert "₱5,000.00" not in answer(staff, address, forget="1")


def test_a_page_of_an_earlier_reading_applies_nothing(staff) -> None:
    address = upload_and_read(staff, b"Code,Title,Budget\nMOH-2025-905,Water,5\n", "list.csv")
    old = shown_by(staff.get(address).text)
    answer(staff, address, **{"answer-unit": "thousands"})
    late = staff.post(address, data=old | {"all_or_nothing": "yes"})
    assert late.status_code == 409
    assert budgets() == {}


@pytest.mark.parametrize(
    "chosen", [{"answer-unit": "dozens"}, {"answer-amount": "5"}, {"answer-dates@x": "day-first"}]
)
def test_an_answer_that_is_none_is_refused(staff, chosen: dict[str, str]) -> None:
    address = upload_and_read(staff, b"Code,Title,Budget\nMOH-2025-906,Water,5\n", "list.csv")
    assert staff.post(f"{address}reading", data=chosen).status_code == 422
    assert "₱5.00" in staff.get(address).text  # the reading before stays
    assert budgets() == {}


@pytest.mark.parametrize(
    ("chosen", "asked", "back"),
    [
        ({"column-1-C": "ignored"}, "No column is taken for its budget.", {"answer-amount": "C"}),
        (
            {"column-1-B": "ignored"},
            "No column is taken for the PPA’s title.",
            {"answer-title": "B"},
        ),
        ({"answer-amount": "ZZ"}, "No column is taken for its budget.", {"column-1-C": "amount"}),
    ],
)
def test_without_title_or_amount_the_page_asks_for_the_column(
    staff, chosen: dict[str, str], asked: str, back: dict[str, str]
) -> None:
    address = upload_and_read(staff, b"Code,Title,Budget\nMOH-2025-906,Water,5\n", "list.csv")
    page = answer(staff, address, **chosen)
    assert asked in page
    assert "Import all rows" not in page
    page = answer(staff, address, **back)
    assert asked not in page
    assert apply(staff, address, "all_or_nothing").status_code == 302
    assert budgets() == {"MOH-2025-906": "5.00"}


TWO_LISTS = b"""Code,Title,Budget,
MOH-2025-908,Water,5,

Class,Code,Activity,Amount
CO,MOH-2025-909,Boats,7
"""


def test_each_list_of_a_file_is_changed_by_itself(staff) -> None:
    address = upload_and_read(staff, TWO_LISTS, "list.csv")
    page = answer(staff, address, **{"answer-unit@2": "thousands", "column-1-A": "remarks"})
    assert "₱7,000.00" in page
    assert "₱5.00" in page
    page = answer(staff, address, **{"answer-unit": "millions"})  # for all, the second one too
    assert "₱7,000,000.00" in page
    assert "₱5,000,000.00" in page


def test_an_unknown_question_is_no_answer(staff) -> None:
    address = upload_and_read(staff, b"Code,Title,Budget\nMOH-2025-907,Water,5\n", "list.csv")
    said = staff.post(f"{address}reading", data={"answer-weather": "fine"})
    assert said.status_code == 422


def test_another_users_reading_is_not_changed(staff, people, sign_in_as) -> None:
    address = upload_and_read(staff, TWO, "list.csv")
    other = sign_in_as(people.administrator)
    assert other.post(f"{address}reading", data={"answer-amount": "D"}).status_code == 404
