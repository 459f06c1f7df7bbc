"""Processes killed at random while clients write: what was acknowledged is there, once (SPEC 9).

`python -m tests.drills.killed_processes [KILLS] [sqlite|postgresql] [SEED]`
"""

import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event

import click
from flask import Flask, current_app
from sqlalchemy import select

from obcms.kernel.audit.models import AuditEntry
from obcms.kernel.audit.origin import Origin, acting
from obcms.kernel.db.types import utc_now
from obcms.kernel.extensions import db
from obcms.kernel.jobs.models import JobRun, JobState
from obcms.kernel.jobs.queue import queue
from obcms.kernel.jobs.runner import run_queued
from obcms.kernel.jobs.schedule import manual_slot
from obcms.kernel.jobs.slots import record_slot
from obcms.kernel.permissions import SYSTEM, Role
from obcms.people.models import User
from obcms.ppas.models import PPA
from obcms.work.models import WorkItem
from obcms.work.sync import sync_ppa
from tests.drills.crash.clients import Client, Trees, rename, spend
from tests.drills.crash.jobs import JOBS, SECONDS
from tests.drills.crash.ledger import Ledger, Told
from tests.drills.crash.programs import Programs, failures, pause, running
from tests.drills.rows_against_trail import hire, named_rows
from tests.support.apps import migrate, serving
from tests.support.factories import make_ppa, track
from tests.support.postgres import execute, postgresql_server
from tests.support.processes import free_port, wait_for
from tests.support.redis_server import redis_server
from tests.support.tokens import access_token
from tests.work.oracle import stored_and_expected

CLIENTS = 5
SEALING = "seal_audit"
ENDED = (JobState.SUCCEEDED, JobState.FAILED, JobState.SKIPPED)


@dataclass
class Outcome:
    """Kills by kind; writes by what was told of them, and how many of these are there; slots."""

    kills: Counter[str]
    told: Counter[Told]
    found: Counter[Told]
    statuses: Counter[int]
    slots: Counter[str]
    failures: Counter[str]
    seconds: float


def run(home: Path, uri: str, kills: int, longest_pause: float, seed: int) -> Outcome:
    """Kills so many times on a migrated database, and checks all that must hold afterwards."""
    dice, ledger, began = random.Random(seed), Ledger(), time.monotonic()
    with redis_server() as redis, serving(uri, home, redis_url=redis) as app:
        port = free_port()
        clients = _clients(app, port, ledger, dice)
        environment = {
            "DATABASE_URL": uri,
            "REDIS_URL": redis,
            "INSTANCE_PATH": str(home),
            "SECRET_KEY": "test",
            "API_RATE_LIMIT": "1000000 per minute",
        }
        log = home / "programs.log"
        with running(port, environment, log) as programs:
            killed = _kill_while_writing(programs, clients, kills, longest_pause, dice)
            programs.wait_until_served()
            programs.check_running()
            _check_nothing_is_stuck(clients)
        found = ledger.check()
        slots = _check_slots()
        _check_figures()
        _check_trail()
        _close(app)
    said, seconds = Counter(failures(log)), time.monotonic() - began
    return Outcome(killed, ledger.counts(), found, ledger.statuses, slots, said, seconds)


def _clients(app: Flask, port: int, ledger: Ledger, dice: random.Random) -> list[Client]:
    hire()
    with acting(Origin(None, "drill")):
        shared = track(make_ppa())["root"].id
        trees = [_trees(shared) for _ in range(CLIENTS)]
        db.session.commit()
    with app.test_request_context():
        users = {role: User.username == f"{role.value}1" for role in Role}
        tokens = {
            role: access_token(db.session.scalars(select(User).where(who)).one())
            for role, who in users.items()
        }
    db.session.remove()
    return [Client(port, tokens, one, ledger, random.Random(dice.random())) for one in trees]


def _trees(shared: int) -> Trees:
    ppa, reviewed = make_ppa(), make_ppa()
    root = track(ppa)["root"]
    children = select(WorkItem.id).where(WorkItem.parent_id == root.id).order_by(WorkItem.id)
    return Trees(ppa.id, list(db.session.scalars(children)), reviewed.id, shared)


def _kill_while_writing(
    programs: Programs, clients: list[Client], kills: int, longest: float, dice: random.Random
) -> Counter[str]:
    stop, killed = Event(), Counter[str]()
    with ThreadPoolExecutor(len(clients)) as pool:
        working = [pool.submit(client.work, stop) for client in clients]
        try:
            for _ in range(kills):
                pause(dice, longest)
                _queue_twice(dice.choice((*JOBS, SEALING)))
                pause(dice, 2 * SECONDS)  # so that the job is often killed half done
                killed[programs.kill_one(dice)] += 1
        finally:
            stop.set()
        for one in working:
            one.result()
    return killed


def _queue_twice(job: str) -> str:
    """A slot that two workers could take; no two have the same name."""
    slot = manual_slot(utc_now())
    record_slot(job, slot)
    db.session.commit()
    for _ in range(2):
        queue().enqueue(run_queued, job, slot)
    return slot


def _check_nothing_is_stuck(clients: list[Client]) -> None:
    """A fresh write of each client goes through at once, and a fresh slot runs."""
    for client in clients:
        assert rename(client) is Told.ACKNOWLEDGED
        assert spend(client) is Told.ACKNOWLEDGED
    fresh = _queue_twice(JOBS[0])
    states = select(JobRun.state)
    wait_for(lambda: _all(states.where(JobRun.slot == fresh)) == [JobState.SUCCEEDED], 90)
    wait_for(lambda: not _all(states.where(JobRun.state == JobState.RUNNING)), 90)


def _all(query: object) -> list[JobState]:
    found = list(db.session.scalars(query))
    db.session.rollback()
    return found


def _check_slots() -> Counter[str]:
    """A slot that succeeded left one entry in the trail, any other none; how the slots ended."""
    entries = Counter(
        db.session.scalars(
            select(AuditEntry.request_id).where(AuditEntry.request_id.startswith("crash_"))
        )
    )
    runs = db.session.scalars(select(JobRun)).all()
    for run in runs:
        if run.job in JOBS:
            expected = 1 if run.state is JobState.SUCCEEDED else 0
            assert entries.pop(f"{run.job}-{run.slot}", 0) == expected, (run.job, run.slot)
    assert not entries, entries
    return Counter(run.state.value for run in runs if run.state in ENDED)


def _check_figures() -> None:
    """The stored figures are those of a recomputation, and syncing finds nothing to mend."""
    for ppa in db.session.scalars(select(PPA).where(PPA.enable_workitem_tracking)).all():
        stored, expected = stored_and_expected(db.session(), ppa)
        assert stored == expected, ppa.code
        assert not sync_ppa(SYSTEM, ppa), ppa.code
    db.session.rollback()


def _check_trail() -> None:
    """The chain holds, and no row differs from what the trail says of it."""
    for command in ("seal", "verify"):
        ended = current_app.test_cli_runner().invoke(args=["audit", command])
        assert ended.exit_code == 0, ended.output
    assert named_rows() == set()


def _close(app: Flask) -> None:
    for name in ("redis", "health_redis"):
        app.extensions[name].close()


@contextmanager
def database(kind: str, home: Path) -> Iterator[str]:
    """The address of a migrated database: a file in the folder, or on a private server."""
    with ExitStack() as server:
        uri = f"sqlite:///{home / 'drill.sqlite3'}"
        if kind == "postgresql":
            uri = server.enter_context(postgresql_server()) + "drill"
            execute(uri.removesuffix("drill"), "CREATE DATABASE drill")
        migrate(uri, home)
        yield uri


def main(kills: int = 200, kind: str = "sqlite", seed: int = 1) -> None:
    """Prints what was killed, told and found; fails where something is lost or doubled."""
    with TemporaryDirectory() as folder, database(kind, Path(folder)) as uri:
        outcome = run(Path(folder), uri, kills, 2.5, seed)
    click.echo(f"{kills} kills on {kind} in {outcome.seconds:.0f} s: {dict(outcome.kills)}")
    for told in Told:
        name, count = told.name.lower(), outcome.told[told]
        click.echo(f"{count} writes {name}, of which {outcome.found[told]} are there")
    click.echo(f"answers {dict(outcome.statuses)}\nslots {dict(outcome.slots)}")
    click.echo(f"tracebacks of what was killed: {dict(outcome.failures)}")


if __name__ == "__main__":
    given = sys.argv[1:]
    numbers = (int(given[0]) if given else 200, int(given[2]) if given[2:] else 1)
    main(numbers[0], given[1] if given[1:] else "sqlite", numbers[1])
