"""An import is taken back as one, while nothing later touched it."""

from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM
from obcms.ppas.models import PPA
from obcms.work.models import WorkItem
from obcms.work.work_items import edit_item
from tests.imports.waiting import apply, upload_and_read
from tests.support.factories import make_ppa, track

LIST = b"Code,Title,Budget\nMOH-2025-901,Wells,700000\nMOH-2025-902,Boats,5\n"


@pytest.fixture
def staff(people, sign_in_as) -> FlaskClient:
    make_ppa(code="MOH-2025-901", title="Roads", budget="500000.00", fiscal_year=2025)
    db.session.commit()
    return sign_in_as(people.moa_staff)


def imported(client: FlaskClient) -> str:
    """The address of the page of the import."""
    return apply(client, upload_and_read(client, LIST, "l.csv")).headers["Location"]


def stored() -> dict[str, tuple[str, Decimal | None]]:
    db.session.rollback()
    db.session.expire_all()
    return {ppa.code: (ppa.title, ppa.budget_allocation) for ppa in db.session.scalars(select(PPA))}


BEFORE = {"MOH-2025-901": ("Roads", Decimal(500_000))}
AFTER = {"MOH-2025-901": ("Wells", Decimal(700_000)), "MOH-2025-902": ("Boats", Decimal(5))}


def test_a_ppa_that_was_deleted_later_keeps_the_rest(staff, people) -> None:
    page = imported(staff)
    db.session.delete(db.session.scalars(select(PPA).where(PPA.code == "MOH-2025-902")).one())
    db.session.commit()
    assert staff.post(f"{page}undo").status_code == 409
    assert stored() == {"MOH-2025-901": AFTER["MOH-2025-901"]}


def test_progress_that_is_carried_up_touches_nothing(staff, people) -> None:
    ppa = db.session.scalars(select(PPA)).one()
    root_id = track(ppa, "minimal")["root"].id
    db.session.commit()
    page = imported(staff)
    leaves = select(WorkItem).where(WorkItem.parent_id == root_id)
    leaf = db.session.scalars(leaves.options(joinedload(WorkItem.ppa))).first()
    edit_item(SYSTEM, leaf, {"progress": Decimal(40)})
    db.session.commit()
    assert staff.post(f"{page}undo").status_code == 302
    assert stored() == BEFORE
