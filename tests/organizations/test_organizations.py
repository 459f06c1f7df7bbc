"""Organizations in the admin panel."""

from typing import ClassVar

import pytest
from sqlalchemy import select

from obcms.kernel.extensions import db
from obcms.organizations.models import Organization
from obcms.organizations.record import ORGANIZATIONS
from tests.support.html_form import opened_form
from tests.support.record_tests import APIRecordTests

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


class TestOrganizations(APIRecordTests):
    record = ORGANIZATIONS
    address = LIST
    given: ClassVar[dict[str, str]] = {"acronym": "MTEST", "name": "Ministry of Tests"}
    other: ClassVar[dict[str, str]] = {"name": "Ministry of Trials"}
    unlike = ("acronym", "name")
    bad = (
        ({"acronym": "MOH"}, "acronym"),
        ({"acronym": "moh"}, "acronym"),
        ({"acronym": "M\u200bOH"}, "acronym"),
        ({"acronym": "\uff2d\uff2f\uff28"}, "acronym"),
        ({"acronym": "М\u041e\u041d"}, "acronym"),
        ({"acronym": "M-H"}, "acronym"),
        ({"acronym": "MOÑ"}, "acronym"),
        ({"acronym": "\u2167" * 6}, "acronym"),
        ({"name": "Ministry of Health"}, "name"),
        ({"name": "MINISTRY  of  Héalth"}, "name"),
        ({"name": "Ministry of H\u0435alth"}, "name"),
        ({"name": "Ministry of Hea\u200blth"}, "name"),
        ({"acronym": ""}, "acronym"),
        ({"acronym": "   "}, "acronym"),
        ({"acronym": "X" * 17}, "acronym"),
        ({"name": " "}, "name"),
        ({"name": "Ministry\u202eof Tests"}, "name"),
        ({"name": "X" * 256}, "name"),
        ({"name": "Ministry\x01"}, "name"),
    )


def test_blanks_around_and_between_are_put_right(people, sign_in_as) -> None:
    client = sign_in_as(people.oobc_staff)
    client.post(f"{LIST}new/", data={"acronym": " MTEST ", "name": "Ministry  of Tests"})
    assert names()["MTEST"] == "Ministry of Tests"


@pytest.mark.parametrize(
    "target",
    ["https://evil.invalid/", "//evil.invalid", "/\\evil.invalid", "/\t/evil.invalid", "\\\\evil"],
)
def test_saving_leads_nowhere_else(people, sign_in_as, target: str) -> None:
    number = db.session.scalars(select(Organization.id).filter_by(acronym="BAGO")).one()
    db.session.rollback()
    client = sign_in_as(people.administrator)
    form = opened_form(client, f"{LIST}edit/?id={number}")
    answer = client.post(f"{LIST}edit/", query_string={"id": number, "url": target}, data=form)
    assert answer.headers["Location"] == LIST
