"""What moves or is cut on a line changes the PPA that it funds, in one transaction (SPEC 6)."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from obcms.approval.amendments import cut_allocation
from obcms.approval.models import Amendment
from obcms.approval.rules.choices import AmendmentKind
from obcms.kernel.errors import Conflict, Forbidden, Invalid
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM
from obcms.ledger.cut import balances_of
from obcms.ledger.models import BudgetLine, FundEntry
from obcms.ledger.move import move_funds
from obcms.ledger.post import post_entry
from obcms.ledger.void import void_entry
from obcms.ppas.delete import delete_ppa
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import ApprovalStatus
from tests.ledger.lines import EXECUTIVE, MFBM, entry, make_act, make_line, staff
from tests.support.factories import make_ppa, track

pytestmark = pytest.mark.usefixtures("app")


def document(kind: str, *parts: tuple[BudgetLine, str, str], **values: object) -> dict[str, object]:
    """What is said of a document on MOOE: each part a line, a kind and an amount."""
    entries = [
        {"line": line.id, "kind": of, "appropriation_class": "mooe", "amount": amount}
        for line, of, amount in parts
    ]
    usual = {"kind": kind, "reference": "DOC-1", "entry_date": date(2025, 3, 3)}
    return usual | {"entries": entries} | values


def augmentation(source: BudgetLine, target: BudgetLine, amount: str) -> dict[str, object]:
    parts = [
        (line, kind, sign + amount)
        for kind in ("appropriation_adjustment", "allotment_adjustment")
        for line, sign in ((source, "-"), (target, ""))
    ]
    return document("augmentation", *parts, ground="completed at a lesser cost")


def test_an_augmentation_moves_the_allocations_of_its_ppas(people) -> None:
    act = make_act()
    source = make_ppa(budget="1000.00", obc_share=Decimal("900.00"))
    target = make_ppa(budget="1000.00", budget_ceiling=Decimal("1100.00"))
    lines = [make_line(act, ppa=ppa) for ppa in (source, target)]
    with pytest.raises(Forbidden, match="Only the executive augments"):
        move_funds(MFBM, augmentation(*lines, "200.01"))
    movement = move_funds(EXECUTIVE, augmentation(*lines, "200.01"))
    assert (source.budget_allocation, source.obc_share) == (Decimal("799.99"),) * 2
    assert (target.budget_allocation, target.budget_ceiling) == (Decimal("1200.01"),) * 2
    [down, up] = db.session.scalars(select(Amendment).order_by(Amendment.ppa_id))
    assert {down.kind, up.kind} == {AmendmentKind.MOVEMENT}
    assert "OBC share is reduced to ₱799.99" in down.reason
    assert "ceiling rises to ₱1,200.01" in up.reason
    first = db.session.scalars(select(FundEntry).filter_by(movement_id=movement.id)).first()
    with pytest.raises(Forbidden, match="Only the executive"):
        void_entry(staff(people, "mfbm_analyst"), first, "Signed by nobody")
    voids = void_entry(staff(people, "executive"), first, "Signed by nobody")
    assert len(voids) == 4
    assert [source.budget_allocation, target.budget_allocation] == [Decimal("1000.00")] * 2


def test_a_document_leaves_a_distributed_tree_over_and_never_takes_what_is_obligated(
    people,
) -> None:
    act = make_act()
    ppa = make_ppa(budget="1000.00")
    track(ppa)
    source, target = make_line(act, ppa=ppa), make_line(act)
    post_entry(staff(people), source, entry("obligation", "900.00", payee="Somebody"))
    with pytest.raises(Invalid, match=r"Only ₱100\.00 of the allotment is unobligated"):
        move_funds(EXECUTIVE, augmentation(source, target, "100.01"))
    move_funds(EXECUTIVE, augmentation(source, target, "100.00"))
    assert ppa.over_distributed == Decimal("100.00")


@pytest.mark.parametrize(
    ("kind", "parts", "said"),
    [
        ("modification", "across", "stays within one line"),
        ("transfer", "across", "has no allotment adjustment entries"),
        ("augmentation", "uneven", "not zero"),
        ("augmentation", "allotments alone", "not zero"),
    ],
)
def test_what_a_document_may_not_join_is_refused(kind: str, parts: str, said: str) -> None:
    act = make_act()
    one, other = make_line(act), make_line(act)
    lines = {
        "across": augmentation(one, other, "5.00")["entries"],
        "uneven": document(
            kind,
            (one, "appropriation_adjustment", "-5.00"),
            (other, "appropriation_adjustment", "4.99"),
        )["entries"],
        "allotments alone": document(
            kind,
            (one, "appropriation_adjustment", "-5.00"),
            (other, "allotment_adjustment", "5.00"),
        )["entries"],
    }
    given = document(kind, ground="efficiency") | {"entries": lines[parts]}
    with pytest.raises(Invalid, match=said) as told:
        move_funds(EXECUTIVE if kind == "augmentation" else MFBM, given)
    assert told.value.details["code"] in ("input", "not_zero")
    db.session.rollback()
    assert (
        db.session.scalars(select(FundEntry).where(FundEntry.movement_id.isnot(None))).all() == []
    )


def test_a_cut_of_a_funded_ppa_lowers_a_line_too() -> None:
    act = make_act()
    ppa = make_ppa(budget="1000.00", approval_status=ApprovalStatus.APPROVED)
    line = make_line(act, ppa=ppa)
    [balance] = balances_of(ppa.id)
    with pytest.raises(Invalid, match="Choose the budget line"):
        cut_allocation(MFBM, ppa, Decimal(600), "BAA 90")
    where = {"balance": balance.id, "reference": "BAA 90"}
    cut_allocation(MFBM, ppa, Decimal(600), "BAA 90, section 5", where)
    assert (balance.appropriated, balance.allotted) == (Decimal("600.00"),) * 2
    assert ppa.budget_allocation == Decimal("600.00")
    posted = db.session.scalars(select(FundEntry).where(FundEntry.amount < 0)).all()
    assert [(one.reference, one.remarks, one.balance.line_id) for one in posted] == [
        ("BAA 90", "BAA 90, section 5", line.id)
    ] * 2


def test_a_cut_takes_what_is_not_released_first_and_never_what_is_obligated(people) -> None:
    act = make_act()
    ppa = make_ppa(budget="1000.00", approval_status=ApprovalStatus.APPROVED)
    line = make_line(act, ppa=ppa, for_later_release=True)
    post_entry(MFBM, line, entry("allotment", "700.00"))
    post_entry(staff(people), line, entry("obligation", "650.00", payee="Somebody"))
    [balance] = balances_of(ppa.id)
    where = {"balance": balance.id, "reference": "BAA 90"}
    with pytest.raises(Invalid, match=r"Only ₱50\.00"):
        cut_allocation(MFBM, ppa, Decimal("649.99"), "BAA 90", where)
    db.session.rollback()


def test_a_cut_of_what_is_not_released_leaves_the_allotment(people) -> None:
    ppa = make_ppa(budget="1000.00", approval_status=ApprovalStatus.APPROVED)
    line = make_line(make_act(), ppa=ppa, for_later_release=True)
    post_entry(MFBM, line, entry("allotment", "700.00"))
    [balance] = balances_of(ppa.id)
    cut_allocation(
        MFBM, ppa, Decimal("750.00"), "BAA 90", {"balance": balance.id, "reference": "BAA 90"}
    )
    assert (balance.appropriated, balance.allotted) == (Decimal("750.00"), Decimal("700.00"))


def test_voiding_the_adjustments_of_a_cut_gives_the_ppa_its_allocation_back() -> None:
    ppa = make_ppa(budget="1000.00", approval_status=ApprovalStatus.APPROVED)
    line = make_line(make_act(), ppa=ppa)
    track(ppa)
    [balance] = balances_of(ppa.id)
    where = {"balance": balance.id, "reference": "BAA 90"}
    cut_allocation(MFBM, ppa, Decimal(600), "BAA 90, section 5", where)
    assert ppa.over_distributed == Decimal(400)
    cut = db.session.scalars(select(FundEntry).where(FundEntry.amount < 0)).first()
    voids = void_entry(MFBM, cut, "The court suspended the act")
    assert [one.amount for one in voids] == [Decimal("400.00")] * 2
    assert balance.appropriated == balance.allotted == Decimal("1000.00")
    assert ppa.budget_allocation == Decimal("1000.00")
    assert ppa.over_distributed == 0
    assert ppa.allocation_note == ""
    told = db.session.scalars(select(Amendment).order_by(Amendment.id.desc())).first()
    assert "The void of BAA 90 moved ₱400.00" in told.reason
    # An adjustment that an act makes is its own: neither it nor its void moves the allocation.
    alone = post_entry(MFBM, line, entry("appropriation_adjustment", "50.00"))
    void_entry(MFBM, alone, "Twice")
    assert ppa.budget_allocation == Decimal("1000.00")


def test_a_ppa_that_an_act_funds_is_not_deleted() -> None:
    ppa = make_ppa()
    make_line(make_act(), ppa=ppa)
    with pytest.raises(Conflict, match="An act funds this PPA"):
        delete_ppa(SYSTEM, ppa)


def test_the_screen_cuts_line_and_ppa_together(people, sign_in_as) -> None:
    ppa = make_ppa(budget="1000.00", approval_status=ApprovalStatus.APPROVED)
    make_line(make_act(), ppa=ppa)
    [balance] = balances_of(ppa.id)
    address, number, ppa_id = f"/admin/ppa/{ppa.id}/cut", balance.id, ppa.id
    db.session.commit()
    client = sign_in_as(people.mfbm_analyst)
    assert "unobligated" in client.get(address).text
    sent = {"amount": "400", "reason": "BAA 90", "reference": "BAA 90", "balance": number}
    assert client.post(address, data=sent | {"balance": ""}).status_code == 422
    client.post(address, data=sent)
    allocation = db.session.get_one(PPA, ppa_id).budget_allocation
    assert (balances_of(ppa_id)[0].appropriated, allocation) == (Decimal(400), Decimal(400))
