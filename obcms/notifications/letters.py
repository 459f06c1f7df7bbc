"""A notification, or the digest of a day, as a mail: readable text, and HTML for a phone."""

from datetime import datetime

from flask import current_app

from obcms.calendar.days import in_both_calendars
from obcms.kernel.formats import MANILA
from obcms.kernel.links import full_address, path_of
from obcms.kernel.mail import Letter
from obcms.notifications.delivery.claim import Parcel

MOST_IN_DIGEST = 50


def write_letter(parcel: Parcel, now: datetime) -> Letter:
    """The mail of the parcel. Texts of records are escaped in HTML, and plain in the text."""
    rows = parcel.rows[:MOST_IN_DIGEST]
    given = {
        "subject": _subject(parcel, now),
        "rows": rows,
        "left_out": len(parcel.rows) - len(rows),
        "user": parcel.rows[0].user,
        "address_of": full_address,
        "in_both_calendars": in_both_calendars,
        "inbox": full_address(path_of("inbox.index")),
        "account": full_address(path_of("auth.account")),
    }
    text, html = (_rendered(f"notifications/mail.{kind}", given) for kind in ("txt", "html"))
    return Letter(parcel.to, given["subject"], text, html, parcel.message_id)


def _subject(parcel: Parcel, now: datetime) -> str:
    if len(parcel.rows) == 1:
        return parcel.rows[0].subject
    today = now.astimezone(MANILA).date()
    return f"OBCMS: {len(parcel.rows)} notifications, {in_both_calendars(today)}"


def _rendered(name: str, given: dict[str, object]) -> str:
    # Not by `render_template`, which would look for a request and its user.
    return current_app.jinja_env.get_template(name).render(given)
