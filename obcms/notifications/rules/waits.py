"""When a mail that did not go out is tried again, when it is given up, and when digests are due."""

from datetime import datetime, time, timedelta

# How long a process has a mail for itself; far longer than the mail server is waited for.
LEASE = timedelta(minutes=10)
# While no mail goes out at all, by how often this one was tried; the last goes on.
SERVER_AWAY = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))
# While the server does not take just this one, by how often it did not.
REFUSED = (timedelta(minutes=5), timedelta(hours=1), timedelta(hours=4))
# So many refusals for good, and so many for now (some five days), and it is given up.
MOST_FOR_GOOD, MOST_FOR_NOW = 3, 30
DIGEST_AT = time(8, 30)  # in Manila, after the reminders of the morning


def wait_after_refusal(refusals: int) -> timedelta:
    """How long to wait after the refusal with this number, from 1."""
    return REFUSED[min(refusals, len(REFUSED)) - 1]


def is_given_up(refusals: int, for_good: bool) -> bool:
    """Whether the refusal with this number, from 1, was the last."""
    return refusals >= (MOST_FOR_GOOD if for_good else MOST_FOR_NOW)


def latest_digest(now: datetime) -> datetime:
    """The last moment at which digests were due; `now` is in Manila."""
    today = now.replace(
        hour=DIGEST_AT.hour, minute=DIGEST_AT.minute, second=0, microsecond=0, fold=0
    )
    return today if today <= now else today - timedelta(days=1)
