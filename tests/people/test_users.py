"""Users in the admin panel."""

import re
from typing import Any, ClassVar

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from obcms.kernel.audit.models import AuditEntry
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM, Role
from obcms.people.attempts import count_attempt
from obcms.people.models import User
from obcms.people.record import USERS
from obcms.people.users import create_user
from tests.conftest import PASSWORD
from tests.people.steps import is_in, sign_in, stranger, with_second_factor
from tests.people.user_forms import LIST, SAVED, edit, form_of, moa, stored
from tests.support.doors import refused_everywhere
from tests.support.record_tests import RecordTests


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
        ({"username": "ADMINISTRATOR"}, "There is already a user with this name."),
        ({"username": "\u200b "}, "The user needs a name."),
        ({"username": "x" * 65}, "64 characters"),
        ({"email": "not an address"}, "Enter an e-mail address."),
        ({"role": "emperor"}, "“emperor” is not one of administrator"),
        ({"organization": "9999999", "role": "moa_head"}, "There is no record 9999999."),
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
    edit(client, people.viewer, is_active="y")
    assert stored(people.viewer).is_active
    assert not is_in(viewer)


def test_a_stale_form_undoes_nothing(people, sign_in_as) -> None:
    client = sign_in_as(people.administrator)
    stale = form_of(people.viewer, full_name="From the stale form")
    edit(client, people.viewer, role="executive")
    address = f"{LIST}edit/?id={people.viewer}"
    assert client.post(address, data=stale).status_code == 302
    user = stored(people.viewer)
    assert (user.role, user.full_name) == (Role.EXECUTIVE, "From the stale form")
    late = stale | {"role": "moa_head", "organization": moa("MOH")}
    page = client.post(address, data=late).text
    assert "administrator changed Role from “Viewer” to “Executive”" in page
    assert stored(people.viewer).role is Role.EXECUTIVE


@pytest.mark.parametrize("opened", ["", "{", "[]", None])
def test_a_form_that_does_not_say_what_it_showed_is_refused(people, sign_in_as, opened) -> None:
    page = edit(sign_in_as(people.administrator), people.viewer, opened=opened, full_name="X")
    assert "This form is incomplete. Please open it again." in page
    assert stored(people.viewer).full_name == ""


GOOD = {
    "username": "amina",
    "full_name": "Amina Ali",
    "email": "amina@moh.example",
    "role": "viewer",
}
BAD = (
    ({"username": ""}, "username"),
    ({"username": "\u200b "}, "username"),
    ({"username": "maria santos"}, "username"),
    ({"username": "maria\x01"}, "username"),
    ({"username": "x" * 65}, "username"),
    ({"username": "VIEWER"}, "username"),
    ({"username": "v1ewer"}, "username"),
    ({"full_name": "x" * 256}, "full_name"),
    ({"full_name": "Amina\u202eAli"}, "full_name"),
    ({"full_name": "Amina\x01"}, "full_name"),
    ({"email": "not an address"}, "email"),
    ({"email": "amina@"}, "email"),
    ({"email": f"{'x' * 250}@moh.example"}, "email"),
    ({"role": "moa_staff"}, "organization"),
    ({"role": "moa_head"}, "organization"),
)


class TestUsers(RecordTests):
    record = USERS
    address = LIST
    given: ClassVar[dict[str, str]] = GOOD
    other: ClassVar[dict[str, str]] = {"full_name": "Amina binti Ali"}
    bad = (*BAD, ({"role": "emperor"}, "role"), ({"organization": 999_999}, "organization"))

    def create(self, actor: User, values: dict[str, Any]) -> User:
        return create_user(actor, values, PASSWORD)


def test_the_command_refuses_what_the_verb_refuses(app, people) -> None:
    def command(values: dict[str, str]) -> Result:
        options = ["--role", values["role"], "--name", values["full_name"]]
        options += ["--email", values["email"], "--password", PASSWORD]
        return app.test_cli_runner().invoke(
            args=["user", "create", *options, "--", values["username"]]
        )

    refused_everywhere(
        [GOOD | values for values, _ in BAD],
        verb=lambda values: create_user(SYSTEM, values, PASSWORD),
        command=command,
    )
    assert db.session.scalar(select(func.count(User.id))) == 10


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
