"""Documents that move money, and the release of a fund, on the screen (SPEC 6, "Moving money")."""

from decimal import Decimal

from lxml import html
from sqlalchemy import select

from obcms.kernel.extensions import db
from obcms.ledger.models import BudgetLine, FundEntry
from obcms.ledger.reads.lines import balances_of
from obcms.organizations.models import Organization
from obcms.ppas.models import PPA
from tests.support.budget_lines import make_act, make_line
from tests.support.factories import make_ppa

PAGE = "/admin/ledger/movements/"
DATED = {"entry_date": "2025-02-03", "document_date": "2025-02-03"}


def rows(*given: tuple[int, str, str]) -> dict[str, str]:
    """The form's rows of line, class and amount."""
    names = ("line", "class", "amount")
    return {
        f"{name}-{place}": str(value)
        for place, row in enumerate(given)
        for name, value in zip(names, row, strict=True)
    }


def test_the_document_is_told_before_it_is_posted_and_ppas_follow(people, sign_in_as, app) -> None:
    act = make_act()
    giving, gaining = make_ppa(budget="1000000.00"), make_ppa(budget="500000.00")
    one, other = (make_line(act=act, ppa=ppa) for ppa in (giving, gaining))
    ids, ppa_ids = (one.id, other.id), (giving.id, gaining.id)
    sent = {"act": act.id, "kind": "augmentation", "reference": "CM-1", "ground": "Completed"}
    sent |= DATED | rows((one.id, "mooe", "-200,000"), (other.id, "mooe", "200,000"))
    codes = (giving.code, gaining.code)
    db.session.commit()
    client = sign_in_as(people.executive)
    told = client.post(f"{PAGE}check", data=sent).text
    assert "The document comes to" in told
    assert "it balances" in told
    assert all(code in told for code in codes)
    assert "from ₱500,000.00 to" in told
    assert client.post(f"{PAGE}new", data=sent).status_code == 302
    allotted = [balances_of([key])[key][0].figures.allotted for key in ids]
    assert allotted == [Decimal("800000.00"), Decimal("1200000.00")]
    after = [db.session.get_one(PPA, key).budget_allocation for key in ppa_ids]
    assert after == [Decimal("800000.00"), Decimal("700000.00")]
    assert "CM-1" in client.get(PAGE).text


def test_a_document_that_does_not_balance_is_refused_at_its_lines(people, sign_in_as, app) -> None:
    line = make_line()
    sent = {"act": line.act_id, "kind": "modification", "reference": "M-1"} | DATED
    sent |= rows((line.id, "mooe", "-5.00"), (line.id, "co", "4.00"))
    db.session.commit()
    client = sign_in_as(people.mfbm_analyst)
    assert "it must come to zero" in client.post(f"{PAGE}check", data=sent).text
    answer = client.post(f"{PAGE}new", data=sent, headers={"Accept": "application/json"})
    assert answer.status_code == 422
    assert answer.json["problems"][0]["pointer"] == "entries"


def test_more_rows_keep_what_is_filled_in_and_are_read(people, sign_in_as, app) -> None:
    line = make_line()
    line_id = line.id
    sent = {"act": line.act_id, "kind": "modification", "reference": "M-9"} | DATED
    parts = [(line_id, "mooe", "-7.00"), *((line_id, "co", "1.00") for _ in range(7))]
    db.session.commit()
    client = sign_in_as(people.mfbm_analyst)
    # Without scripts the button asks for a longer form.
    page = client.post(f"{PAGE}new", data=sent | rows(*parts[:6]) | {"rows": "6", "more": "1"}).text
    form = html.fromstring(page).get_element_by_id("movement")
    assert form.fields["rows"] == "12"
    assert form.fields["reference"] == "M-9"
    assert (form.fields["line-5"], form.fields["class-5"]) == (str(line_id), "co")
    assert (form.fields["amount-0"], form.fields["amount-11"]) == ("-7.00", "")
    assert client.post(f"{PAGE}new", data=sent | rows(*parts)).status_code == 422
    assert client.post(f"{PAGE}new", data=sent | rows(*parts) | {"rows": "12"}).status_code == 302
    [mooe, co] = balances_of([line_id])[line_id]
    assert (mooe.figures.allotted, co.figures.allotted) == (Decimal("999993.00"), Decimal("7.00"))


def test_ministries_see_documents_of_own_lines_and_post_none(people, sign_in_as, app) -> None:
    line = make_line(moa="MAFAR")
    sent = {"act": line.act_id, "kind": "modification", "reference": "M-7"} | DATED
    sent |= rows((line.id, "mooe", "-5.00"), (line.id, "co", "5.00"))
    db.session.commit()
    sign_in_as(people.mfbm_analyst).post(f"{PAGE}new", data=sent)
    assert "M-7" in sign_in_as(people.outsider).get(PAGE).text
    staff = sign_in_as(people.moa_staff)
    assert "M-7" not in staff.get(PAGE).text
    for path in ("new", "check"):
        assert staff.post(f"{PAGE}{path}", data=sent).status_code == 403


def test_a_fund_is_released_in_one_step_by_two_documents(people, sign_in_as, app) -> None:
    fund = make_line({"mooe": "500.00"}, moa=None, title="Quick Response Fund")
    fund_id = fund.id
    moh = db.session.scalars(select(Organization.id).filter_by(acronym="MOH")).one()
    db.session.commit()
    client = sign_in_as(people.mfbm_analyst)
    address = f"/admin/budget-lines/{fund_id}/release/"
    assert "₱500.00 unreleased" in client.get(address).text
    sent = {"organization": moh, "appropriation_class": "mooe", "allotment_reference": "SARO-1"}
    sent |= {"reference": "T-1", **DATED}
    json = {"Accept": "application/json"}
    refused = client.post(address, data=sent | {"amount": "500.01"}, headers=json)
    assert refused.status_code == 422
    assert db.session.scalars(select(FundEntry).filter_by(reference="SARO-1")).all() == []
    assert client.post(address, data=sent | {"amount": "300.00"}).status_code == 302
    own = db.session.scalars(select(BudgetLine).where(BudgetLine.organization_id == moh)).one()
    assert own.title == "Quick Response Fund"
    figures = [balances_of([key])[key][0].figures for key in (fund_id, own.id)]
    assert [str(one.appropriated) for one in figures] == ["200.00", "300.00"]
    assert [str(one.allotted) for one in figures] == ["0.00", "300.00"]
