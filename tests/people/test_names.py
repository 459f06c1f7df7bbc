"""User names have one form and one likeness, at every door (SPEC 2, Identity)."""

import pytest
from sqlalchemy import select

from obcms.kernel.audit.models import AuditEntry
from obcms.kernel.errors import Invalid
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM, Role
from obcms.people.models import User
from obcms.people.rules.names import fold, likeness, well_formed
from obcms.people.users import create_user
from tests.conftest import PASSWORD
from tests.people.steps import sign_in, stranger
from tests.people.user_forms import LIST, edit, form_of, stored

SAME = ["Maria.Santos", " maria.santos ", "MARIA.SANTOS", "ｍaria.santos", "maria\u200b.santos"]
ALIKE = ["maria-santos", "mariasantos", "rnaria.santos", "mar1a.santos", "maria.sant0s"]
ODD = ["maria santos", "mаria.santos", "ñandu", "maria/santos", "maria'--", "مريم", "ma\u0131a"]


@pytest.mark.parametrize("typed", SAME)
def test_it_is_folded_before_it_is_kept(typed: str) -> None:
    assert well_formed(typed) == fold(typed) == "maria.santos"
    assert User(username=typed).username == "maria.santos"


@pytest.mark.parametrize("typed", ODD)
def test_other_letters_are_refused_by_name(typed: str) -> None:
    with pytest.raises(Invalid, match="made of a–z, 0–9"):
        well_formed(typed)


@pytest.mark.parametrize("name", ["a", "amina", "a.b_c-d@e9", "x" * 64])
def test_what_a_name_can_be(name: str) -> None:
    assert well_formed(name) == name


@pytest.mark.parametrize(("one", "other"), [("amina", "amin"), ("user1", "user2"), ("ana", "ama")])
def test_other_names_are_not_alike(one: str, other: str) -> None:
    assert likeness(one) != likeness(other)


@pytest.fixture
def maria(app) -> int:
    user = create_user(SYSTEM, {"username": "Maria.Santos", "role": Role.VIEWER}, PASSWORD)
    db.session.commit()
    return user.id


@pytest.mark.parametrize("typed", [*SAME, *ALIKE])
def test_nobody_is_taken_for_somebody_else_at_any_door(people, sign_in_as, maria, typed) -> None:
    client = sign_in_as(people.administrator)
    form = {"username": typed, "role": "viewer", "is_active": "y"}
    assert client.post(f"{LIST}new/", data=form).status_code == 200
    edit(client, people.viewer, username=typed)
    assert stored(people.viewer).username == "viewer"
    run = client.application.test_cli_runner().invoke
    created = run(args=["user", "create", typed, "--role", "viewer", "--password", PASSWORD])
    renamed = run(args=["user", "rename", "viewer", typed])
    assert (created.exit_code, renamed.exit_code) == (1, 1)
    with pytest.raises(Invalid, match=r"already|taken for"):
        create_user(SYSTEM, {"username": typed, "role": Role.VIEWER}, PASSWORD)
    db.session.rollback()
    assert len(db.session.scalars(select(User).where(User.username.like("%santos"))).all()) == 1


@pytest.mark.parametrize("typed", SAME)
def test_whoever_types_it_in_another_form_signs_in(app, maria, typed: str) -> None:
    assert sign_in(stranger(app), typed).status_code == 302
    given = app.test_client().post("/api/token/", json={"username": typed, "password": PASSWORD})
    assert given.status_code == 200


def test_an_older_name_of_another_form_can_be_kept_and_signs_in(app, people, sign_in_as) -> None:
    db.session.get_one(User, people.viewer).username = "Juan dela Cruz"
    db.session.commit()
    client = sign_in_as(people.administrator)
    edit(client, people.viewer, full_name="Juan")
    assert stored(people.viewer).full_name == "Juan"
    assert form_of(people.viewer)["username"] == "juan dela cruz"
    assert sign_in(stranger(app), "juan dela cruz").status_code == 302


def test_renaming_from_the_command_line_is_in_the_trail(app, people) -> None:
    run = app.test_cli_runner().invoke
    result = run(args=["user", "rename", "viewer", "Noor.Ali"])
    assert (result.exit_code, result.output) == (0, "“viewer” is now “noor.ali”.\n")
    user = stored(people.viewer)
    assert (user.username, user.version) == ("noor.ali", 2)
    [entry] = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "update"))
    assert entry.changes == {"username": ["viewer", "noor.ali"], "version": [1, 2]}
    assert (entry.table_name, entry.row_key) == ("user_account", str(people.viewer))
    assert entry.actor_name.startswith("cli: ")
    by_number = run(args=["user", "rename", f"number:{people.viewer}", "noor"])
    assert by_number.exit_code == 0
    assert "There is no user “nobody”." in run(args=["user", "rename", "nobody", "x"]).output
