"""Two real processes do the same thing at once, many times (SPEC 3, 5).

On SQLite the second waits for the first; the outcome is the same.
"""

import os
from collections.abc import Callable
from decimal import Decimal
from multiprocessing.synchronize import Barrier
from queue import Empty
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from obcms.application import create_app
from obcms.approval.models import ApprovalStep
from obcms.approval.rules.steps import Action
from obcms.approval.steps import take_step
from obcms.budget import distribution
from obcms.budget.models import DistributionBatch
from obcms.budget.proposal import Request
from obcms.kernel.config import Settings
from obcms.kernel.errors import Conflict
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM, Role
from obcms.organizations.models import Organization
from obcms.people.models import User
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import ApprovalStatus
from obcms.work import work_items
from obcms.work.models import WorkItem
from obcms.work.rules.choices import DistributionMethod
from obcms.work.tracking import Tracking, enable_tracking
from tests.support.forked import FORKED
from tests.work.oracle import stored_and_expected

# More on demand, on PostgreSQL: RACE_ROUNDS=200 pytest tests/work/test_two_processes.py
ROUNDS = {"postgresql": int(os.environ.get("RACE_ROUNDS", "60")), "sqlite": 40}
BUDGET = Decimal("259680000.01")
Task = Callable[[int, int], None]


def _enable(ppa_id: int, _turn: int) -> None:
    enable_tracking(SYSTEM, db.session.get_one(PPA, ppa_id), Tracking(template="program"))


def _distribute(ppa_id: int, turn: int) -> None:
    ppa = db.session.get_one(PPA, ppa_id)
    method = (DistributionMethod.EQUAL, DistributionMethod.TEMPLATE)[turn % 2]
    request = Request(method, cascade=True)
    version = distribution.preview(SYSTEM, ppa, request).version
    db.session.commit()
    BARRIER.wait(30)
    distribution.apply(SYSTEM, ppa, request, version)


def _report(ppa_id: int, turn: int) -> None:
    """Both processes report on leaves of one tree, each on its own."""
    title = ("Needs study", "Final report")[PROCESS]
    query = select(WorkItem).where(WorkItem.ppa_id == ppa_id, WorkItem.title == title)
    work_items.edit_item(SYSTEM, db.session.scalars(query).one(), {"progress": Decimal(turn % 100)})


def _endorse(ppa_id: int, _turn: int) -> None:
    """Two planners decide on the same PPA, each having seen it in technical review."""
    query = select(User).where(User.username == f"planner-{PROCESS}")
    planner, ppa = db.session.scalars(query).one(), db.session.get_one(PPA, ppa_id)
    action = (Action.ENDORSE, Action.RETURN)[PROCESS]
    take_step(planner, ppa, action, "Looked at", ApprovalStatus.TECHNICAL_REVIEW)


def _run(
    number: int,
    uri: str,
    ppa_ids: list[int],
    task: Task,
    barrier: Barrier,
    answers: Any,
) -> None:
    global BARRIER, PROCESS
    BARRIER, PROCESS = barrier, number
    app = create_app(Settings(database_url=uri, secret_key="test", testing=True))
    with app.app_context():
        for turn, ppa_id in enumerate(ppa_ids):
            barrier.wait(30)
            try:
                task(ppa_id, turn)
                db.session.commit()
                answers.put((turn, "won"))
            except Conflict:
                db.session.rollback()
                answers.put((turn, "conflict"))
            except Exception as error:
                db.session.rollback()
                answers.put((turn, repr(error)))


def race(uri: str, ppa_ids: list[int], task: Task) -> list[list[str]]:
    """What the two processes got in each round, sorted."""
    barrier, answers = FORKED.Barrier(2), FORKED.Queue()
    processes = [
        FORKED.Process(target=_run, args=(number, uri, ppa_ids, task, barrier, answers))
        for number in range(2)
    ]
    for process in processes:
        process.start()
    rounds: list[list[str]] = [[] for _ in ppa_ids]
    try:
        for _ in range(2 * len(ppa_ids)):
            turn, answer = answers.get(timeout=60)
            rounds[turn].append(answer)
    except Empty:
        pytest.fail(f"A process stopped answering; so far: {rounds}")
    finally:
        for process in processes:
            process.join(10)
            process.kill()
    return [sorted(round_) for round_ in rounds]


def make_ppas(count: int) -> list[int]:
    """Untracked PPAs, committed; their ids."""
    moa = db.session.scalars(select(Organization)).first()
    ppas = [
        PPA(
            code=f"{moa.acronym}-{number:03d}",
            title="Immunization",
            implementing_moa_id=moa.id,
            fiscal_year=2025,
            budget_allocation=BUDGET,
        )
        for number in range(count)
    ]
    db.session.add_all(ppas)
    db.session.flush()
    ids = [ppa.id for ppa in ppas]
    db.session.commit()
    return ids


@pytest.fixture
def rounds(app: Flask) -> int:
    return ROUNDS[db.engine.dialect.name]


@pytest.mark.slow
def test_enabling_at_once_makes_one_project(app: Flask, database: str, rounds: int) -> None:
    ppa_ids = make_ppas(rounds)
    assert race(database, ppa_ids, _enable) == [["conflict", "won"]] * rounds
    db.session.rollback()
    roots = select(func.count(WorkItem.id)).where(WorkItem.parent_id.is_(None))
    assert db.session.scalar(roots) == rounds
    assert db.session.scalar(select(func.count(WorkItem.id))) == 13 * rounds


@pytest.mark.slow
def test_distributing_at_once_has_one_winner(app: Flask, database: str, rounds: int) -> None:
    [ppa_id] = make_ppas(1)
    enable_tracking(SYSTEM, db.session.get_one(PPA, ppa_id), Tracking(template="program"))
    db.session.commit()
    assert race(database, [ppa_id] * rounds, _distribute) == [["conflict", "won"]] * rounds
    db.session.rollback()
    assert db.session.scalar(select(func.count(DistributionBatch.id))) == rounds
    ppa = db.session.get_one(PPA, ppa_id)
    stored, expected = stored_and_expected(db.session(), ppa)
    assert stored == expected
    assert stored[ppa.execution_project_id].distributed == BUDGET


@pytest.mark.slow
def test_reporting_on_two_leaves_at_once_loses_neither(
    app: Flask, database: str, rounds: int
) -> None:
    [ppa_id] = make_ppas(1)
    enable_tracking(SYSTEM, db.session.get_one(PPA, ppa_id), Tracking(template="program"))
    db.session.commit()
    assert race(database, [ppa_id] * rounds, _report) == [["won", "won"]] * rounds
    db.session.rollback()
    ppa = db.session.get_one(PPA, ppa_id)
    stored, expected = stored_and_expected(db.session(), ppa)
    assert stored == expected
    assert ppa.progress == stored[ppa.execution_project_id].progress > 0


@pytest.mark.slow
def test_deciding_at_once_takes_one_step(app: Flask, database: str, rounds: int) -> None:
    for number in range(2):
        planner = User(username=f"planner-{number}", role=Role.BPDA_PLANNER, password_hash="-")
        db.session.add(planner)
    ppa_ids = make_ppas(rounds)
    for ppa in db.session.scalars(select(PPA)):
        ppa.approval_status = ApprovalStatus.TECHNICAL_REVIEW
    db.session.commit()
    assert race(database, ppa_ids, _endorse) == [["conflict", "won"]] * rounds
    db.session.rollback()
    steps = select(ApprovalStep.ppa_id, func.count()).group_by(ApprovalStep.ppa_id)
    assert dict(db.session.execute(steps).all()) == dict.fromkeys(ppa_ids, 2)
