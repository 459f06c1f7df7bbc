"""A line of another ministry is as missing as one that never was; a receipt is nobody's cache."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from sqlalchemy import select

from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM
from obcms.spending.expenditures import NewExpenditure, post_expenditure
from obcms.spending.models import Receipt
from tests.support.factories import make_ppa, track

MISSING = (999_999, 2**31, 2**70)


@pytest.fixture
def trees(app) -> dict[str, dict[str, int]]:
    """A tracked PPA of MOH and one of MAFAR, each with a line that has a receipt."""
    made = {}
    for acronym in ("MOH", "MAFAR"):
        ppa = make_ppa(moa=acronym)
        item = track(ppa)["Resources"]
        line = NewExpenditure(
            date(2025, 2, 3),
            Decimal(10),
            "Supplies",
            receipt_name="C:\\Users\\maria\\or 117.pdf",
            receipt=b"%PDF-1.4 1",
        )
        posted = post_expenditure(SYSTEM, item, line)
        made[acronym] = {"ppa": ppa.id, "item": item.id, "line": posted.id}
    db.session.commit()
    return made


@pytest.mark.parametrize("verb", ["receipt", "void"])
def test_a_foreign_line_and_a_missing_one_look_the_same(people, sign_in_as, trees, verb) -> None:
    client = sign_in_as(people.moa_staff)
    own, foreign = trees["MOH"], trees["MAFAR"]

    def ask(ppa: int, line: int) -> tuple[int, list[dict[str, str]]]:
        path = f"/admin/ppa/{ppa}/expenditures/{line}/{verb}"
        headers = {"Accept": "application/json"}
        method = client.get if verb == "receipt" else client.post
        answer = method(path, headers=headers, data={"reason": "Twice"} if verb == "void" else None)
        return answer.status_code, answer.json["problems"]

    for ppa in (own["ppa"], foreign["ppa"], 999_999):
        answers = [ask(ppa, line) for line in (foreign["line"], *MISSING)]
        assert {status for status, _ in answers} == {404}
        assert all(answer == answers[0] for answer in answers)


def test_over_the_api_too(people, call_as, trees) -> None:
    client = call_as(people.moa_staff)

    def ask(item: int, line: int) -> tuple[int, object]:
        path = f"/api/work-items/{item}/expenditures/{line}/void/"
        answer = client.post(path, json={"reason": "Twice"})
        return answer.status_code, answer.json["problems"]

    for item in (trees["MOH"]["item"], trees["MAFAR"]["item"], 999_999):
        answers = [ask(item, line) for line in (trees["MAFAR"]["line"], *MISSING)]
        assert {status for status, _ in answers} == {404}
        assert all(answer == answers[0] for answer in answers)


def test_a_receipt_is_kept_without_its_path_and_in_no_cache(people, sign_in_as, trees) -> None:
    own = trees["MOH"]
    client = sign_in_as(people.moa_staff)
    assert set(db.session.scalars(select(Receipt.filename))) == {"or 117.pdf"}
    db.session.rollback()
    answer = client.get(f"/admin/ppa/{own['ppa']}/expenditures/{own['line']}/receipt")
    assert answer.data == b"%PDF-1.4 1"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"].startswith("attachment;")


def test_an_older_receipt_is_sent_without_its_path(people, sign_in_as, trees) -> None:
    own = trees["MOH"]
    for receipt in db.session.scalars(select(Receipt)):
        receipt.filename = "/home/maria/or.pdf"
    db.session.commit()
    client = sign_in_as(people.moa_staff)
    answer = client.get(f"/admin/ppa/{own['ppa']}/expenditures/{own['line']}/receipt")
    assert answer.headers["Content-Disposition"] == "attachment; filename=or.pdf"


def test_an_upload_of_the_form_too(people, sign_in_as, trees) -> None:
    own = trees["MOH"]
    form = {
        "spent_on": "2025-02-03",
        "amount": "5",
        "description": "Fuel",
        "receipt": (BytesIO(b"%PDF-1.4 2"), "../../scans/fuel.pdf"),
    }
    path = f"/admin/ppa/{own['ppa']}/items/{own['item']}/spending"
    assert sign_in_as(people.moa_staff).post(path, data=form).status_code == 302
    newest = select(Receipt.filename).order_by(Receipt.id.desc()).limit(1)
    assert db.session.scalar(newest) == "fuel.pdf"
