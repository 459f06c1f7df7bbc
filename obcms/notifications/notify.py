"""Putting news into the outbox: once for each recipient and threshold, however often it is told."""

import secrets
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from flask import current_app
from sqlalchemy.dialects import postgresql, sqlite

from obcms.kernel.db.many_rows import MOST_PARAMETERS
from obcms.kernel.db.types import utc_now
from obcms.kernel.extensions import db
from obcms.notifications.models import Notification
from obcms.notifications.rules.choices import MailState
from obcms.notifications.rules.events import EVENTS
from obcms.notifications.rules.news import LONGEST_TO_DO, News, one_line, several_lines
from obcms.people.models import User

# A user, or a mail address without an account, which gets mail only.
Recipient = User | str
RowValues = dict[str, Any]


def notify(news: News, recipients: Iterable[Recipient]) -> int:
    """Tells the recipients, in the caller's transaction; returns how many had not been told.

    Disabled users are left out, and an address that one of the users has. How a user wants to hear
    of it is asked when it is delivered. Raises ValueError for an event that nobody declared.
    """
    return notify_all([(news, recipients)])


def notify_all(told: Iterable[tuple[News, Iterable[Recipient]]]) -> int:
    """The same for much news at once, in one statement for two thousand rows."""
    db.session.flush()
    rows = [row for news, recipients in told for row in _rows(news, recipients)]
    if not rows:
        return 0
    size = MOST_PARAMETERS // len(rows[0])
    return sum(_insert(rows[start : start + size]) for start in range(0, len(rows), size))


def _insert(rows: Sequence[RowValues]) -> int:
    insert = sqlite.insert if db.engine.dialect.name == "sqlite" else postgresql.insert
    statement = insert(Notification.__table__).values(rows)
    return db.session.execute(statement.on_conflict_do_nothing()).rowcount


def _rows(news: News, recipients: Iterable[Recipient]) -> Iterator[RowValues]:
    if news.event not in EVENTS:
        raise ValueError(f"No slice declares the event {news.event!r}.")
    given = list(recipients)
    users = [one for one in given if isinstance(one, User)]
    known = {user.email.casefold() for user in users}
    text, now = _text(news), utc_now()
    for user in users:
        if user.is_active:
            yield _row(text, now, f"user {user.id}", user_id=user.id)
    for address in sorted({one.strip() for one in given if isinstance(one, str)} - {""}):
        if address.casefold() not in known:
            yield _row(text, now, f"mail {address.casefold()}", address=address)


def _text(news: News) -> RowValues:
    return {
        "event": news.event,
        "about": news.about,
        "threshold": news.threshold,
        "subject": one_line(news.subject),
        "what": several_lines(news.what),
        "to_do": several_lines(news.to_do, LONGEST_TO_DO),
        "due": news.due,
        "link": news.link,
    }


def _row(
    text: RowValues, now: object, recipient: str, user_id: int | None = None, address: str = ""
) -> RowValues:
    return text | {
        "recipient": recipient,
        "user_id": user_id,
        "address": address,
        "created_at": now,
        "state": MailState.WAITING,
        "message_id": new_message_id(),
        "next_try_at": now,
        "attempts": 0,
        "refusals": 0,
        "problem": "",
    }


def new_message_id() -> str:
    """A Message-ID of its own for a mail; a copy of the mail that is sent again has the same."""
    sender = current_app.config["OBCMS"].default_from_email
    domain = sender.rpartition("@")[2].strip("<> ") or "localhost"
    return f"<{secrets.token_hex(16)}@{domain}>"
