"""The first step: one answer for everything that is wrong."""

import re

import pytest

from obcms.kernel.extensions import db
from obcms.people import sign_in as proving
from obcms.people.attempts import attempt_key
from obcms.people.models import User
from obcms.people.screens.next_page import is_local
from tests.people.steps import WRONG, is_in, sign_in, stranger

ODD_NAMES = ["\x00", "admin\x00istrator", "a" * 5000, "‮", "' OR 1=1 --", "ﬁ" * 64, "ß" * 64]


def plain(page: str) -> str:
    """The page without what differs at each request: the typed name and the token."""
    return re.sub(r'value="[^"]*"', "", page)


def test_unknown_wrong_and_disabled_look_the_same(app, people) -> None:
    db.session.get_one(User, people.viewer).is_active = False
    db.session.commit()
    answers = [
        sign_in(stranger(app), "nobody at all"),
        sign_in(stranger(app), "administrator", "wrong"),
        sign_in(stranger(app), "viewer"),
        sign_in(stranger(app), "viewer", "wrong"),
        sign_in(stranger(app), "administrator", "correct horse battery" + "x" * 2000),
    ]
    assert {answer.status_code for answer in answers} == {422}
    assert all(WRONG in answer.text for answer in answers)
    assert len({plain(answer.text) for answer in answers}) == 1


def test_an_unknown_name_takes_as_long_as_a_known_one(
    app, people, real_hashes, monkeypatch: pytest.MonkeyPatch
) -> None:
    db.session.get_one(User, people.viewer).set_password("a new passphrase")
    db.session.commit()
    checked: list[str] = []

    def check(hashed: str, _given: str) -> bool:
        checked.append(hashed.partition("$")[0])
        return False

    monkeypatch.setattr(proving, "check_password_hash", check)
    sign_in(stranger(app), "viewer")
    sign_in(stranger(app), "nobody at all")
    assert checked == ["scrypt:32768:8:1"] * 2


@pytest.mark.parametrize("name", ODD_NAMES)
def test_an_odd_name_is_a_wrong_name(app, name: str) -> None:
    assert sign_in(stranger(app), name).status_code == 422


def test_the_right_password_opens_the_page_that_was_asked_for(app, people) -> None:
    client = stranger(app)
    asked = client.get("/admin/ppa/?search=rice").headers["Location"]
    form = {"username": " administrator ", "password": "correct horse battery"}
    assert client.post(asked, data=form).headers["Location"] == "/admin/ppa/?search=rice"
    assert is_in(client)


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.invalid/",
        "//evil.invalid",
        "///evil.invalid",
        "/\\evil.invalid",
        "\\\\evil.invalid",
        "/\t/evil.invalid",
        "/%09/evil.invalid",
        "/%2F/evil.invalid",
        "/%5Cevil.invalid",
        "/.//evil.invalid",
        "\n//evil.invalid",
        " //evil.invalid",
        "javascript:alert(1)",
        "admin/ppa/",
        "/admin/\r\nSet-Cookie: a=b",
        "http:evil.invalid",
        "//[evil",
        "",
    ],
)
def test_signing_in_leads_nowhere_else(app, people, target: str) -> None:
    answer = sign_in(stranger(app), "administrator", next=target)
    assert answer.headers["Location"] == "/admin/"


@pytest.mark.parametrize("target", ["/admin/ppa/", "/admin/ppa/?search=a%20b&page=2", "/account"])
def test_a_page_of_this_site_is_local(target: str) -> None:
    assert is_local(target)


@pytest.mark.parametrize(
    ("address", "counted_as"),
    [
        ("192.0.2.10", "192.0.2.10"),
        ("::ffff:192.0.2.10", "192.0.2.10"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        (None, ""),
        ("unix", "unix"),
    ],
)
def test_what_a_guess_is_counted_under(address: str | None, counted_as: str) -> None:
    assert attempt_key("  ADMIN ", address) == ("admin", counted_as)


def test_signing_out_ends_the_session(app, people) -> None:
    client = stranger(app)
    sign_in(client, "administrator")
    assert is_in(client)
    client.post("/sign-out")
    assert not is_in(client)


def test_a_signed_in_user_who_asks_again_goes_to_the_dashboard(people, sign_in_as) -> None:
    answer = sign_in_as(people.viewer).get("/sign-in")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/admin/")
