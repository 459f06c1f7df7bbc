"""Telling much news at once, so that one record that fails does not stop the others."""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy.exc import SQLAlchemyError

from obcms.kernel.extensions import db
from obcms.kernel.jobs.records import failed_record
from obcms.notifications.notify import Recipient, notify, notify_all
from obcms.notifications.rules.news import News

logger = logging.getLogger(__name__)
Told = tuple[News, Sequence[Recipient]]


@dataclass(frozen=True, slots=True)
class Reminder:
    """What is to be told of a record: `code` names it to people, `write` makes the news."""

    code: str
    write: Callable[[], News]
    recipients: Sequence[Recipient]


@dataclass(slots=True)
class ReminderOutcome:
    """How many were told for the first time, and the records that failed, each with its reason."""

    told: int = 0
    errors: list[dict[str, str]] = field(default_factory=list)


def tell_each(reminders: Iterable[Reminder]) -> ReminderOutcome:
    """Writes and tells them all, in one statement where none of them fails."""
    outcome = ReminderOutcome()
    written: list[tuple[str, Told]] = []
    for reminder in reminders:
        try:
            written.append((reminder.code, (reminder.write(), reminder.recipients)))
        except Exception as error:  # whatever one record holds, the others are told
            _note(outcome, reminder.code, error)
    try:
        with db.session.begin_nested():
            outcome.told = notify_all(told for _, told in written)
    except SQLAlchemyError:
        _one_by_one(written, outcome)
    return outcome


def _one_by_one(written: Sequence[tuple[str, Told]], outcome: ReminderOutcome) -> None:
    for code, (news, recipients) in written:
        try:
            with db.session.begin_nested():
                outcome.told += notify(news, recipients)
        except SQLAlchemyError as error:
            _note(outcome, code, error)


def _note(outcome: ReminderOutcome, code: str, error: Exception) -> None:
    logger.error("Nobody could be told of %s", code, exc_info=error)
    outcome.errors.append(failed_record(code, error))
