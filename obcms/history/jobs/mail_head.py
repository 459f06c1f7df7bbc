"""Mailing the head of the seal chain, so that it is known in places that no intruder reaches."""

from typing import Any

from sqlalchemy import select

from obcms.history.jobs.noting import note_head
from obcms.history.reads.trail import last_check
from obcms.kernel import mail
from obcms.kernel.audit.noted import Occasion
from obcms.kernel.audit.origin import current_origin
from obcms.kernel.audit.seal import Head, read_head
from obcms.kernel.db.types import utc_now
from obcms.kernel.extensions import db
from obcms.kernel.formats import MANILA, day, moment
from obcms.kernel.permissions import Role
from obcms.people.models import User

READERS = (Role.ADMINISTRATOR, Role.COA_AUDITOR)
TEXT = """The audit trail of OBCMS is sealed up to entry {entry}, at position {position}.

Head hash: {hash}

{check}

Keep this message. To check that nothing before it was changed, run:
flask audit verify --head {hash}
"""


def mail_audit_head() -> dict[str, Any]:
    """Mails the head to every administrator and auditor who has an e-mail address."""
    head = read_head(db.session())
    summary = {"position": head.position, "head": head.hash, "mailed": 0}
    if not mail.can_send():
        return summary | {"reason": "EMAIL_HOST is not set"}
    readers = select(User.email).where(User.role.in_(READERS), User.is_active, User.email != "")
    recipients = sorted(set(db.session.scalars(readers)))
    if recipients:
        today = day(utc_now().astimezone(MANILA).date())
        about = current_origin().request_id or today  # of a job its slot, in each attempt the same
        mail.send(recipients, f"OBCMS audit trail, sealed on {today}", _text(head), about)
        note_head(Occasion.MAILED, head)
    return summary | {"mailed": len(recipients)}


def _text(head: Head) -> str:
    last = last_check()
    if last is None:
        check = "The whole chain was not checked yet."
    elif last.error:
        check = f"THE CHECK ON {moment(last.finished_at)} FAILED: {last.error}"
    else:
        check = f"The whole chain was checked on {moment(last.finished_at)} and holds."
    return TEXT.format(entry=head.entry_id, position=head.position, hash=head.hash, check=check)
