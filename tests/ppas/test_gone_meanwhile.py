"""Who waits for a PPA's lock finds it as it is then: gone, where it was deleted or given away."""

import threading
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from obcms.kernel.errors import NotFound
from obcms.kernel.extensions import db
from obcms.organizations.models import Organization
from obcms.people.models import User
from obcms.ppas import edit as ppas
from obcms.ppas.models import PPA
from obcms.spending.expenditures import NewExpenditure, post_expenditure
from obcms.work import work_items
from obcms.work.models import WorkItem
from tests.support.factories import make_ppa, track


@pytest.fixture
def database(postgresql_uri: str) -> str:
    """On SQLite a service that begins to write has the only lock before it reads."""
    return postgresql_uri


Step = Callable[[User, PPA, WorkItem], Any]
STEPS: dict[str, Step] = {
    "edit an item": lambda actor, _ppa, item: work_items.edit_item(actor, item, {"title": "X"}),
    "add an item": lambda actor, _ppa, item: work_items.create_item(actor, item, {"title": "X"}),
    "delete an item": lambda actor, _ppa, item: work_items.delete_item(actor, item),
    "cancel an item": lambda actor, _ppa, item: work_items.cancel_item(actor, item),
    "post a line": lambda actor, _ppa, item: post_expenditure(
        actor, item, NewExpenditure(date(2025, 1, 6), Decimal(5), "Fuel")
    ),
    "edit the PPA": lambda actor, ppa, _item: ppas.edit_ppa(actor, ppa, {"title": "X"}),
}


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS.keys())
@pytest.mark.parametrize("change", ["given away", "deleted"])
def test_what_was_given_away_or_deleted_before_the_lock_was_free_is_not_found(
    app: Flask, people, change: str, step: Step
) -> None:
    """Somebody else holds the PPA's lock, and commits while the step waits for it."""
    ppa = make_ppa()
    item = track(ppa)["Resources"]
    mafar = db.session.scalars(select(Organization).filter_by(acronym="MAFAR")).one().id
    db.session.commit()
    actor = db.session.get_one(User, people.moa_staff)
    db.session.refresh(item)
    db.session.refresh(ppa)
    other = db.engine.connect()
    other.execute(text("SELECT 1 FROM ppa WHERE id = :key FOR UPDATE"), {"key": ppa.id})
    if change == "given away":
        sent = text("UPDATE ppa SET implementing_moa_id = :moa WHERE id = :key")
        other.execute(sent, {"moa": mafar, "key": ppa.id})
    elif step is STEPS["edit the PPA"]:
        other.execute(
            text(
                "UPDATE ppa SET execution_project_id = NULL, "
                "enable_workitem_tracking = false WHERE id = :key"
            ),
            {"key": ppa.id},
        )
        other.execute(text("DELETE FROM work_item WHERE ppa_id = :key"), {"key": ppa.id})
        other.execute(text("DELETE FROM ppa WHERE id = :key"), {"key": ppa.id})
    else:
        other.execute(text("DELETE FROM work_item WHERE id = :key"), {"key": item.id})
    waiting = threading.Timer(0.3, lambda: (other.commit(), other.close()))
    waiting.start()
    with pytest.raises(NotFound, match=r"There is no such PPA|Somebody has deleted this"):
        step(actor, ppa, item)
    waiting.join()
