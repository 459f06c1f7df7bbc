"""`flask up`: sets up and runs everything on this machine (SPEC 14)."""

import os
import signal
import sys
import time
from dataclasses import dataclass

import click
from flask import current_app
from flask.cli import with_appcontext
from redis import Redis
from redis.exceptions import RedisError

from obcms.kernel.config import Settings
from obcms.kernel.extensions import db
from obcms.kernel.jobs.heartbeat import forget_all
from obcms.operations.embedded_redis import embedded_redis
from obcms.operations.first_start import (
    Administrator,
    ensure_administrator,
    load_demo_data,
    migrate,
)
from obcms.operations.health import MIN_FREE_BYTES, free_bytes
from obcms.operations.listening import Address, health_at, hold_instance, refuse_taken_port
from obcms.operations.supervisor import Program, Stopped, Supervisor

READY_SECONDS = 120
MOST_WEB_PROCESSES = 8
FLASK = (sys.executable, "-m", "flask", "--app", "wsgi:app")


@dataclass
class Start:
    """What the last lines tell; the password only when it was made up just now."""

    address: Address
    administrator: Administrator | None = None
    announced: bool = False


@click.command("up")
@click.option("--no-demo", is_flag=True, help="Start without the demonstration data.")
@with_appcontext
def up(no_demo: bool) -> None:
    """Sets up the database, then runs the web server, two workers and the scheduler."""
    settings: Settings = current_app.config["OBCMS"]
    start = Start(Address(os.environ.get("HOST") or "127.0.0.1", settings.port))
    refuse_taken_port(start.address)
    try:
        with hold_instance(settings.instance_path), Supervisor() as supervisor:
            _run(supervisor, settings, start, no_demo)
    except Stopped:
        click.echo("Stopped.")
    finally:
        _save_the_password(start)


def _run(supervisor: Supervisor, settings: Settings, start: Start, no_demo: bool) -> None:
    click.echo("Setting up …")
    _warn_of_a_full_disk(settings)
    redis_url = _start_redis(supervisor, settings)
    supervisor.pause()
    migrate()
    supervisor.pause()
    start.administrator = ensure_administrator()
    if not no_demo:
        load_demo_data()
    supervisor.pause()
    db.session.remove()
    db.engine.dispose()
    for program in _programs(start.address, redis_url, settings.trusted_proxies):
        supervisor.start(program)
    _wait_until_healthy(supervisor, start.address, settings)
    _announce(start)
    failing = supervisor.watch()
    raise click.ClickException(f"The {failing} process keeps ending, so everything is stopped.")


def _start_redis(supervisor: Supervisor, settings: Settings) -> str:
    """The address of the given Redis, or of one of our own."""
    if "redis_url" in settings.model_fields_set:
        _refuse_silent_redis(settings.redis_url)
        return settings.redis_url
    program, url = embedded_redis(settings.instance_path)
    supervisor.start(program)
    deadline = time.monotonic() + 20
    with Redis.from_url(url) as client:
        while time.monotonic() < deadline and supervisor.first_to_end() is None:
            try:
                forget_all(client)
                return url
            except RedisError:  # not yet listening, or still reading its file
                supervisor.pause(0.05)
    log = settings.instance_path / "redis" / "redis.log"
    raise click.ClickException(f"The embedded Redis server did not start; see {log}.")


def _refuse_silent_redis(url: str) -> None:
    with Redis.from_url(url, socket_connect_timeout=3, socket_timeout=3) as client:
        try:
            client.ping()
        except RedisError as error:
            message = f"The server at REDIS_URL does not answer: {error}"
            raise click.ClickException(message) from None


def web_server(bind: str, *options: str) -> tuple[str, ...]:
    """The command of the web server, listening at `bind`.

    Browsers talk to it directly, and keep idle connections open, so a process has threads. One for
    each core and one more: requests on large trees compute, and the threads of one take turns.
    They are forked from one that has read the house, so starting takes the time of one.
    """
    workers = min((os.cpu_count() or 1) + 1, MOST_WEB_PROCESSES)
    command = (sys.executable, "-m", "gunicorn", "--bind", bind, "--workers", str(workers))
    command += ("--threads", "4", "--preload", "--no-control-socket")
    return (*command, *options, "wsgi:app")


def _behind(proxies: int) -> tuple[str, ...]:
    """Whose word on scheme and prefix of an address the web server takes: nobody's, without one."""
    return () if proxies else ("--forwarded-allow-ips", "")


def _programs(address: Address, redis_url: str, proxies: int) -> list[Program]:
    environment = {"REDIS_URL": redis_url, "PYTHONUNBUFFERED": "1"}
    options = ("--graceful-timeout", "5", "--log-level", "warning", *_behind(proxies))
    web = web_server(str(address), *options)
    # What these do is in a transaction, so they can be killed at any moment.
    killed = signal.SIGKILL
    return [
        Program("web", web, environment),
        Program("worker", (*FLASK, "jobs", "worker"), environment, orphan_signal=killed),
        Program("reader", (*FLASK, "jobs", "worker", "--prompt"), environment, killed),
        Program("scheduler", (*FLASK, "jobs", "scheduler"), environment, orphan_signal=killed),
    ]


def _wait_until_healthy(supervisor: Supervisor, address: Address, settings: Settings) -> None:
    deadline = time.monotonic() + READY_SECONDS
    problems = {"answer": "none"}
    while time.monotonic() < deadline:
        if ended := supervisor.first_to_end():
            supervisor.pause(0.3)  # what it said last comes first
            raise click.ClickException(f"The {ended} process did not start.")
        problems = health_at(address, settings.allowed_hosts)
        if problems.keys() <= {"disk"}:  # of which a warning was given
            return
        supervisor.pause(0.2)
    told = "; ".join(f"{name}: {why}" for name, why in problems.items())
    raise click.ClickException(f"Not everything is up after {READY_SECONDS} seconds: {told}")


def _warn_of_a_full_disk(settings: Settings) -> None:
    free, folder = free_bytes(settings.instance_path), settings.instance_path
    if free < MIN_FREE_BYTES:
        left = f"Only {free // 1024 // 1024} MB are free in {folder}"
        click.echo(f"Warning: {left}. When they are used up, nothing can be saved.", err=True)


def _announce(start: Start) -> None:
    assert start.administrator is not None
    lines = ["", "OBCMS is running. Ctrl-C stops it.", "", f"  Address   {start.address.url}"]
    lines += start.administrator.lines()
    click.echo("\n".join(lines))
    sys.stdout.flush()
    start.announced = True


def _save_the_password(start: Start) -> None:
    """Where the start failed after the administrator was made, nobody has seen the password yet."""
    if start.administrator is not None and start.administrator.made_up and not start.announced:
        click.echo("\n".join(["The administrator was created:", *start.administrator.lines()]))
