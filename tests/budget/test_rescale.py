"""A distribution that leaves too little for what is below offers to rescale it (SPEC 5)."""

from decimal import Decimal
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import select

from obcms.budget import distribution
from obcms.budget.proposal import Request
from obcms.kernel.errors import Invalid
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM
from obcms.work.models import WorkItem
from obcms.work.rules.choices import DistributionMethod
from tests.api.conftest import ENTRIES
from tests.support.factories import make_ppa, track

EQUAL = Request(DistributionMethod.EQUAL)
RESCALED = Request(DistributionMethod.EQUAL, rescale=True)


@pytest.fixture
def program(app: Flask) -> SimpleNamespace:
    """The three sub-projects of the `program` template have 20, 60 and 20 percent."""
    ppa = make_ppa("900.00")
    items = track(ppa, "program")
    return SimpleNamespace(ppa=ppa, items=items)


def apply(program: SimpleNamespace, request: Request) -> None:
    seen = distribution.preview(SYSTEM, program.ppa, request)
    distribution.apply(SYSTEM, program.ppa, request, seen.version)


def budgets(program: SimpleNamespace, *titles: str) -> list[str]:
    return [str(program.items[title].allocated_budget) for title in titles]


def test_the_refusal_names_the_item_the_difference_and_what_helps(program) -> None:
    with pytest.raises(Invalid) as refused:
        apply(program, EQUAL)
    [problem] = refused.value.problems
    assert problem.pointer == "rescale"
    assert problem.message.startswith(
        "“Implementation” would get ₱300.00, ₱240.00 less than the ₱540.00 that its items hold."
    )


def test_what_is_below_keeps_its_proportions(program) -> None:
    apply(program, RESCALED)
    assert budgets(program, "Planning and design", "Implementation") == ["300.00", "300.00"]
    assert budgets(program, "Mobilization", "Delivery", "Consolidation") == [
        "90.00",
        "150.00",
        "60.00",
    ]


def test_what_still_fits_stays_as_it_is(program) -> None:
    before = budgets(program, "Needs study", "Consultation", "Program design")
    apply(program, RESCALED)
    assert budgets(program, "Needs study", "Consultation", "Program design") == before


def test_it_goes_as_far_down_as_it_is_needed(program) -> None:
    delivery = program.items["Delivery"]
    for number, amount in enumerate(("200.00", "70.00")):
        child = WorkItem(
            parent=delivery, ppa_id=program.ppa.id, work_type="task", title=str(number)
        )
        child.allocated_budget = Decimal(amount)
        db.session.add(child)
    db.session.flush()
    apply(program, RESCALED)
    below = select(WorkItem.allocated_budget).where(WorkItem.parent_id == delivery.id)
    assert sorted(db.session.scalars(below)) == [Decimal("38.89"), Decimal("111.11")]


def test_nothing_left_leaves_nothing_below(program) -> None:
    ids = [program.items[title].id for title in ("Planning and design", "Implementation")]
    ids.append(program.items["Monitoring and evaluation"].id)
    amounts = dict(zip(ids, ("900", "0", "0"), strict=True))
    apply(program, Request(DistributionMethod.MANUAL, amounts, rescale=True))
    assert budgets(program, "Delivery", "Assessment") == ["0", "0"]


def test_it_is_undone_as_one(program) -> None:
    apply(program, RESCALED)
    distribution.undo(SYSTEM, distribution.find_batch(program.ppa, 1))
    assert budgets(program, "Implementation", "Delivery") == ["540.00", "270.00"]


def test_the_api_points_at_the_parameter_and_takes_it(program, people, call_as) -> None:
    address = f"{ENTRIES}{program.ppa.id}/distribute-budget/"
    db.session.commit()
    client = call_as(people.moa_staff)
    preview = client.post(address, json={"method": "equal", "preview": True}).json
    assert not preview["can_apply"]
    asked = {"method": "equal", "version": preview["version"]}
    refused = client.post(address, json=asked)
    assert refused.status_code == 422
    assert [one["pointer"] for one in refused.json["problems"]] == ["/rescale"]
    assert client.post(address, json=asked | {"rescale": True}).status_code == 200


def test_the_dialog_offers_it_switched_on(program, people, sign_in_as) -> None:
    ppa_id = program.ppa.id
    db.session.commit()
    staff = sign_in_as(people.moa_staff)
    page = f"/admin/ppa/{ppa_id}/distribute"
    assert 'name="rescale" value="1" checked' in staff.get(page).text
    sent = {"method": "equal", "rescale": "1"}
    seen = staff.post(f"{page}/preview", data=sent).json
    assert (seen["blocked"], len(seen["lines"])) == (0, 6)
    applied = sent | {"version": seen["version"]}
    assert staff.post(f"{page}/apply", data=applied).status_code == 302
