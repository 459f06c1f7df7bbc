"""One writer at a time for a PPA and all that hangs on it."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from obcms.kernel.db.connections import take_turn
from obcms.kernel.flush import Notes
from obcms.ppas.models import PPA

# Ids of the PPAs that a transaction has locked. Rolling back to a savepoint releases those locked
# after it.
_HELD: Notes[set[int]] = Notes(set)


def lock_trees(session: Session, ppa_ids: Iterable[int]) -> None:
    """Makes the session the only writer of these PPAs' trees until its transaction ends.

    Two people reporting on two leaves of one tree would otherwise each roll up without seeing the
    other's value. SQLite has one writer at a time, for everything.
    """
    held = _HELD.of(session)
    if wanted := sorted(set(ppa_ids) - held):
        connection = session.connection()
        take_turn(connection)
        locking = select(PPA.id).where(PPA.id.in_(wanted)).order_by(PPA.id)
        connection.execute(locking.with_for_update(key_share=True))
        held.update(wanted)
