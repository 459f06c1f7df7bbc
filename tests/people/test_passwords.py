"""Changing one's own password."""

import pytest

from obcms.kernel.errors import Invalid
from obcms.kernel.extensions import db
from obcms.people.models import User
from obcms.people.users import change_password
from tests.conftest import PASSWORD
from tests.people.steps import is_in, stranger

NEW = "an entirely new password"


def test_a_stranger_has_no_account_page(app, people) -> None:
    for path in ("/account", "/account/password", "/account/second-factor"):
        assert stranger(app).get(path).headers["Location"].startswith("/sign-in")


@pytest.mark.parametrize(
    ("password", "message"),
    [
        ("eleven char", "at least 12"),
        ("x" * 1025, "at most 1,024"),
        ("A_Long_User_Name", "made of your own name"),
        ("zzzzzzzzzzzzzzzz", "among the first that somebody would try"),
    ],
)
def test_a_weak_password_is_refused(password: str, message: str) -> None:
    user = User(username="a_long_user_name")
    with pytest.raises(Invalid, match=message):
        change_password(user, password)
    assert user.password_hash is None


@pytest.mark.parametrize("password", ["twelve chars", "twelve chars" + "x1" * 506])
def test_the_shortest_and_the_longest_password(real_hashes, password: str) -> None:
    user = User(username="amina")
    change_password(user, password)
    assert user.password_hash.startswith("scrypt:32768:8:1$")
    assert user.has_password(password)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"current": "wrong"}, "This is not your current password."),
        ({"again": "another new password"}, "The two new passwords differ."),
        ({"password": "short", "again": "short"}, "A password has at least 12 characters."),
    ],
)
def test_a_refused_change_changes_nothing(people, sign_in_as, change, message) -> None:
    client = sign_in_as(people.viewer)
    form = {"current": PASSWORD, "password": NEW, "again": NEW} | change
    answer = client.post("/account/password", data=form)
    assert answer.status_code == 422
    assert message in answer.text
    assert is_in(client)
    assert db.session.get_one(User, people.viewer).has_password(PASSWORD)


def test_guessing_the_current_password_is_locked_too(people, sign_in_as) -> None:
    client = sign_in_as(people.viewer)
    form = {"current": "wrong", "password": NEW, "again": NEW}
    for _ in range(5):
        assert client.post("/account/password", data=form).status_code == 422
    answer = client.post("/account/password", data=form | {"current": PASSWORD})
    assert answer.status_code == 429
    assert "too many failed attempts" in answer.text
    assert db.session.get_one(User, people.viewer).has_password(PASSWORD)


def test_the_account_page_says_who_i_am(people, sign_in_as) -> None:
    page = sign_in_as(people.moa_staff).get("/account").text
    for fact in ("moa_staff", "MOA staff", "Ministry of Health", "moa_staff@example.invalid"):
        assert fact in page
