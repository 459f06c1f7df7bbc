"""Closing and reopening quarters on the screen (SPEC 6, "Periods")."""

from datetime import date

from lxml import html
from sqlalchemy import select

from obcms.kernel.extensions import db
from obcms.ledger.hold import closed_through
from obcms.ledger.models import QuarterClosing
from tests.support.budget_lines import make_line, post

PAGE = "/admin/ledger/quarters/"
FIRST = {"year": "2025", "quarter": "1"}


def test_what_closing_would_freeze_stands_first(people, sign_in_as, app) -> None:
    line = make_line()
    post(line, "obligation", "400.00")
    post(line, "obligation", "5.00", entry_date=date(2025, 4, 2), document_date=date(2025, 3, 30))
    make_line(moa="MAFAR")
    db.session.commit()
    page = sign_in_as(people.viewer).get(PAGE).text
    assert "Next to close: the first quarter of 2025" in page
    assert "Besides, 1 document dated in it or before stands in a later quarter." in page
    rows = [
        [" ".join(cell.text_content().split()) for cell in row]
        for row in html.fromstring(page).xpath("//table/tbody/tr")
    ]
    assert rows[0][:3] == ["MAFAR", "2", "1 Jan 2025"]
    assert rows[1][:3] == ["MOH", "3", "2 Apr 2025"]
    assert rows[1][5] == "400.00"
    assert "Close the first quarter of 2025…" not in page  # MFBM's alone


def test_mfbm_closes_in_order_and_reopens_with_a_reason(people, sign_in_as, app) -> None:
    make_line()
    db.session.commit()
    client = sign_in_as(people.mfbm_analyst)
    json = {"Accept": "application/json"}
    early = client.post(f"{PAGE}close", data=FIRST | {"quarter": "2"}, headers=json)
    assert early.status_code == 422
    assert client.post(f"{PAGE}close", data=FIRST).status_code == 302
    assert closed_through() == date(2025, 3, 31)
    assert "Closed up to and including the <b>first quarter of 2025</b>" in client.get(PAGE).text
    mute = client.post(f"{PAGE}reopen", data=FIRST, headers=json)
    assert mute.json["problems"][0]["pointer"] == "reason"
    client.post(f"{PAGE}reopen", data=FIRST | {"reason": "MOH posted late"})
    assert closed_through() is None
    assert "MOH posted late" in client.get(PAGE).text


def test_nobody_else_closes(people, sign_in_as, app) -> None:
    make_line()
    db.session.commit()
    for name in ("moa_head", "executive", "administrator"):
        client = sign_in_as(getattr(people, name))
        assert client.post(f"{PAGE}close", data=FIRST).status_code == 403
    assert db.session.scalars(select(QuarterClosing)).all() == []


def test_an_entry_in_a_closed_quarter_is_refused_while_typing(people, sign_in_as, app) -> None:
    line_id = make_line().id
    db.session.commit()
    sign_in_as(people.mfbm_analyst).post(f"{PAGE}close", data=FIRST)
    asked = "kind=obligation&appropriation_class=mooe&entry_date=2025-03-31&amount=1"
    client = sign_in_as(people.moa_staff)
    told = client.get(f"/admin/budget-lines/{line_id}/available?{asked}").json
    assert told["fits"] is False
    assert told["message"].startswith("The first quarter of 2025 is closed; the first open day is")
