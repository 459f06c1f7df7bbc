"""Sixteen writers from two processes on one balance and one obligation, through the API.

`python -m tests.drills.ledger_writers [ATTEMPTS] [DATABASE_URL]`: 2,000 attempts, some backdated,
on an empty database, SQLite without an address. It fails where a centavo too many was taken on any
day, a refusal does not name what is free, or anything else than 201 or 422 was answered.
"""

import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from multiprocessing.synchronize import Barrier
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from flask import Flask
from flask_migrate import upgrade

from obcms.kernel.audit.origin import Origin, acting
from obcms.kernel.db.revisions import MIGRATIONS
from obcms.kernel.db.types import utc_now
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Role
from obcms.people.models import User
from tests.ledger.plain_rows import plain_rows
from tests.ledger.recomputed import LIMITS, Ledger
from tests.support.apps import make_app
from tests.support.forked import FORKED
from tests.support.ledger import entry, make_act, make_line, obligate
from tests.support.passwords import let_passwords_suffice
from tests.support.tokens import access_token

PROCESSES, THREADS = 2, 8
SHARE = "100000.00"  # of each half of the balance, and of the obligation; pesos


class Subject(NamedTuple):
    """What all of them write on."""

    line: int
    obligation: int
    token: str


class Outcome(NamedTuple):
    """What one attempt was answered."""

    status: int
    asked: Decimal
    available: str
    took: float


def run(uri: str, home: Path, attempts: int, share: str = SHARE) -> list[Outcome]:
    """Lets all of them post; the database has the present tables."""
    app = make_app(uri, home)
    with app.test_request_context(), acting(Origin(None, "drill")):
        subject = _fill(share)
        db.session.remove()
        db.engine.dispose()
    with FORKED.Pool(PROCESSES, _prepare, (FORKED.Barrier(PROCESSES),)) as pool:
        each = attempts // PROCESSES
        asked = [(uri, home, subject, each, number) for number in range(PROCESSES)]
        return [one for part in pool.starmap(_post_together, asked, 1) for one in part]


def _fill(share: str) -> Subject:
    """Half of the money is allotted late, so that backdated entries find less."""
    user = User(username="drill", role=Role.MFBM_ANALYST, password_hash="-")
    db.session.add(user)
    line = make_line(make_act(effectivity=_day(300)), amounts={"mooe": share})
    for kind in ("appropriation_adjustment", "allotment_adjustment"):
        entry(line, kind, share, entry_date=_day(100))
    obligation = obligate(line, share, entry_date=_day(250)).obligation_id
    line_id = line.id
    db.session.commit()
    return Subject(line_id, obligation, access_token(user))


def _day(before: int) -> date:
    return utc_now().date() - timedelta(days=before)


def _prepare(ready: Barrier) -> None:
    global _ready
    _ready = ready


def _post_together(
    uri: str, home: Path, subject: Subject, attempts: int, process: int
) -> list[Outcome]:
    app = make_app(uri, home, api_rate_limit="1000000 per minute")
    _ready.wait()
    with ThreadPoolExecutor(THREADS) as pool:
        parts = pool.map(
            lambda thread: list(_post(app, subject, attempts // THREADS, process, thread)),
            range(THREADS),
        )
        return [one for part in parts for one in part]


def _post(
    app: Flask, subject: Subject, attempts: int, process: int, thread: int
) -> Iterator[Outcome]:
    dice = random.Random(f"{process} {thread}")
    client, address = app.test_client(), f"/api/budget-lines/{subject.line}/fund-entries/"
    headers = {"Authorization": f"Bearer {subject.token}"}
    for turn in range(attempts):
        body = _body(dice, subject, f"{process}-{thread}-{turn}")
        began = time.monotonic()
        with app.app_context():
            answer = client.post(address, json=body, headers=headers)
        told = answer.json.get("available", "")
        took = time.monotonic() - began
        yield Outcome(answer.status_code, Decimal(body["amount"]), told, took)


def _body(dice: random.Random, subject: Subject, number: str) -> dict[str, Any]:
    backdated = dice.random() < 0.3
    body = {
        "appropriation_class": "mooe",
        "amount": f"{dice.randrange(1, 60_000) / 100:.2f}",
        "reference": number,
        "entry_date": _day(dice.randrange(1, 240) if backdated else 0).isoformat(),
        "payee": f"Payee {number}",
    }
    if dice.random() < 0.5:
        return body | {"kind": "obligation"}
    body |= {"obligation": subject.obligation, "with_payable": True, "mode": "check"}
    return body | {"kind": "disbursement"}


def faults(outcomes: Sequence[Outcome]) -> list[str]:
    """What is wrong with the answers."""
    found = [f"{one.status} was answered" for one in outcomes if one.status not in (201, 422)]
    refused = [one for one in outcomes if one.status == 422]
    found += ["A refusal names no amount." for one in refused if not one.available]
    too_little = [one for one in refused if one.available and Decimal(one.available) >= one.asked]
    return found + [f"{one.asked} was refused where {one.available} is free" for one in too_little]


def overdrawn(ledger: Ledger) -> list[str]:
    """Each limit that is broken on any day."""
    found = []
    for code, used, of, owner in LIMITS:
        for number in {getattr(row, owner) for row in ledger.rows} - {None}:
            for day in ledger.days(date.min):
                if ledger.slack(used, of, day, owner, number) < 0:
                    found.append(f"{code} on {day}")
    return found


def main(attempts: int, uri: str, home: Path) -> None:
    app = make_app(uri, home)
    with app.app_context():
        upgrade(str(MIGRATIONS))
        let_passwords_suffice()
    began = time.monotonic()
    outcomes = run(uri, home, attempts)
    took = time.monotonic() - began
    with app.app_context():
        wrong = faults(outcomes) + overdrawn(plain_rows())
        db.session.remove()
        db.engine.dispose()
    longest = max(one.took for one in outcomes)
    counts = Counter(one.status for one in outcomes)
    print(f"{dict(counts)} in {took:.0f} s, the slowest took {longest:.2f} s")  # noqa: T201
    if wrong:
        raise SystemExit("\n".join(wrong[:20]))


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        given, home = sys.argv[1:], Path(folder)
        number = int(given[0]) if given else 2_000
        main(number, given[1] if len(given) > 1 else f"sqlite:///{home / 'drill.sqlite3'}", home)
