"""Help for a user who cannot sign in: a password, an unlocking, a reset."""

import pytest

from obcms.kernel.errors import Forbidden, Invalid
from obcms.kernel.extensions import db
from obcms.people.attempts import count_attempt
from obcms.people.models import User
from obcms.people.second_factor import reset
from obcms.people.users import locked_among, set_password, unlock
from tests.conftest import PASSWORD
from tests.people.steps import has_second_factor, is_in, sign_in, stranger, with_second_factor
from tests.people.user_forms import LIST, stored


def test_setting_a_password(app, people, sign_in_as) -> None:
    client, viewer = sign_in_as(people.administrator), sign_in_as(people.viewer)
    path = f"{LIST}{people.viewer}/password"
    refused = client.post(path, data={"password": "short"})
    assert refused.status_code == 422
    assert "A password has at least 12 characters." in refused.text
    assert is_in(viewer)
    page = client.post(path, data={"password": "typed by the administrator"}).text
    assert "typed by the administrator" not in page
    assert not is_in(viewer)
    assert sign_in(stranger(app), "viewer", "typed by the administrator").status_code == 302


def test_unlocking_forgets_the_failures_everywhere(app, people, sign_in_as) -> None:
    client = stranger(app)
    for _ in range(5):
        sign_in(client, "Viewer", "wrong")
    assert sign_in(client, "viewer").status_code == 429
    administrator = sign_in_as(people.administrator)
    assert "Unlock" in administrator.get(f"{LIST}edit/?id={people.viewer}").text
    administrator.post(f"{LIST}{people.viewer}/unlock")
    assert sign_in(client, "viewer").status_code == 302
    assert "Unlock" not in administrator.get(f"{LIST}edit/?id={people.viewer}").text


def test_resetting_a_second_factor(app, people, sign_in_as) -> None:
    with_second_factor(people.viewer)
    viewer, administrator = sign_in_as(people.viewer), sign_in_as(people.administrator)
    assert is_in(viewer)
    path = f"{LIST}{people.viewer}/reset-second-factor"
    assert administrator.post(path).status_code == 302
    assert not has_second_factor(people.viewer)
    assert not is_in(viewer)
    assert sign_in(stranger(app), "viewer").headers["Location"] == "/admin/"
    assert administrator.post(path).status_code == 422


def test_ones_own_account_takes_the_present_password(app, people, sign_in_as) -> None:
    with_second_factor(people.administrator)
    client = sign_in_as(people.administrator)
    own = f"{LIST}{people.administrator}"
    answer = client.post(f"{own}/password", data={"password": "an entirely new password"})
    assert answer.status_code == 422
    assert "This is your own account" in answer.text
    assert client.post(f"{own}/reset-second-factor").status_code == 422
    assert stored(people.administrator).has_password(PASSWORD)
    assert has_second_factor(people.administrator)
    assert is_in(client)


def test_the_forms_of_users_lead_to_their_guide(people, sign_in_as) -> None:
    client = sign_in_as(people.administrator)
    for form in ("new/", f"edit/?id={people.viewer}"):
        assert 'href="/admin/help/users"' in client.get(LIST + form).text, form
    assert "Looking after users" in client.get("/admin/help/users").text


HELP = {
    "password": lambda actor, user: set_password(actor, user, "typed by somebody"),
    "unlock": unlock,
    "second factor": reset,
}


@pytest.mark.parametrize("help_with", HELP.values(), ids=HELP.keys())
@pytest.mark.parametrize("who", ["viewer", "moa_head", "oobc_staff"])
def test_nobody_but_an_administrator_helps(people, help_with, who: str) -> None:
    with_second_factor(people.executive)
    for _ in range(5):
        count_attempt("executive", "192.0.2.10")
    user = db.session.get_one(User, people.executive)
    with pytest.raises(Forbidden, match="Your role does not allow this"):
        help_with(db.session.get_one(User, getattr(people, who)), user)
    assert locked_among([user]) == {user.id}
    assert has_second_factor(user.id)
    assert user.has_password(PASSWORD)


def test_an_administrators_own_password_is_not_set_without_the_present_one(people) -> None:
    administrator = db.session.get_one(User, people.administrator)
    with pytest.raises(Invalid, match="This is your own account"):
        set_password(administrator, administrator, "typed by whoever passed")
    assert administrator.has_password(PASSWORD)
