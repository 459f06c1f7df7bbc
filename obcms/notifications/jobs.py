"""Sending what the outbox holds, and forgetting what is old."""

import logging
import time
from collections.abc import Mapping
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from obcms.kernel import mail
from obcms.kernel.db.types import utc_now
from obcms.kernel.extensions import db
from obcms.kernel.jobs.records import failed_record
from obcms.kernel.jobs.schedule import ScheduledJob, add_jobs
from obcms.kernel.jobs.words import error_in_words
from obcms.notifications.delivery.claim import (
    Parcel,
    claim,
    note_refused,
    note_sent,
    put_all_off,
)
from obcms.notifications.delivery.sort import bundle_digests, put_aside_unwanted
from obcms.notifications.forget import forget_old
from obcms.notifications.letters import write_letter
from obcms.notifications.reads.waiting import any_due, count_waiting, ready_mails

logger = logging.getLogger(__name__)
LONGEST_SECONDS = 300  # the next run goes on, beside this one where need be
MOST_ERRORS = 20
NO_SERVER = "EMAIL_HOST is not set, so nothing is mailed; the inboxes have it."


def deliver_notifications() -> dict[str, Any]:
    """Sends the mails that may go, each in two transactions: taken, and what became of it.

    Two runs at once, and two workers, share the mails out. A process that is killed loses none: a
    mail that it had taken is taken up again when its lease is over. Where it was killed between the
    server's yes and the commit, the second copy has the same Message-ID.
    """
    summary: dict[str, Any] = dict.fromkeys(("sent", "put_off", "given_up", "not_wanted"), 0)
    summary |= {"errors": []}
    if not mail.can_send():
        return summary | {"waiting": count_waiting(), "reason": NO_SERVER}
    if any_due(utc_now()):
        summary["not_wanted"] = put_aside_unwanted(utc_now())
        bundle_digests(utc_now())
        db.session.commit()
        _send_all(summary)
    return summary | {"waiting": count_waiting()}


def _send_all(summary: dict[str, Any]) -> None:
    began = time.monotonic()
    with mail.Post() as post:
        while batch := ready_mails(utc_now()):
            for message_id in batch:
                if time.monotonic() - began > LONGEST_SECONDS:
                    return
                if not _deliver(post, message_id, summary):
                    return


def _deliver(post: mail.Post, message_id: str, summary: dict[str, Any]) -> bool:
    """One mail, unless another process has it; False where no other can be sent either."""
    parcel = claim(message_id, utc_now())
    if parcel is None:
        db.session.rollback()
        return True
    try:
        letter = _written(parcel)
        db.session.commit()  # nobody waits for this process while it waits for the server
        post.send(letter)
    except mail.ServerAway as error:
        summary["put_off"] += put_all_off(parcel, str(error), utc_now())
        _tell(summary, "mail server", error)
        db.session.commit()
        return False
    except mail.Refused as error:
        summary["given_up" if note_refused(parcel, error) else "put_off"] += len(parcel.ids)
        _tell(summary, parcel.to, error)
    else:
        note_sent(parcel)
        summary["sent"] += len(parcel.ids)
    db.session.commit()
    return True


def _written(parcel: Parcel) -> mail.Letter:
    try:
        return write_letter(parcel, utc_now())
    except SQLAlchemyError:  # no fault of this mail's, so the whole run is tried again
        raise
    except Exception as error:  # whatever it is, the mails of others are none the worse for it
        logger.exception("The mail %s could not be written", parcel.message_id)
        why = error_in_words(error)
        raise mail.Refused(f"The mail could not be written: {why}", False) from error


def _tell(summary: dict[str, Any], code: str, error: Exception) -> None:
    if len(summary["errors"]) < MOST_ERRORS:
        summary["errors"].append(failed_record(code, error))


def did_nothing(summary: Mapping[str, Any]) -> bool:
    """Whether a run of `deliver_notifications` left the outbox as it was."""
    return not any(summary[name] for name in ("sent", "put_off", "given_up", "not_wanted"))


def delete_old_notifications() -> dict[str, Any]:
    """Deletes what is older than a year; returns how many."""
    return {"deleted": forget_old()}


add_jobs(
    ScheduledJob(
        "deliver_notifications",
        "* * * * *",
        deliver_notifications,
        is_idle=did_nothing,
        title="Send mails",
        does="Sends the mails that wait in the outbox, and once a day the daily mails.",
    ),
    ScheduledJob(
        "delete_old_notifications",
        "50 4 * * *",
        delete_old_notifications,
        title="Delete old notifications",
        does="Deletes notifications older than a year, with their mails in the outbox.",
    ),
)
