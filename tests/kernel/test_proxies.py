"""Whose address counts behind a proxy, and when the cookie is for https alone."""

from contextlib import closing

from sqlalchemy import select

from obcms.kernel.extensions import db
from obcms.people.models import SignInAttempt
from tests.people.steps import sign_in, stranger
from tests.support.apps import serving

FORWARDED = {"X-Forwarded-For": "203.0.113.5, 198.51.100.7", "X-Forwarded-Proto": "https"}


def guess(app) -> tuple[list[str], str]:
    client = stranger(app, "127.0.0.1")
    form = {"username": "administrator", "password": "wrong"}
    with closing(client.post("/sign-in", data=form, headers=FORWARDED)) as answer:
        cookie = answer.headers.get("Set-Cookie", "")
    return list(db.session.scalars(select(SignInAttempt.address))), cookie


def test_without_a_setting_nobody_can_make_up_an_address(sqlite_uri, tmp_path) -> None:
    with serving(sqlite_uri, tmp_path) as app:
        addresses, cookie = guess(app)
    assert addresses == ["127.0.0.1"]
    assert "Secure" not in cookie


def test_with_one_proxy_its_word_is_taken_and_no_other(sqlite_uri, tmp_path) -> None:
    with serving(sqlite_uri, tmp_path, trusted_proxies=1) as app:
        addresses, cookie = guess(app)
        assert addresses == ["198.51.100.7"]
        signed_in = sign_in(stranger(app), "nobody", "wrong")
    assert "Secure" in cookie
    assert signed_in.status_code == 422
