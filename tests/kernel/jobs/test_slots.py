"""A slot runs once: with two workers, queued twice, and after a worker was killed halfway."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from obcms.kernel.audit.baseline import ACTOR
from obcms.kernel.audit.models import AuditEntry
from obcms.kernel.extensions import db
from obcms.kernel.jobs import reconcile
from obcms.kernel.jobs.models import JobRun, JobState
from obcms.kernel.jobs.queue import queue
from obcms.kernel.jobs.slots import record_slot
from obcms.organizations.models import Organization
from tests.kernel.jobs.rounds import latest_slot, schedule_round
from tests.kernel.jobs.worker_process import JOB, register
from tests.support.forked import started
from tests.support.processes import wait_for


@pytest.fixture
def began(tmp_path: Path) -> Path:
    return tmp_path / "began"


@pytest.fixture
def slot(schedule, began: Path) -> str:
    """The slot of the test's job that is due, in the queue."""
    schedule.clear()
    register(began)
    slot = latest_slot(JOB)
    record_slot(JOB, slot)
    db.session.commit()
    schedule_round()
    return slot


@pytest.fixture
def start_worker(
    app: Flask, database: str, redis_url: str, tmp_path: Path, began: Path
) -> Iterator[Callable[[], BaseProcess]]:
    all_of_them: list[BaseProcess] = []

    def start() -> BaseProcess:
        given = (database, redis_url, str(tmp_path), str(began))
        all_of_them.append(started("tests.kernel.jobs.worker_process", *given))
        return all_of_them[-1]

    yield start
    for process in all_of_them:
        process.kill()
        process.join()


def run_of(slot: str) -> tuple[JobState, int]:
    """How the slot's run stands, and how often it was tried."""
    query = select(JobRun.state, JobRun.attempts).where(JobRun.job == JOB, JobRun.slot == slot)
    state, attempts = db.session.execute(query).one()
    db.session.rollback()  # on SQLite even reading keeps the workers waiting
    return state, attempts


def name_of_moh() -> str:
    found = db.session.scalars(select(Organization.name).where(Organization.acronym == "MOH")).one()
    db.session.rollback()
    return found


def test_two_workers_and_two_queue_entries_run_a_slot_once(
    slot: str, began: Path, start_worker
) -> None:
    # However the queue came to hold it more than once.
    for number in range(3):
        queue().enqueue("obcms.kernel.jobs.runner.run_queued", JOB, slot, job_id=f"extra-{number}")
    start_worker(), start_worker()
    wait_for(lambda: run_of(slot) == (JobState.SUCCEEDED, 1) and queue().is_empty())
    time.sleep(0.5)
    assert began.read_text() == "began\n"
    assert name_of_moh() == "Ministry of Health!"
    query = select(AuditEntry).where(
        AuditEntry.actor_name != ACTOR, ~AuditEntry.actor_name.startswith("revision ")
    )
    entry = db.session.scalars(query).one()
    assert (entry.actor_name, entry.request_id) == (f"job: {JOB}", f"{JOB}-{slot}")


def test_a_slot_runs_once_after_its_worker_was_killed_halfway(
    slot: str, began: Path, start_worker, queued, monkeypatch
) -> None:
    monkeypatch.setattr(reconcile, "HANDOVER", timedelta(seconds=1))
    hold = began.with_suffix(".hold")
    hold.touch()
    worker = start_worker()
    wait_for(began.exists)
    if db.engine.dialect.name == "postgresql":  # on SQLite the writer at work keeps all others out
        assert queued() == []
    worker.kill()
    worker.join()
    hold.unlink()
    wait_for(lambda: queued() == [(JOB, slot)])
    schedule_round()
    assert name_of_moh() == "Ministry of Health"  # what was half done is gone
    start_worker()
    wait_for(lambda: run_of(slot) == (JobState.SUCCEEDED, 2))
    assert name_of_moh() == "Ministry of Health!"
    assert queued() == []
