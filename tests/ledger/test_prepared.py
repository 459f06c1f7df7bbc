"""MFBM may prepare an augmentation; the executive posts or declines it (SPEC 6)."""

from decimal import Decimal

import pytest
from sqlalchemy import func, select

from obcms.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Role, SystemActor
from obcms.ledger.models import BudgetLine, FundMovement, PreparedMovement
from obcms.ledger.prepare import drop_prepared, post_prepared, prepare_augmentation
from obcms.ledger.reads.lines import balances_of
from obcms.ppas.models import PPA
from tests.support.budget_lines import MFBM, make_act, make_line
from tests.support.factories import make_ppa
from tests.support.ledger import prepare

pytestmark = pytest.mark.usefixtures("app")
EXECUTIVE = SystemActor(role=Role.EXECUTIVE)
CLERK = SystemActor(role=Role.VIEWER)
DATED = {"entry_date": "2025-02-03", "document_date": "2025-02-03"}
PAGE = "/admin/ledger/movements/"


@pytest.fixture
def lines(app) -> list[BudgetLine]:
    """Two of one act, each of a PPA."""
    act = make_act()
    return [make_line(act=act, ppa=make_ppa(budget="1000000.00")) for _ in range(2)]


def allotted(line: BudgetLine) -> Decimal:
    return balances_of([line.id])[line.id][0].figures.allotted


def test_what_is_prepared_posts_nothing_until_the_executive_decides(lines) -> None:
    source, target = lines
    prepared = prepare(source, target, "200000.00")
    assert allotted(source) == Decimal("1000000.00")
    assert db.session.scalar(select(func.count(FundMovement.id))) == 0
    signed = {"reference": "CM-2025-7"} | DATED
    for actor in (MFBM, CLERK):
        with pytest.raises(Forbidden, match="does not allow"):
            post_prepared(actor, prepared.id, signed)
    movement = post_prepared(EXECUTIVE, prepared.id, signed)
    assert (movement.reference, movement.ground) == ("CM-2025-7", "completed")
    assert [allotted(line) for line in lines] == [Decimal("800000.00"), Decimal("1200000.00")]
    ppas = [db.session.get_one(PPA, line.ppa_id).budget_allocation for line in lines]
    assert ppas == [Decimal("800000.00"), Decimal("1200000.00")]
    assert prepared.movement is movement
    for again in (
        lambda: post_prepared(EXECUTIVE, prepared.id, signed),
        lambda: drop_prepared(MFBM, prepared.id, "Too late"),
    ):
        with pytest.raises(Conflict, match="decided already"):
            again()
    with pytest.raises(NotFound, match="no such prepared document"):
        post_prepared(EXECUTIVE, prepared.id + 1, signed)


def test_what_is_free_is_judged_when_it_is_posted(lines) -> None:
    prepared = prepare(*lines, "1000000.01")
    with pytest.raises(Invalid, match=r"Only ₱1,000,000\.00"):
        post_prepared(EXECUTIVE, prepared.id, DATED)
    assert prepared.decided_at is None


def test_only_mfbm_prepares_and_only_what_could_be_posted(lines) -> None:
    with pytest.raises(Forbidden, match="does not allow"):
        prepare_augmentation(EXECUTIVE, {})
    with pytest.raises(Invalid, match="goes from one line to another"):
        prepare(lines[0], lines[0])
    with pytest.raises(Invalid, match="on what ground"):
        prepare(*lines, ground="")
    parliament = make_line(moa="BTA", act=lines[0].act)
    with pytest.raises(Invalid, match="Parliament"):
        prepare(lines[0], parliament)


def test_it_is_declined_or_withdrawn_with_a_reason(lines) -> None:
    first, second = prepare(*lines), prepare(*lines)
    with pytest.raises(Forbidden, match="Only MFBM and the executive"):
        drop_prepared(CLERK, first.id, "No")
    with pytest.raises(Invalid, match="Say why"):
        drop_prepared(EXECUTIVE, first.id, " ")
    drop_prepared(EXECUTIVE, first.id, "No savings")
    drop_prepared(MFBM, second.id, "Entered twice")
    assert [one.drop_reason for one in (first, second)] == ["No savings", "Entered twice"]
    with pytest.raises(Conflict, match="decided already"):
        post_prepared(EXECUTIVE, first.id, DATED)


def test_on_the_screens_mfbm_prepares_and_the_executive_posts(lines, people, sign_in_as) -> None:
    source, target = lines
    sent = {"act": source.act_id, "kind": "augmentation", "reference": "P-1", "ground": "Done"}
    sent |= DATED | {"line-0": source.id, "class-0": "mooe", "amount-0": "-5"}
    sent |= {"line-1": target.id, "class-1": "mooe", "amount-1": "5"}
    db.session.commit()
    mfbm = sign_in_as(people.mfbm_analyst)
    assert mfbm.post(f"{PAGE}new", data=sent).status_code == 302
    prepared_id = db.session.scalars(select(PreparedMovement.id)).one()
    page = mfbm.get(PAGE).text
    assert "Prepared: P-1" in page
    assert "It waits for the executive" in page
    assert "Post the augmentation" not in page
    assert "P-1" not in sign_in_as(people.viewer).get(PAGE).text
    executive = sign_in_as(people.executive)
    assert "Post the augmentation" in executive.get(PAGE).text
    address = f"{PAGE}prepared/{prepared_id}/post"
    assert executive.post(address, data={"reference": "CM-1"} | DATED).status_code == 302
    page = executive.get(PAGE).text
    assert "CM-1" in page
    assert "Prepared: P-1" not in page
