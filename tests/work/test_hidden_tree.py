"""A tree whose tracking was switched off takes no writes by any verb (SPEC 3)."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from flask import Flask

from obcms.kernel.errors import Conflict
from obcms.kernel.permissions import SYSTEM
from obcms.work.duplicate import duplicate_item
from obcms.work.models import WorkItem
from obcms.work.move import move_by_one, move_item
from obcms.work.tracking import disable_tracking
from obcms.work.work_items import cancel_item, create_item, delete_item, edit_item
from tests.support.factories import make_ppa, track

Items = dict[str, WorkItem]
VERBS: dict[str, Callable[[Items], object]] = {
    "create": lambda items: create_item(SYSTEM, items["Execution"], {"title": "More"}),
    "edit": lambda items: edit_item(SYSTEM, items["Core work"], {"progress": Decimal(5)}),
    "cancel": lambda items: cancel_item(SYSTEM, items["Core work"]),
    "delete": lambda items: delete_item(SYSTEM, items["Core work"]),
    "duplicate": lambda items: duplicate_item(SYSTEM, items["Core work"], False),
    "move": lambda items: move_item(SYSTEM, items["Core work"], items["Completion"], None),
    "move by one": lambda items: move_by_one(SYSTEM, items["Execution"], up=True),
}


@pytest.mark.parametrize("verb", VERBS)
def test_it_takes_no_write(app: Flask, verb: str) -> None:
    ppa = make_ppa()
    items = track(ppa)
    disable_tracking(SYSTEM, ppa)
    with pytest.raises(Conflict, match="Tracking of this PPA was disabled"):
        VERBS[verb](items)
    core = items["Core work"]
    assert (core.parent_id, core.progress) == (items["Execution"].id, 0)
    assert core.status != "cancelled"
