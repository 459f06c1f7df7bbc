"""The execution project goes on following its PPA's title and dates (SPEC 3)."""

from datetime import date
from types import SimpleNamespace

import pytest
from flask import Flask

from obcms.kernel.audit.models import AuditEntry
from obcms.kernel.errors import Invalid
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM
from obcms.ppas.edit import edit_ppa
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import ProgressWeighting
from obcms.work.models import WorkItem
from obcms.work.tracking import disable_tracking, enable_tracking
from obcms.work.work_items import edit_item
from tests.api.conftest import ENTRIES
from tests.support.factories import make_ppa, track
from tests.support.html_form import edit_form

NEW = {"title": "Renamed", "start_date": "2031-03-01", "target_end_date": "2031-06-30"}
FOLLOWED = ("Renamed", date(2031, 3, 1), date(2031, 6, 30))


def taken(root: WorkItem) -> tuple:
    return root.title, root.start_date, root.end_date


def tracked() -> tuple[PPA, WorkItem]:
    ppa = make_ppa()
    return ppa, track(ppa)["root"]


def test_a_verb_takes_the_root_with_it(app: Flask) -> None:
    ppa, root = tracked()
    version = root.version
    edit_ppa(SYSTEM, ppa, NEW)
    assert taken(root) == FOLLOWED
    assert root.version == version + 1


def test_a_plain_assignment_takes_the_root_with_it(app: Flask) -> None:
    ppa, root = tracked()
    db.session.commit()
    ppa.title, ppa.start_date = "Renamed", None
    db.session.commit()
    assert taken(root) == ("Renamed", None, ppa.target_end_date)


def test_the_api_takes_the_root_with_it(app: Flask, people: SimpleNamespace, call_as) -> None:
    ppa, root = tracked()
    ppa_id, root_id = ppa.id, root.id
    db.session.commit()
    assert call_as(people.moa_staff).patch(f"{ENTRIES}{ppa_id}/", json=NEW).status_code == 200
    assert taken(db.session.get_one(WorkItem, root_id)) == FOLLOWED


def test_it_is_an_act_of_the_same_person_in_the_trail(app: Flask) -> None:
    ppa, root = tracked()
    db.session.commit()
    edit_ppa(SYSTEM, ppa, {"title": "Renamed"})
    entries = db.session.query(AuditEntry).filter_by(table_name="work_item", action="update")
    assert [(one.row_key, one.changes["title"][1]) for one in entries] == [
        (str(root.id), "Renamed")
    ]


def test_what_it_does_not_follow_leaves_the_root_alone(app: Flask) -> None:
    ppa, root = tracked()
    version = root.version
    edit_ppa(SYSTEM, ppa, {"remarks": "x"})
    assert root.version == version


def test_progress_by_duration_is_computed_from_the_new_dates(app: Flask) -> None:
    ppa, root = tracked()
    ppa.progress_weighting = ProgressWeighting.DURATION
    db.session.flush()
    edit_ppa(SYSTEM, ppa, NEW)
    assert root.start_date == date(2031, 3, 1)


def test_a_kept_tree_follows_while_it_is_not_tracked(app: Flask) -> None:
    ppa, root = tracked()
    disable_tracking(SYSTEM, ppa)
    edit_ppa(SYSTEM, ppa, NEW)
    enable_tracking(SYSTEM, ppa)
    assert taken(root) == FOLLOWED


@pytest.mark.parametrize(
    ("field", "value"),
    [("title", "Its own"), ("start_date", "2031-02-01"), ("end_date", None)],
)
def test_the_root_gets_no_title_or_dates_of_its_own(app: Flask, field: str, value: object) -> None:
    ppa, root = tracked()
    with pytest.raises(Invalid, match=f"takes this from {ppa.code}") as refused:
        edit_item(SYSTEM, root, {field: value})
    assert [problem.pointer for problem in refused.value.problems] == [field]


def test_the_roots_editor_offers_no_title_or_dates(app: Flask, people, sign_in_as) -> None:
    ppa, root = tracked()
    ppa_id, root_id = ppa.id, root.id
    db.session.commit()
    staff = sign_in_as(people.moa_staff)
    address = f"/admin/ppa/{ppa_id}/items/{root_id}/edit"
    form = staff.get(address, headers={"X-Fragment": "work_items"}).text
    for name in ("title", "start_date", "end_date"):
        assert f'name="{name}"' not in form
    saved = edit_form(staff, address, description="Seen")
    assert saved.status_code == 302
