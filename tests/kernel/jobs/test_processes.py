"""The worker and the scheduler as real processes: they outlive their Redis, and stop when told."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from flask import Flask
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import select

from obcms.kernel.config import PROJECT_ROOT
from obcms.kernel.extensions import db
from obcms.kernel.jobs import heartbeat, processes
from obcms.kernel.jobs.models import JobRun, JobState
from obcms.kernel.jobs.schedule import SCHEDULE
from obcms.kernel.jobs.slots import record_slot
from obcms.kernel.jobs.worker import JobWorker
from tests.kernel.jobs.rounds import latest_slot
from tests.support.apps import serving
from tests.support.forked import started
from tests.support.processes import free_port, wait_for
from tests.support.redis_server import redis_server

JOB = "auto_sync_ppa_progress"
QUICK_SCHEDULER = "tests.support.quick_scheduler"
KEY = "rq:scheduler:scheduled_jobs"
Start = Callable[[str], BaseProcess]


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def app(sqlite_uri: str, port: int, tmp_path: Path) -> Iterator[Flask]:
    with serving(sqlite_uri, tmp_path, redis_url=f"redis://127.0.0.1:{port}/0") as app:
        yield app
        app.extensions["redis"].close()
        app.extensions["health_redis"].close()


@pytest.fixture
def redis(port: int) -> Iterator[ExitStack]:
    """A server of this test's own; closing the stack ends it."""
    with ExitStack() as server:
        server.enter_context(redis_server(port))
        yield server


@pytest.fixture
def start(app: Flask, sqlite_uri: str, port: int, tmp_path: Path) -> Iterator[Start]:
    all_of_them: list[BaseProcess] = []
    settings = {
        "DATABASE_URL": sqlite_uri,
        "REDIS_URL": f"redis://127.0.0.1:{port}/0",
        "INSTANCE_PATH": str(tmp_path),
    }

    def start(role: str) -> BaseProcess:
        if role == QUICK_SCHEDULER:
            process = started(QUICK_SCHEDULER, "wsgi", env=settings)
        else:
            process = started("flask", "--app", "wsgi", "jobs", role, env=settings)
        all_of_them.append(process)
        return process

    yield start
    for process in all_of_them:
        process.kill()
        process.join()


def is_alive(connection: Redis, role: str) -> bool:
    try:
        return heartbeat.alive(connection, role) > 0
    except RedisError:
        return False


def has_succeeded(slot: str) -> bool:
    run = select(JobRun.state).where(JobRun.job == JOB, JobRun.slot == slot)
    state = db.session.scalar(run)
    db.session.rollback()
    return state is JobState.SUCCEEDED


def next_slot(connection: Redis) -> tuple[str, float]:
    """The job's next slot as it waits in Redis, and when it is due, once all are there."""
    wait_for(lambda: connection.zcard(KEY) == len(SCHEDULE))
    waiting = connection.zrange(KEY, 0, -1, withscores=True)
    return next((key.decode(), due) for key, due in waiting if key.startswith(JOB.encode()))


@pytest.mark.slow
def test_both_outlive_a_redis_that_is_away_and_comes_back_empty(
    app: Flask, redis: ExitStack, port: int, start: Start
) -> None:
    connection = app.extensions["redis"]
    both = {"worker": start("worker"), "scheduler": start(QUICK_SCHEDULER)}
    wait_for(lambda: all(is_alive(connection, role) for role in both))
    redis.close()
    time.sleep(1)
    redis.enter_context(redis_server(port))
    assert not any(is_alive(connection, role) for role in both)
    wait_for(lambda: all(is_alive(connection, role) for role in both))
    slot = latest_slot(JOB)
    record_slot(JOB, slot)
    db.session.commit()
    wait_for(lambda: has_succeeded(slot))
    assert [process.exitcode for process in both.values()] == [None, None]


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.usefixtures("redis")
def test_both_stop_when_told_and_take_their_sign_of_life_away(
    app: Flask, start: Start, number: int
) -> None:
    connection = app.extensions["redis"]
    for role in ("worker", "scheduler"):
        process = start(role)
        wait_for(lambda role=role: is_alive(connection, role))
        os.kill(process.pid, number)
        process.join(10)
        assert process.exitcode == 0
        assert not is_alive(connection, role)


@pytest.mark.slow
def test_the_worker_stops_when_told_while_redis_is_away(
    app: Flask, redis: ExitStack, start: Start
) -> None:
    worker = start("worker")
    wait_for(lambda: is_alive(app.extensions["redis"], "worker"))
    redis.close()
    time.sleep(1.5)
    worker.terminate()
    worker.join(15)
    assert worker.exitcode == 0


@pytest.mark.slow
@pytest.mark.usefixtures("redis")
def test_slots_keep_manilas_time_wherever_the_scheduler_runs(
    app: Flask, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    start("scheduler")
    _, due = next_slot(app.extensions["redis"])
    assert time.gmtime(due)[3:6] == (18, 0, 0)  # 02:00 in Manila


@pytest.mark.slow
@pytest.mark.usefixtures("redis")
def test_a_slot_whose_moment_has_come_is_run(app: Flask, start: Start) -> None:
    connection = app.extensions["redis"]
    start(QUICK_SCHEDULER), start("worker")
    attempt, _ = next_slot(connection)
    connection.zadd(KEY, {attempt: time.time() - 1})
    wait_for(lambda: has_succeeded(attempt.removeprefix(f"{JOB}-").removesuffix("-1")))


def test_a_tied_process_ends_with_its_parent() -> None:
    """The parent is killed outright, so nothing but the kernel can tell the child."""
    child = "import time; print('here', flush=True); time.sleep(60)"
    parent = (
        "import signal, subprocess, sys, time\n"
        "from obcms.kernel.jobs.tether import tied\n"
        "child = subprocess.Popen([sys.executable, '-c', sys.argv[1]],"
        " preexec_fn=tied(signal.SIGKILL))\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", parent, child], cwd=PROJECT_ROOT, stdout=subprocess.PIPE, text=True
    )
    lines = {process.stdout.readline().strip(), process.stdout.readline().strip()}
    (child_id,) = lines - {"here"}
    process.kill()
    process.wait()
    process.stdout.close()
    wait_for(lambda: not Path(f"/proc/{child_id}").exists())


@pytest.mark.usefixtures("redis")
def test_the_worker_goes_on_where_rq_takes_a_lost_redis_for_the_end(
    app: Flask, monkeypatch
) -> None:
    turns: list[JobWorker] = []

    def work(worker: JobWorker, **_: object) -> None:
        turns.append(worker)
        worker.stopping = len(turns) == 3
        if len(turns) == 2:
            raise RedisError("it could not even say goodbye")

    monkeypatch.setattr(JobWorker, "work", work)
    monkeypatch.setattr(processes, "RECONNECT_SECONDS", 0)
    processes.run_worker()
    assert len(turns) == 3
