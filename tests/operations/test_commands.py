"""`flask user`, `flask jobs` and `flask counts`."""

import json
import re
from collections.abc import Callable

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select, text

from obcms.kernel.audit.baseline import ACTOR
from obcms.kernel.audit.models import AuditEntry
from obcms.kernel.extensions import db
from obcms.kernel.jobs.models import JobRun, JobState
from obcms.kernel.jobs.schedule import SCHEDULE, ScheduledJob
from obcms.kernel.permissions import Role
from obcms.people.attempts import count_attempt
from obcms.people.models import SignInAttempt, User
from tests.people.steps import has_second_factor, with_second_factor

Run = Callable[..., Result]


@pytest.fixture
def flask(app: Flask) -> Run:
    """Runs a command and returns its result; anything but a clean end is a failure of the test."""

    def run(*arguments: str) -> Result:
        result = app.test_cli_runner().invoke(args=arguments)
        assert result.exception is None or isinstance(result.exception, SystemExit), result
        return result

    return run


def test_a_user_is_created_with_a_password_shown_once(flask: Run) -> None:
    given = ("--moa", "MOH", "--name", "Amina Ali", "--email", "amina@moh.example")
    result = flask("user", "create", "amina", "--role", "moa_staff", *given)
    assert result.exit_code == 0
    password = re.search(r"Password, shown only now: (\S{16,})\n$", result.stdout)[1]
    user = db.session.scalars(select(User)).one()
    assert (user.role, user.organization.acronym) == (Role.MOA_STAFF, "MOH")
    assert (user.full_name, user.email) == ("Amina Ali", "amina@moh.example")
    assert user.has_password(password)


def test_what_a_command_does_has_an_actor_and_no_password_in_the_trail(flask: Run) -> None:
    flask("user", "create", "amina", "--role", "viewer", "--password", "correct horse battery")
    own = AuditEntry.actor_name != ACTOR, ~AuditEntry.actor_name.startswith("revision ")
    entry = db.session.scalars(select(AuditEntry).where(*own)).one()
    assert entry.actor_name.startswith("cli: ")
    assert entry.request_id
    assert "password_hash" not in entry.changes


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--role", "viewer", "--password", "short"), "A password has at least 12 characters."),
        (("--role", "moa_staff"), "A user with the role Moa staff needs a ministry."),
        (("--role", "moa_staff", "--moa", "NONE"), "NONE"),
    ],
)
def test_a_refusal_is_one_line_and_writes_nothing(flask: Run, arguments, message) -> None:
    result = flask("user", "create", "amina", *arguments)
    assert result.exit_code == 1
    last = result.stderr.splitlines()[-1]
    assert re.fullmatch(rf"Error: .*{re.escape(message)}.*", last, re.IGNORECASE)
    assert db.session.scalars(select(User)).all() == []


def test_a_name_is_taken_once(flask: Run) -> None:
    flask("user", "create", "amina", "--role", "viewer")
    result = flask("user", "create", "amina", "--role", "executive")
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1] == "Error: There is already a user with this name."


def test_a_password_is_set_anew(flask: Run) -> None:
    flask("user", "create", "amina", "--role", "viewer")
    result = flask("user", "password", "amina", "--password", "a wholly new one")
    assert result.exit_code == 0
    assert "a wholly new one" not in result.output
    assert db.session.scalars(select(User)).one().has_password("a wholly new one")
    result = flask("user", "password", "nobody")
    assert (result.exit_code, result.output) == (1, "Error: There is no user “nobody”.\n")


def test_counts_are_of_every_table(flask: Run) -> None:
    migrated = db.session.scalar(select(func.count()).select_from(AuditEntry))
    db.session.remove()
    flask("user", "create", "amina", "--role", "viewer")
    counts = json.loads(flask("counts", "--json").output)
    assert counts.keys() == db.metadata.tables.keys()
    assert (counts["user_account"], counts["ppa"]) == (1, 0)
    assert counts["audit_entry"] == migrated + 1
    assert re.search(r"^user_account +1$", flask("counts").output, re.MULTILINE)


def test_counts_take_one_query(flask: Run, count_queries) -> None:
    with count_queries() as sent:
        flask("counts", "--json")
    assert len(sent) == 1


def test_a_database_without_tables_is_one_line(flask: Run) -> None:
    cascade = " CASCADE" if db.engine.dialect.name == "postgresql" else ""
    db.session.execute(text(f"DROP TABLE job_run{cascade}"))
    db.session.commit()
    result = flask("jobs", "list")
    assert result.exit_code == 1
    assert re.fullmatch(r"Error: The database refused: .*job_run.*\n", result.output)


def test_a_job_run_by_hand_prints_its_summary_and_is_listed(flask: Run) -> None:
    headings, *rows = flask("jobs", "list").output.splitlines()
    row = next(row for row in rows if row.startswith("auto_sync_ppa_progress"))
    assert headings.split() == ["JOB", "SCHEDULE", "NEXT", "LAST", "WHEN", "RESULT"]
    assert re.fullmatch(r"auto_sync_ppa_progress +0 2 \* \* \* +\d.*, 02:00 +never ran", row)
    assert len(rows) == len(SCHEDULE)
    result = flask("jobs", "run", "auto_sync_ppa_progress")
    summary = {"processed": 0, "updated": 0, "unchanged": 0, "errors": []}
    assert (result.exit_code, json.loads(result.output)) == (0, summary)
    run = db.session.scalars(select(JobRun)).one()
    assert (run.state, run.slot[:7]) == (JobState.SUCCEEDED, "manual-")
    assert "  succeeded  " in flask("jobs", "list").output
    row = next(row for row in flask("jobs", "list").output.splitlines() if "succeeded" in row)
    assert row.startswith("auto_sync_ppa_progress")
    assert row.endswith(f"  {json.dumps(summary)}")


def test_a_job_that_fails_by_hand_is_exit_code_1(flask: Run, monkeypatch) -> None:
    monkeypatch.setitem(SCHEDULE, "failing", ScheduledJob("failing", "0 2 * * *", lambda: 1 // 0))
    result = flask("jobs", "run", "failing")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.endswith(
        "Error: failing failed: ZeroDivisionError: integer division or modulo by zero\n"
    )
    assert re.search(r"failed .*ZeroDivisionError", flask("jobs", "list").output)


def test_an_unknown_job_is_one_line(flask: Run) -> None:
    result = flask("jobs", "run", "nothing")
    assert result.exit_code == 1
    known = ", ".join(SCHEDULE)
    assert result.output == f"Error: There is no job “nothing”. The jobs are: {known}.\n"


def test_a_locked_user_is_unlocked(flask: Run) -> None:
    flask("user", "create", "amina", "--role", "viewer")
    for _ in range(5):
        count_attempt("amina", "192.0.2.10")
    db.session.commit()
    result = flask("user", "unlock", "amina")
    assert (result.exit_code, result.output) == (0, "The failed attempts of amina are forgotten.\n")
    assert db.session.scalars(select(SignInAttempt)).all() == []
    assert flask("user", "unlock", "nobody").output == "Error: There is no user “nobody”.\n"


def test_a_lost_second_factor_is_reset(flask: Run) -> None:
    flask("user", "create", "amina", "--role", "viewer")
    assert flask("user", "reset-second-factor", "amina").output == (
        "Error: amina has no second factor.\n"
    )
    user_id = db.session.scalars(select(User.id)).one()
    with_second_factor(user_id)
    assert flask("user", "reset-second-factor", "amina").exit_code == 0
    assert not has_second_factor(user_id)


def test_the_history_of_jobs_is_told_in_lines_and_in_json(flask: Run) -> None:
    flask("jobs", "run", "auto_sync_ppa_progress")
    headings, row = flask("jobs", "history").output.splitlines()
    assert headings.split() == ["JOB", "DUE", "SLOTS", "VERDICT", "ATTEMPTS", "BEGAN", "TOOK"]
    assert re.match(r"auto_sync_ppa_progress +by hand +1 +ran +1 +", row)
    [told] = json.loads(flask("jobs", "history", "--json", "--days", "1").output)
    assert (told["state"], told["verdict"], told["attempts"]) == ("succeeded", "ran", 1)
    assert told["result"]["processed"] == 0
    assert json.loads(flask("jobs", "history", "seal_audit", "--json").output) == []
    assert flask("jobs", "history", "nothing").exit_code == 1
