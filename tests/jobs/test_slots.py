"""A slot runs once: with two workers, queued twice, and after a worker was killed halfway."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis as redis_client
from flask import Flask
from sqlalchemy import select

from obcms.kernel.audit.models import AuditEntry
from obcms.kernel.config import ROOT
from obcms.kernel.extensions import db
from obcms.kernel.jobs.models import JobRun, JobState
from obcms.kernel.jobs.queue import enqueue_slot, queue
from obcms.kernel.jobs.reconcile import recover
from obcms.kernel.jobs.schedule import SCHEDULE
from obcms.organizations.models import Organization
from tests.conftest import serving
from tests.jobs.worker_process import JOB, register

SLOT = "20250106T1800Z"


@pytest.fixture
def began(tmp_path: Path) -> Path:
    return tmp_path / "began"


@pytest.fixture
def app(database: str, redis_url: str, tmp_path: Path, began: Path) -> Iterator[Flask]:
    """The app as the scheduler has it: on the same Redis, knowing the test's job."""
    with serving(database, tmp_path, redis_url=redis_url) as app:
        redis_client.Redis.from_url(redis_url).flushall()
        register(began)
        yield app
        SCHEDULE.pop(JOB)
        app.extensions["redis"].close()


@pytest.fixture
def start_worker(
    app: Flask, database: str, redis_url: str, tmp_path: Path, began: Path
) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.jobs.worker_process"]
        process = subprocess.Popen(
            [*command, database, redis_url, str(tmp_path), str(began)], cwd=ROOT
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


def state() -> JobState:
    db.session.rollback()
    found = db.session.scalars(select(JobRun).where(JobRun.job == JOB)).one().state
    db.session.rollback()
    return found


def name_of_moh() -> str:
    found = db.session.scalars(select(Organization.name).where(Organization.acronym == "MOH")).one()
    db.session.rollback()
    return found


def test_two_workers_and_two_queue_entries_run_a_slot_once(
    app: Flask, began: Path, start_worker
) -> None:
    enqueue_slot(JOB, SLOT)
    # What several ticks pile up while no worker runs: the same slot under other queue ids.
    for number in range(3):
        queue().enqueue("obcms.kernel.jobs.runner.run_slot", JOB, SLOT, job_id=f"extra-{number}")
    db.session.rollback()
    start_worker(), start_worker()
    wait_for(lambda: state() is JobState.SUCCEEDED and queue().is_empty())
    time.sleep(0.5)
    assert began.read_text() == "began\n"
    assert name_of_moh() == "Ministry of Health!"
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.actor_name, entry.request_id) == (f"job: {JOB}", f"{JOB}-{SLOT}")


def test_a_slot_runs_once_after_its_worker_was_killed_halfway(
    app: Flask, began: Path, start_worker
) -> None:
    hold = began.with_suffix(".hold")
    hold.touch()
    enqueue_slot(JOB, SLOT)
    db.session.rollback()
    worker = start_worker()
    wait_for(began.exists)
    if db.engine.dialect.name == "postgresql":  # on SQLite the writer at work keeps all others out
        assert recover() == []
    worker.kill()
    worker.wait()
    hold.unlink()
    wait_for(lambda: recover() == [(JOB, SLOT)])
    assert name_of_moh() == "Ministry of Health"  # what was half done is gone
    start_worker()
    wait_for(lambda: state() is JobState.SUCCEEDED)
    assert name_of_moh() == "Ministry of Health!"
    assert db.session.scalars(select(JobRun.attempts)).one() == 2
    assert recover() == []
