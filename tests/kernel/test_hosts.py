"""A host that cannot be is a 400 on every page, and a header says nothing about the address."""

from pathlib import Path

import pytest
from werkzeug.test import Client

from obcms.kernel.wsgi import is_possible
from tests.support.apps import serving

IMPOSSIBLE = [
    "a..b",
    "a" * 70,
    f"{'b' * 64}.example",
    ".example",
    "..",
    "-a.example",
    "a-.example",
    "a b",
    "a/b",
    "a@b",
    "é.example",
    "obcms:http",
    "obcms:0",
    "obcms:99999",
    "[::1",
    "::1",
    ".".join(["a" * 60] * 5),
]
POSSIBLE = ["obcms", "obcms.example:8000", "10.0.0.7", "[::1]:8000", "obcms_web", "a.b.", "x:"]
PATHS = ["/", "/sign-in", "/admin/", "/account", "/health/", "/nowhere", "/api/token/", "/static/x"]


@pytest.fixture
def app(sqlite_uri: str, tmp_path: Path):
    with serving(sqlite_uri, tmp_path) as app:
        app.config["PROPAGATE_EXCEPTIONS"] = False
        yield app


@pytest.mark.parametrize("host", IMPOSSIBLE)
def test_a_host_that_cannot_be_is_a_400_on_every_page(app, host: str) -> None:
    for path in PATHS:
        answer = app.test_client().get(path, headers={"Host": host})
        assert answer.status_code == 400, path
        if path.startswith("/api/"):
            assert answer.mimetype == "application/problem+json"
        else:
            assert answer.text == "There can be no host of this name."


@pytest.mark.parametrize("host", POSSIBLE)
def test_a_host_that_can_be_is_served(app, host: str) -> None:
    assert is_possible(host)
    assert app.test_client().get("/sign-in", headers={"Host": host}).status_code == 200


def test_without_a_proxy_no_header_moves_the_address(app, monkeypatch) -> None:
    """gunicorn believes SCRIPT_NAME from this machine, and cuts it off the path."""
    monkeypatch.delenv("SCRIPT_NAME", raising=False)
    forged = {"SCRIPT_NAME": "/sign-in", "PATH_INFO": ""}
    page = Client(app.wsgi_app).get("/sign-in", environ_overrides=forged)
    assert page.status_code == 200
    assert 'href="/static/' in page.text
    assert "/sign-in/static" not in page.text


def test_the_prefix_of_the_process_itself_stays(app, monkeypatch) -> None:
    monkeypatch.setenv("SCRIPT_NAME", "/obcms")
    own = {"SCRIPT_NAME": "/obcms", "PATH_INFO": "/sign-in"}
    assert 'href="/obcms/static/' in Client(app.wsgi_app).get("/", environ_overrides=own).text


def test_behind_a_proxy_its_prefix_is_taken(sqlite_uri: str, tmp_path: Path) -> None:
    with serving(sqlite_uri, tmp_path, trusted_proxies=1) as app:
        given = {"SCRIPT_NAME": "/obcms", "PATH_INFO": "/sign-in"}
        assert 'href="/obcms/static/' in Client(app.wsgi_app).get("/", environ_overrides=given).text
