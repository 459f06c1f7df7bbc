"""`python -m tests.drills.failing_statements [EVERY] [postgresql]`: breaks each job at each
statement, or at every so many.

After a break the next run must leave the database as one that was never broken does, and no mail
may be missing; one that went out twice carries the same Message-ID.
"""

import json
import logging
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
import time_machine
from aiosmtpd.controller import Controller
from sqlalchemy import select

from obcms.kernel.extensions import db
from obcms.kernel.jobs.models import JobRun, JobState
from obcms.kernel.jobs.runner import run_slot
from obcms.kernel.jobs.schedule import SCHEDULE, manual_slot, slot_name
from obcms.notifications.rules.waits import LEASE
from tests.drills.contents import Contents, contents
from tests.drills.failing_statements.breaking import counted, die_at, fail_at
from tests.drills.failing_statements.offices import NOW, OFFICES, common
from tests.support.apps import migrate, serving
from tests.support.postgres import execute, postgresql_server
from tests.support.processes import free_port

SLOT = slot_name(NOW)
# What differs from run to run: when it happened, random numbers, and hashes over both; and the
# numbers of new rows, which PostgreSQL gives once even where the row was rolled back.
ANEW = {"at", "message_id", "request_id", "hash", "head", "file_name"}
ANEW |= {"id", "row_key", "about", "link"}
ANEW |= {"attempts"}  # a mail's, which a broken run has counted, too
LATER = (LEASE + timedelta(minutes=1)).total_seconds()  # a mail that was taken is free again
BREAKS = {"fails": fail_at, "is killed": die_at}


class Post:
    """Keeps each mail that arrives: to whom, subject, and Message-ID."""

    def __init__(self) -> None:
        self.letters: list[tuple[str, str, str]] = []

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:
        told = message_from_bytes(envelope.content)
        to = ", ".join(envelope.rcpt_tos)
        self.letters.append((to, str(told["Subject"]), str(told["Message-ID"])))
        return "250 OK"

    def what(self) -> list[tuple[str, str]]:
        """Each mail once, however many copies of it came."""
        return sorted({letter: letter[:2] for letter in self.letters}.values())


class Drill:
    """A database that is put back before each break; `home` has the files beside it."""

    def __init__(self, home: Path, uri: str, put_back: Callable[[], None], post: Post) -> None:
        self.home, self.uri, self.post = home, uri, post
        self.put_back_database = put_back

    def begin(self, job: str, save: Callable[[], None]) -> None:
        """Fills the job's office, and keeps it."""
        OFFICES.get(job, common)()
        db.session.remove()
        db.engine.dispose()
        save()

    def put_back(self) -> None:
        db.session.remove()
        db.engine.dispose()
        self.put_back_database()
        self.post.letters.clear()

    def whole(self, job: str) -> tuple[int, Contents, list[tuple[str, str]]]:
        """An unbroken run: its statements, what it leaves, and the mails that came."""
        self.put_back()
        with counted() as statements:
            run_slot(job, SLOT)
        return statements.count, self.left(), self.post.what()

    def left(self) -> Contents:
        """What the database holds, in no order; `job_run` and what is never the same left out."""
        db.session.remove()
        with db.engine.connect() as connection:
            found = contents(connection)
        del found["job_run"]
        return {table: sorted(map(_lasting, rows), key=repr) for table, rows in found.items()}

    def verdict(self, job: str) -> tuple[JobState, bool] | None:
        """The slot's state, and whether single records failed; None where there is no row."""
        query = select(JobRun.state, JobRun.error_count).filter_by(job=job, slot=SLOT)
        found = db.session.execute(query).one_or_none()
        db.session.rollback()
        return found and (found.state, bool(found.error_count))

    def problems(self, job: str, number: int, kind: str, expected: tuple) -> Iterator[str]:
        """What is wrong after the break and the run that follows it."""
        _, left, mails = expected
        given_up = (JobState.FAILED, False) if is_due_again(job) else None
        self.put_back()
        BREAKS[kind](job, SLOT, number)
        with time_machine.travel(NOW.timestamp() + LATER, tick=False):
            run_slot(job, SLOT)
            found = self.verdict(job)
            if found in ((JobState.SUCCEEDED, True), given_up):  # left to the job's next slot
                run_slot(job, manual_slot(NOW))
        told = f"{job} {kind} at statement {number}"
        now = self.left()
        for table in left:
            if now[table] != left[table]:
                yield f"{told}: {table} differs"
        if self.post.what() != mails:
            yield f"{told}: mails {self.post.letters} instead of {mails}"
        if found and found[0] is not JobState.SUCCEEDED and found != given_up:
            yield f"{told}: job_run says {found}"


def is_due_again(job: str) -> bool:
    """Whether the next slot comes before the second try, which is then left to it."""
    return SCHEDULE[job].next_after(NOW) <= NOW + timedelta(seconds=LATER)


def _lasting(row: dict[str, Any]) -> dict[str, Any]:
    """What is the same however often it is tried; of the trail what changed, without the times."""
    kept = {name: value for name, value in row.items() if not _is_anew(name)}
    changes = kept.get("changes")
    if changes:
        told = json.loads(changes) if isinstance(changes, str) else changes
        kept["changes"] = {name: value for name, value in told.items() if not _is_anew(name)}
    return kept


def _is_anew(column: str) -> bool:
    return column in ANEW or column.endswith("_at")


@contextmanager
def drill(
    folder: Path, kind: str = "sqlite", migrated: Path | None = None
) -> Iterator[Callable[[str], Drill]]:
    """Gives for each job a drill in its office; `migrated` is a SQLite file to begin with."""
    post, port = Post(), free_port()
    controller = Controller(post, hostname="127.0.0.1", port=port)
    server = postgresql_server() if kind == "postgresql" else nullcontext("")
    settings = {"email_host": "127.0.0.1", "email_port": port, "workitem_cleanup_dry_run": False}
    live, kept, first = folder / "live", folder / "kept", folder / "first"
    controller.start()
    try:
        with server as address:
            live.mkdir()
            uri = f"sqlite:///{live / 'drill.sqlite3'}"
            if address:
                uri = address + "live"
                execute(address, "CREATE DATABASE live")
            if migrated:
                shutil.copy(migrated, live / "drill.sqlite3")
            else:
                migrate(uri, live)
            save, put_back = _keeping(address, live)
            save("first", first)
            with serving(uri, live, **settings):

                def ready(job: str) -> Drill:
                    db.session.remove()
                    db.engine.dispose()
                    put_back("first", first)
                    one = Drill(live, uri, lambda: put_back("kept", kept), post)
                    one.begin(job, lambda: save("kept", kept))
                    return one

                yield ready
    finally:
        controller.stop()


Keep = Callable[[str, Path], None]


def _keeping(address: str, live: Path) -> tuple[Keep, Keep]:
    """How to keep what there is, and how to put it back."""

    def copy(source: Path, target: Path) -> None:
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target)

    def copy_database(source: str, target: str) -> None:
        if address:
            execute(address, f"DROP DATABASE IF EXISTS {target} WITH (FORCE)")
            execute(address, f"CREATE DATABASE {target} TEMPLATE {source}")

    def save(name: str, folder: Path) -> None:
        copy(live, folder)
        copy_database("live", name)

    def put_back(name: str, folder: Path) -> None:
        copy(folder, live)
        copy_database(name, "live")

    return save, put_back


def broken(one: Drill, job: str, numbers: Callable[[int], Iterable[int]]) -> tuple[int, list[str]]:
    """How many breaks were made, and all problems found."""
    expected = one.whole(job)
    chosen = [(number, kind) for number in numbers(expected[0]) for kind in BREAKS]
    problems = [p for number, kind in chosen for p in one.problems(job, number, kind, expected)]
    return len(chosen), problems


@contextmanager
def quiet() -> Iterator[None]:
    """Without the tracebacks of what is broken on purpose."""
    logging.disable(logging.ERROR)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


def main() -> None:
    every = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    kind = sys.argv[2] if len(sys.argv) > 2 else "sqlite"
    found: list[str] = []
    with (
        quiet(),
        TemporaryDirectory() as folder,
        time_machine.travel(NOW, tick=False),
        drill(Path(folder), kind) as ready,
    ):
        for job in SCHEDULE:
            made, problems = broken(ready(job), job, lambda last: range(1, last + 1, every))
            click.echo(f"{job}: {made} breaks, {len(problems)} problems")
            found += problems
    for problem in found[:50]:
        click.echo(problem)
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
