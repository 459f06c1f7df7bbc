"""Tokens live through a change of SECRET_KEY while the earlier key is named (SPEC 8)."""

import jwt
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.test_tokens import obtain, refresh, status


@pytest.fixture
def client(app: Flask, people) -> FlaskClient:
    return app.test_client()


def change_key(app: Flask, new: str, *earlier: str) -> None:
    app.config.update(SECRET_KEY=new, SECRET_KEY_FALLBACKS=list(earlier))


@pytest.mark.parametrize("earlier", [["test"], ["other", "test"], ["test", "other"]])
def test_both_tokens_of_an_earlier_key_are_good(app: Flask, client, earlier: list[str]) -> None:
    tokens = obtain(client).json
    change_key(app, "newer", *earlier)
    assert status(client, tokens["access"]) == 200
    assert refresh(client, tokens["refresh"]) == 200


def test_without_the_earlier_key_they_are_refused(app: Flask, client) -> None:
    tokens = obtain(client).json
    change_key(app, "newer", "other")
    assert status(client, tokens["access"]) == 401
    assert refresh(client, tokens["refresh"]) == 401


def test_what_an_earlier_token_buys_is_signed_with_the_present_key(app: Flask, client) -> None:
    first = obtain(client).json
    change_key(app, "newer", "test")
    answer = client.post("/api/token/refresh/", json={"refresh": first["refresh"]})
    bought = answer.json["access"]
    change_key(app, "newer")
    assert status(client, bought) == 200
    change_key(app, "test")
    assert status(client, bought) == 401


@pytest.mark.parametrize("named", ["present", "earlier", "none", "unknown"])
def test_a_signature_with_an_unknown_key_is_refused_whatever_it_names(
    app: Flask, client, named: str
) -> None:
    earlier = obtain(client).json["access"]
    change_key(app, "newer", "test")
    present = obtain(client).json["access"]
    names = {"present": present, "earlier": earlier}
    kid = jwt.get_unverified_header(names[named])["kid"] if named in names else None
    kid = "another" if named == "unknown" else kid
    claims = jwt.decode(present, options={"verify_signature": False})
    forged = jwt.encode(claims, "x" * 64, "HS256", headers={"kid": kid} if kid else None)
    assert status(client, forged) == 401
