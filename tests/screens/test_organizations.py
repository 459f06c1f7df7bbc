"""Organizations in the admin panel."""

import pytest
from sqlalchemy import select

from obcms.kernel.extensions import db
from obcms.organizations.models import Organization

LIST = "/admin/organization/"


def names() -> dict[str, str]:
    db.session.rollback()
    columns = select(Organization.acronym, Organization.name)
    return dict(db.session.execute(columns).tuples().all())


@pytest.mark.parametrize("name", ["viewer", "moa_staff", "moa_head", "coa_auditor"])
def test_who_may_not_change_them_does_not_see_the_screen(people, sign_in_as, name: str) -> None:
    client = sign_in_as(getattr(people, name))
    before = names()
    assert client.get(LIST).status_code == 403
    assert client.post(f"{LIST}new/", data={"acronym": "X", "name": "X"}).status_code == 403
    assert client.post(f"{LIST}edit/?id=1", data={"acronym": "X", "name": "X"}).status_code == 403
    assert names() == before


def test_an_organization_is_added_and_renamed(people, sign_in_as) -> None:
    client = sign_in_as(people.oobc_staff)
    client.post(f"{LIST}new/", data={"acronym": " MTEST ", "name": "Ministry  of Tests"})
    assert names()["MTEST"] == "Ministry of Tests"
    number = db.session.scalars(select(Organization.id).filter_by(acronym="MTEST")).one()
    client.post(f"{LIST}edit/?id={number}", data={"acronym": "MOT", "name": "Ministry of Tests"})
    assert "MOT" in names()
    assert "MTEST" not in names()


@pytest.mark.parametrize(
    "form",
    [
        {"acronym": "MOH", "name": "Another health"},
        {"acronym": "", "name": "Nameless"},
        {"acronym": "X" * 17, "name": "Too long"},
        {"acronym": "X", "name": " "},
    ],
)
def test_a_refused_organization_is_not_added(people, sign_in_as, form) -> None:
    before = names()
    assert sign_in_as(people.oobc_staff).post(f"{LIST}new/", data=form).status_code == 200
    assert names() == before


@pytest.mark.parametrize(
    "target",
    ["https://evil.invalid/", "//evil.invalid", "/\\evil.invalid", "/\t/evil.invalid", "\\\\evil"],
)
def test_saving_leads_nowhere_else(people, sign_in_as, target: str) -> None:
    form = {"acronym": "BAGO", "name": "Bangsamoro Attorney-General's Office"}
    number = db.session.scalars(select(Organization.id).filter_by(acronym="BAGO")).one()
    db.session.rollback()
    client = sign_in_as(people.administrator)
    answer = client.post(f"{LIST}edit/", query_string={"id": number, "url": target}, data=form)
    assert answer.headers["Location"] == LIST
