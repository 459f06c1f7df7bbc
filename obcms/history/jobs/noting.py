"""Noting the head of the chain beside the database."""

from obcms.history.reads.trail import trail_folder
from obcms.kernel.audit.noted import NotedHead, NotesUnreadable, Occasion, note, read_noted
from obcms.kernel.audit.seal import Head
from obcms.kernel.audit.verify import is_in_chain
from obcms.kernel.extensions import db


def note_head(occasion: Occasion, head: Head) -> None:
    """Puts the head in the place of the one noted before, unless the chain contradicts that one:
    then it stays, for the nightly check to tell.
    """
    folder = trail_folder()
    try:
        before = read_noted(folder).get(occasion)
    except NotesUnreadable:
        return
    now = NotedHead(occasion, head.position, head.hash)
    if before is None or (before != now and is_in_chain(db.session.connection(), before)):
        note(folder, now)
