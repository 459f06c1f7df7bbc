"""A new user's role is chosen: nothing is preset, at any door."""

import re

import pytest
from sqlalchemy import select

from obcms.kernel.errors import Invalid
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM
from obcms.people.models import User
from obcms.people.users import create_user
from tests.conftest import PASSWORD

NEW = "/admin/user/new/"
FORM = {"username": "amina", "is_active": "y"}


def options(page: str, name: str) -> str:
    return re.search(rf'<select[^>]* name="{name}"[^>]*>(.*?)</select>', page, re.DOTALL)[1]


def test_the_form_presets_nothing(people, sign_in_as) -> None:
    shown = options(sign_in_as(people.administrator).get(NEW).text, "role")
    assert re.findall(r"<option selected value=\"(.*?)\">", shown) == [""]
    assert "Choose…" in shown


@pytest.mark.parametrize("role", [{}, {"role": ""}, {"role": "__None"}])
def test_a_form_without_a_role_is_refused(people, sign_in_as, role) -> None:
    answer = sign_in_as(people.administrator).post(NEW, data=FORM | role)
    assert answer.status_code == 200
    assert db.session.scalar(select(User.id).filter_by(username="amina")) is None


def test_the_verb_and_the_command_ask_too(app) -> None:
    with pytest.raises(Invalid, match="Choose a role"):
        create_user(SYSTEM, {"username": "amina"}, PASSWORD)
    result = app.test_cli_runner().invoke(args=["user", "create", "amina"])
    assert result.exit_code == 2
    assert "--role" in result.stderr


def test_an_existing_role_stays_chosen(people, sign_in_as) -> None:
    page = sign_in_as(people.administrator).get(f"/admin/user/edit/?id={people.viewer}").text
    assert re.findall(r"<option selected value=\"(.*?)\">", options(page, "role")) == ["viewer"]


def test_a_choice_with_a_default_keeps_it(people, sign_in_as) -> None:
    page = sign_in_as(people.oobc_staff).get("/admin/ppa/new/").text
    assert re.findall(r"<option selected value=\"(.*?)\">", options(page, "status")) == ["planning"]
