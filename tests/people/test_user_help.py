"""Help for a user who cannot sign in: a password, an unlocking, a reset."""

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
