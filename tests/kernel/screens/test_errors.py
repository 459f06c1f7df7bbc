"""What goes wrong on purpose is a page or a JSON answer with its status, never a 5xx."""

from pathlib import Path

import pytest

from obcms.kernel.config import BadSettings, load_settings
from tests.support.apps import serving


def test_a_page_that_is_not_there(app) -> None:
    answer = app.test_client().get("/nowhere")
    assert answer.status_code == 404
    assert "Not found" in answer.text
    asked_for_json = app.test_client().get("/nowhere", headers={"Accept": "application/json"})
    assert asked_for_json.json["status"] == 404


def test_a_foreign_host_is_refused(sqlite_uri: str, tmp_path: Path) -> None:
    with serving(sqlite_uri, tmp_path, allowed_hosts="obcms.example") as app:
        client = app.test_client()
        assert client.get("/sign-in", headers={"Host": "obcms.example"}).status_code == 200
        assert client.get("/sign-in", headers={"Host": "evil.invalid"}).status_code == 400


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("DATABASE_URL", "mysql://somewhere/else"),
        ("REDIS_URL", "localhost"),
        ("INSTANCE_PATH", __file__),
        ("EMAIL_USE_TLS", "perhaps"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_one_line(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadSettings) as stopped:
        load_settings()
    assert str(stopped.value).startswith(f"obcms: {name} is wrong")
    assert "\n" not in str(stopped.value)


def test_the_old_name_of_postgresql_is_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://somebody@db.example/obcms")
    assert load_settings().database_uri == "postgresql+psycopg2://somebody@db.example/obcms"


@pytest.mark.parametrize(
    "path",
    [
        "/admin/ppa/?search=%00",
        "/admin/ppa/?flt0_code_equals=%00",
        "/admin/user/?search=a%00b",
        "/admin/work-item/ajax/lookup/?name=assignees&query=%00",
    ],
)
def test_a_nul_is_refused_in_any_address(people, sign_in_as, path: str) -> None:
    assert sign_in_as(people.administrator).get(path).status_code == 400


def test_a_nul_and_a_huge_number_are_refused_in_any_form(people, sign_in_as) -> None:
    client = sign_in_as(people.administrator)
    assert client.post("/admin/ppa/new/", data={"code": "a\0b"}).status_code == 400
    huge = {"opened": "9" * 5000}
    assert client.post(f"/admin/user/edit/?id={people.viewer}", data=huge).status_code == 200
    assert client.get(f"/admin/ppa/edit/?id={'9' * 5000}").status_code == 404
    lookup = "/admin/work-item/ajax/lookup/?name=assignees&query=&limit={0}&offset={0}"
    for number in ("9" * 20, "-1"):
        assert client.get(lookup.format(number)).status_code == 200
