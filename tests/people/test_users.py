"""Users in the admin panel."""

import re

import pytest
from flask import Flask
from sqlalchemy import func, select

from obcms.kernel.audit.models import AuditEntry
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Role
from obcms.people.attempts import count_attempt
from obcms.people.models import User
from tests.conftest import PASSWORD
from tests.people.steps import is_in, sign_in, stranger, with_second_factor
from tests.people.user_forms import LIST, SAVED, edit, form_of, moa, stored


@pytest.mark.parametrize("name", ["viewer", "oobc_staff", "coa_auditor", "outsider"])
def test_everybody_else_finds_it_closed(people, sign_in_as, name: str) -> None:
    client = sign_in_as(getattr(people, name))
    user = people.administrator
    for path in ("", "new/", f"edit/?id={user}", f"{user}/password"):
        assert client.get(LIST + path).status_code == 403, path
    for path in (
        "new/",
        f"edit/?id={user}",
        f"{user}/password",
        f"{user}/unlock",
        f"{user}/reset-second-factor",
    ):
        form = form_of(user, username="mine", password=PASSWORD)
        assert client.post(LIST + path, data=form).status_code == 403, path
    assert client.get("/admin/roles/").status_code == 403
    assert stored(user).username == "administrator"


def test_a_user_cannot_be_deleted(app: Flask, people, sign_in_as) -> None:
    client = sign_in_as(people.administrator)
    client.post(f"{LIST}delete/", data={"id": people.viewer})
    client.post(f"{LIST}action/", data={"action": "delete", "rowid": people.viewer})
    assert stored(people.viewer) is not None


def test_the_list_finds_and_filters(app: Flask, people, sign_in_as) -> None:
    with_second_factor(people.executive)
    db.session.get_one(User, people.viewer).is_active = False
    for _ in range(5):
        count_attempt("coa_auditor", "192.0.2.10")
    db.session.commit()
    client = sign_in_as(people.administrator)

    def names(query: str) -> list[str]:
        return re.findall(r'<a class="code" [^>]*>([^<]*)', client.get(LIST + query).text)

    assert len(names("")) == 10
    assert names("?search=planner") == ["bpda_planner"]
    assert names("?flt_role_is=moa_staff") == ["moa_staff", "outsider"]
    assert names(f"?flt_ministry_is={moa('MAFAR')}") == ["outsider"]
    assert names("?flt_active_is=0") == ["viewer"]
    assert names("?flt_second_factor_is=1") == ["executive"]
    page = client.get(LIST).text
    assert page.count(">Locked<") == page.count(">Disabled<") == 1
    assert PASSWORD not in page


def test_the_list_takes_the_same_queries_for_many_users(people, sign_in_as, count_queries) -> None:
    client = sign_in_as(people.administrator)
    counts = []
    for more in (0, 40):
        db.session.add_all(
            User(username=f"u{n}", role=Role.VIEWER, password_hash="x") for n in range(more)
        )
        db.session.commit()
        with count_queries() as sent:
            assert client.get(LIST).status_code == 200
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 8


def test_a_new_user_gets_a_password_that_is_shown_once(app, people, sign_in_as) -> None:
    client = sign_in_as(people.administrator)
    form = {
        "username": " amina ",
        "full_name": "Amina Ali",
        "email": "amina@moh.example",
        "role": "moa_head",
        "organization": moa("MOH"),
        "is_active": "y",
    }
    address = client.post(f"{LIST}new/", data=form).headers["Location"]
    user = db.session.scalars(select(User).filter_by(username="amina")).one()
    assert address == f"/admin/user/{user.id}/password"
    assert (user.role, user.organization.acronym) == (Role.MOA_HEAD, "MOH")
    shown = client.post(address, data={"password": ""}).text
    password = re.search(r'shown-password">([^<]+)<', shown).group(1)
    assert password not in client.get(address).text
    assert sign_in(stranger(app), "amina", password).status_code == 302


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"role": "moa_staff"}, "A user with the role MOA staff needs a ministry."),
        ({"username": "ADMINISTRATOR"}, "There is already a user “administrator”."),
        ({"username": "\u200b "}, "The user needs a name."),
        ({"username": "x" * 65}, "64 characters"),
        ({"email": "not an address"}, "Enter an e-mail address."),
        ({"role": "emperor"}, "Invalid Choice"),
        ({"organization": "9999999", "role": "moa_head"}, "needs a ministry"),
    ],
)
def test_what_a_form_cannot_say(people, sign_in_as, changes, message: str) -> None:
    client = sign_in_as(people.administrator)
    before = form_of(people.viewer)
    page = edit(client, people.viewer, **changes)
    assert SAVED not in page
    assert message in page
    assert form_of(people.viewer) == before
    form = {"username": "new", "role": "viewer", "is_active": "y"} | changes
    assert client.post(f"{LIST}new/", data=form).status_code == 200
    assert db.session.scalar(select(func.count(User.id))) == 10


def test_an_edit_is_saved_and_in_the_trail(people, sign_in_as) -> None:
    client = sign_in_as(people.administrator)
    assert SAVED in edit(client, people.viewer, full_name="Noor", role="executive")
    user = stored(people.viewer)
    assert (user.full_name, user.role, user.is_active) == ("Noor", Role.EXECUTIVE, True)
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry.actor_name == "administrator"
    assert entry.changes["role"] == ["viewer", "executive"]
    assert entry.changes["full_name"] == ["", "Noor"]


def test_disabling_ends_the_session_and_enabling_does_not_bring_it_back(people, sign_in_as) -> None:
    viewer, client = sign_in_as(people.viewer), sign_in_as(people.administrator)
    assert is_in(viewer)
    edit(client, people.viewer, is_active=None)
    assert not is_in(viewer)
    edit(client, people.viewer)
    assert stored(people.viewer).is_active
    assert not is_in(viewer)


def test_a_stale_form_undoes_nothing(people, sign_in_as) -> None:
    client = sign_in_as(people.administrator)
    stale = form_of(people.viewer, full_name="From the stale form")
    edit(client, people.viewer, role="executive")
    page = client.post(f"{LIST}edit/?id={people.viewer}", data=stale, follow_redirects=True).text
    assert "administrator changed Role from “Viewer” to “Executive”" in page
    assert (stored(people.viewer).role, stored(people.viewer).full_name) == (Role.EXECUTIVE, "")


@pytest.mark.parametrize("user_id", [999999, 2**31, 2**70])
def test_a_user_who_does_not_exist(people, sign_in_as, user_id: int) -> None:
    client = sign_in_as(people.administrator)
    assert client.get(f"{LIST}{user_id}/password").status_code == 404
    assert client.post(f"{LIST}{user_id}/unlock").status_code == 404


def test_the_roles_page_shows_the_table(people, sign_in_as) -> None:
    page = sign_in_as(people.administrator).get("/admin/roles/").text
    row = page.split("Change users and sign-in rules")[1].split("</tr>")[0]
    assert row.count("✓") == 1
    assert page.split(">See PPAs<")[1].split("</tr>")[0].count("✓") == len(Role)
