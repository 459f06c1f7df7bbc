"""A start that cannot be, or that will not last, says so in one clear line."""

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import Mock

import click
import pytest
from sqlalchemy import text

from obcms.kernel.config import PROJECT_ROOT, BadSettings, Settings
from obcms.kernel.extensions import db
from obcms.operations import first_start, up
from obcms.operations.listening import Address, hold_instance
from obcms.operations.supervisor import Stopped
from tests.support.apps import serving
from tests.support.forked import started
from tests.support.processes import free_port


@pytest.fixture
def app(sqlite_uri: str, tmp_path: Path):
    with serving(sqlite_uri, tmp_path) as app:
        yield app


def test_a_database_newer_than_the_code(app) -> None:
    db.session.execute(text("UPDATE alembic_version SET version_num = '9999_from_tomorrow'"))
    db.session.commit()
    with pytest.raises(click.ClickException) as stopped:
        first_start.migrate()
    assert stopped.value.message.startswith(
        "The database could not be set up: it is at revision 9999_from_tomorrow, "
        "which this version of OBCMS does not know."
    )
    assert "\n" not in stopped.value.message


def test_little_room_is_told_and_hinders_nothing(app, monkeypatch, capsys, tmp_path: Path) -> None:
    settings = app.config["OBCMS"]
    monkeypatch.setattr(up, "free_bytes", lambda _folder: 199 * 1024 * 1024)
    monkeypatch.setattr(up, "_start_redis", Mock(side_effect=Stopped))
    with pytest.raises(Stopped):
        up._run(Mock(), settings, Mock(), no_demo=True)
    said = capsys.readouterr().err
    assert said.startswith(f"Warning: Only 199 MB are free in {tmp_path}.")
    assert said.count("\n") == 1
    monkeypatch.setattr(up, "health_at", lambda *_: {"disk": "199 MB left"})
    supervisor = SimpleNamespace(first_to_end=lambda: None, pause=lambda _seconds=0: None)
    up._wait_until_healthy(supervisor, Address("127.0.0.1", 1), settings)


def test_enough_room_is_not_worth_a_word(app, monkeypatch, capsys) -> None:
    monkeypatch.setattr(up, "free_bytes", lambda _folder: 200 * 1024 * 1024)
    up._warn_of_a_full_disk(app.config["OBCMS"])
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("folder", ["/proc/obcms", "/sys/obcms"])
@pytest.mark.parametrize("secret", [{}, {"SECRET_KEY": "x" * 32}])
def test_a_folder_that_cannot_be_written(
    folder: str, secret: dict[str, str], tmp_path: Path
) -> None:
    environment = {"INSTANCE_PATH": folder, "PORT": str(free_port()), **secret}
    said = tmp_path / "said"
    up = started("flask", "--app", "wsgi", "up", env=environment, said=said)
    up.join(60)
    assert up.exitcode == 1
    [line] = said.read_text().strip().splitlines()
    assert folder in line


def test_a_lock_that_is_writable_in_a_folder_that_is_not(tmp_path: Path, monkeypatch) -> None:
    def refuse(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("obcms.operations.listening.TemporaryFile", refuse)
    with pytest.raises(click.ClickException, match="cannot be written to: Permission denied"):
        hold_instance(tmp_path).__enter__()


def test_a_kept_secret_is_whole_for_all_who_start_at_once(tmp_path: Path) -> None:
    settings = [Settings(_env_file=None, instance_path=tmp_path) for _ in range(3)]
    secrets = {one.flask()["SECRET_KEY"] for one in settings}
    assert len(secrets) == 1
    assert len(secrets.pop()) == 64
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]
    with pytest.raises(BadSettings, match="cannot be used"):
        Settings(_env_file=None, instance_path="/proc/obcms").flask()


def test_every_process_writes_files_for_its_own_account_alone(tmp_path: Path) -> None:
    """A worker that was started by itself writes archives; nobody else may read them."""
    environment = {**os.environ, "INSTANCE_PATH": str(tmp_path / "instance")}
    program = "import wsgi; open('{}', 'w').close()"
    for command in (
        [sys.executable, "-c", program.format(tmp_path / "archive")],
        [sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade"],
    ):
        old = os.umask(0o022)
        try:
            subprocess.run(
                command, cwd=PROJECT_ROOT, env=environment, check=True, capture_output=True
            )
        finally:
            os.umask(old)
    written = [tmp_path / "archive", *(tmp_path / "instance").iterdir()]
    assert len(written) >= 3
    assert [path.name for path in written if path.stat().st_mode & 0o077] == []
