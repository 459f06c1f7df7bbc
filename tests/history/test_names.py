"""People and organizations are called in the past what they were called then (SPEC 2)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from obcms.history.reads.comparison import compare
from obcms.history.reads.entries import of_item, of_ppa
from obcms.history.reads.past import ppa_as_of
from obcms.history.reads.timeline import ChangeSet, timeline
from obcms.kernel.audit.origin import Origin, acting
from obcms.kernel.db.relations import loaded
from obcms.kernel.extensions import db
from obcms.organizations.models import Organization
from obcms.people.models import User
from obcms.ppas.models import PPA
from tests.support.factories import make_ppa, track

START = datetime(2031, 3, 1, 8, tzinfo=UTC)
DAY = timedelta(days=1)


def moa(acronym: str) -> Organization:
    return db.session.scalars(select(Organization).where(Organization.acronym == acronym)).one()


@pytest.fixture
def world(app: Flask, people) -> Iterator[SimpleNamespace]:
    """On day 1 Noor gives a PPA from MOH to MAFAR and assigns herself; then all are renamed."""
    with time_machine.travel(START, tick=False) as clock:
        ppa = make_ppa(moa="MOH")
        items = track(ppa)
        db.session.commit()
        noor, item = db.session.get_one(User, people.oobc_staff), items["Core work"]
        noor.full_name = "Noor Ali"
        db.session.commit()
        clock.shift(DAY)
        with acting(Origin(noor.id, noor.username, request_id="first")):
            ppa.code, ppa.implementing_moa = "MAFAR-2031-900", moa("MAFAR")
            loaded(ppa, "supporting_organizations")[:] = [moa("MOH")]
            ppa.updated_by_id = noor.id
            loaded(item, "assignees")[:] = [noor]
            db.session.commit()
        clock.shift(DAY)
        moa("MAFAR").acronym, moa("MOH").acronym = "MINAGRI", "HEALTH"
        noor.full_name, noor.username = "Noor Santos", "noor.santos"
        db.session.commit()
        clock.shift(DAY)
        with acting(Origin(noor.id, noor.username, request_id="second")):
            ppa.code, ppa.implementing_moa = "HEALTH-2031-900", moa("HEALTH")
            loaded(item, "assignees").clear()
            db.session.commit()
        yield SimpleNamespace(ppa_id=ppa.id, item_id=item.id)


def told(change_set: ChangeSet) -> str:
    details = [
        (one.label, one.old, one.new) for change in change_set.changes for one in change.details
    ]
    return f"{change_set.actor} {[(one.verb, one.name) for one in change_set.changes]} {details}"


def test_the_timeline_calls_everybody_what_they_were_called(world: SimpleNamespace) -> None:
    second, first = (told(change_set) for change_set in timeline(of_ppa(world.ppa_id))[:2])
    assert first.startswith("Noor Ali")
    assert second.startswith("Noor Santos")
    assert "('Implementing MOA', 'MOH', 'MAFAR')" in first
    assert "('Implementing MOA', 'MINAGRI', 'HEALTH')" in second
    assert "('added supporting organization', 'MOH')" in first
    assert "('added assignee', 'Noor Ali')" in first
    assert "('removed assignee', 'Noor Santos')" in second


def test_so_does_the_history_of_an_item(world: SimpleNamespace) -> None:
    second, first = (told(change_set) for change_set in timeline(of_item(world.item_id))[:2])
    assert "Noor Ali" in first
    assert "Santos" not in first
    assert "Noor Santos" in second
    assert "Ali" not in second


def test_a_look_back_names_the_ministry_of_then(world: SimpleNamespace) -> None:
    names = [
        ppa_as_of(world.ppa_id, START + day * DAY).ppa.implementing_moa for day in (0, 1, 2, 3)
    ]
    assert names == ["MOH", "MAFAR", "MINAGRI", "HEALTH"]


def test_a_comparison_names_it_on_each_side_as_of_then(world: SimpleNamespace) -> None:
    def moas(start: int, end: int) -> list[tuple[str, str]]:
        found = compare(world.ppa_id, START + start * DAY, START + end * DAY)
        return [(f.before, f.after) for f in found.fields if f.label == "Implementing MOA"]

    assert moas(0, 1) == [("MOH", "MAFAR")]
    assert moas(0, 2) == [("MOH", "MINAGRI")]
    assert moas(1, 3) == [("MAFAR", "HEALTH")]
    assert moas(1, 2) == []  # the same ministry, which only has another name


def test_the_page_shows_the_names_of_then(world: SimpleNamespace, people, sign_in_as) -> None:
    client = sign_in_as(people.administrator)
    address = f"/admin/ppa/{world.ppa_id}/history"
    timeline_page = client.get(address).text
    assert all(name in timeline_page for name in ("Noor Ali", "Noor Santos", "MAFAR", "MINAGRI"))
    then = client.get(f"{address}?at=2031-03-02T20:00").text
    assert "<dd>MAFAR</dd>" in then


def test_a_user_is_named_with_the_name_alone_while_there_was_no_other(app: Flask, people) -> None:
    ppa = make_ppa()
    viewer = db.session.get_one(User, people.viewer)
    with acting(Origin(viewer.id, viewer.username, request_id="early")):
        db.session.get_one(PPA, ppa.id).remarks = "Seen"
        db.session.commit()
    viewer.full_name = "Later Name"
    db.session.commit()
    assert timeline(of_ppa(ppa.id))[0].actor == "viewer"


def test_names_need_the_same_queries_after_many_renamings(
    world: SimpleNamespace, people, count_queries
) -> None:
    queries = []
    for times in (1, 20):
        for number in range(times):
            moa("HEALTH").name = f"Ministry {times} {number}"
            db.session.get_one(User, people.oobc_staff).full_name = f"Noor {times} {number}"
            db.session.commit()
        with count_queries() as sent:
            timeline(of_ppa(world.ppa_id))
        queries.append(len(sent))
    assert queries[0] == queries[1]
