"""Taking an import back as one batch, while nothing later touched what it wrote (SPEC 13)."""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from obcms.imports.declared import IMPORTS, Import, Undoing, Written
from obcms.imports.models import ImportBatch, ImportedRecord
from obcms.imports.uploads import party_of
from obcms.kernel.db.keys import LARGEST_KEY
from obcms.kernel.db.types import utc_now
from obcms.kernel.errors import Conflict, NotFound
from obcms.kernel.extensions import db
from obcms.kernel.permissions import CONFINED_ROLES, Actor, require
from obcms.kernel.rules.fields import Prose

LISTED = 20
WHO = (joinedload(ImportBatch.applied_by), joinedload(ImportBatch.undone_by))
REASON = Prose("reason", required="Say why this import is undone.")


def find_batch(actor: Actor, declared: Import, batch_id: int) -> ImportBatch:
    """An import that the actor may undo: ministries know their own alone. Raises NotFound."""
    require(actor, declared.permission)
    known = 0 < batch_id <= LARGEST_KEY
    batch = db.session.get(ImportBatch, batch_id, options=WHO) if known else None
    if batch is None or batch.import_name != declared.name or not _is_known(actor, batch):
        raise NotFound("There is no such import.")
    return batch


def latest_batches(actor: Actor, declared: Import) -> Sequence[ImportBatch]:
    """The latest imports that the actor may undo, newest first, with who applied them."""
    query = select(ImportBatch).where(ImportBatch.import_name == declared.name).options(*WHO)
    if actor.role in CONFINED_ROLES:
        query = query.where(ImportBatch.party == party_of(actor))
    return db.session.scalars(query.order_by(ImportBatch.id.desc()).limit(LISTED)).all()


def undo_import(actor: Actor, batch: ImportBatch, reason: str = "") -> None:
    """Takes back all that the import wrote, or nothing.

    Raises Invalid without a reason where one is asked, and Conflict where it was undone before or
    something later touched one of its records, naming that.
    """
    declared = IMPORTS[batch.import_name]
    require(actor, declared.permission)
    why = REASON.clean(reason) if declared.asks_reason else Prose("reason").clean(reason)
    db.session.refresh(batch, with_for_update={"of": ImportBatch})
    if batch.undone_at is not None:
        raise Conflict("This import was undone already.")
    query = select(ImportedRecord).where(ImportedRecord.batch_id == batch.id)
    rows = [
        Written(row.record_id, row.before, row.after)
        for row in db.session.scalars(query.order_by(ImportedRecord.record_id))
    ]
    declared.undo(actor, Undoing(rows, batch.last_entry, why))
    batch.undone_at, batch.undone_by_id = utc_now(), getattr(actor, "id", None)
    batch.undo_reason = why
    db.session.flush()


def undone_records(name: str) -> Select[tuple[int]]:
    """The ids of all records that imports of this name wrote which were undone since."""
    return (
        select(ImportedRecord.record_id)
        .join(ImportBatch, ImportBatch.id == ImportedRecord.batch_id)
        .where(ImportBatch.import_name == name, ImportBatch.undone_at.is_not(None))
    )


def _is_known(actor: Actor, batch: ImportBatch) -> bool:
    return actor.role not in CONFINED_ROLES or batch.party == party_of(actor)
