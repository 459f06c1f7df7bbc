"""Writing what a preview showed, in one transaction and in sets (SPEC 13)."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, insert, select

from obcms.imports.compare import compare
from obcms.imports.declared import Import, ImportDefaults, Written
from obcms.imports.models import ImportBatch, ImportedRecord
from obcms.imports.outcome import ImportOutcome, PlannedRow, RowKind
from obcms.kernel.audit.models import AuditEntry
from obcms.kernel.db.connections import take_turn
from obcms.kernel.errors import Conflict, Invalid
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Actor, require


class Overtaken(Conflict):
    """The stored records are not those that the preview compared with."""

    def __init__(self, outcome: ImportOutcome) -> None:
        super().__init__("What is recorded changed since this preview, so nothing was imported.")
        self.outcome = outcome


@dataclass(frozen=True, slots=True)
class Source:
    """The file that is imported, and who may undo that."""

    filename: str
    sha256: str
    party: str = "operator"


def apply_import(
    declared: Import,
    actor: Actor,
    parsed: object,
    given: ImportDefaults,
    source: Source,
    agreed: Callable[[ImportOutcome], bool] = lambda _outcome: True,
    valid_rows_only: bool = False,
) -> tuple[ImportOutcome, ImportBatch | None]:
    """Writes every accepted row; the batch is None where there was nothing to write.

    `agreed` says whether this is what somebody saw in the preview. Raises Forbidden, Overtaken
    where it is not, and Invalid where a row is refused and not only valid ones are wanted.
    """
    require(actor, declared.permission)
    first = compare(declared, actor, parsed, given)
    take_turn(db.session().connection())
    declared.lock(_written_by(first))
    # As they stand now that nobody else writes them.
    outcome = compare(declared, actor, parsed, given)
    rows = _written_by(outcome)
    if not agreed(outcome) or not {row.row for row in rows} <= {
        row.row for row in _written_by(first)
    }:
        raise Overtaken(outcome)
    if outcome.refused and not valid_rows_only:
        raise Invalid("Some rows are refused, so nothing was imported.")
    if not rows:
        return outcome, None
    return outcome, _keep(declared, actor, outcome, source, declared.write(actor, rows))


def _written_by(outcome: ImportOutcome) -> list[PlannedRow]:
    return [row for row in outcome.rows if row.kind is not RowKind.UNCHANGED]


def _keep(
    declared: Import,
    actor: Actor,
    outcome: ImportOutcome,
    source: Source,
    written: Sequence[Written],
) -> ImportBatch:
    batch = ImportBatch(
        import_name=declared.name,
        party=source.party,
        filename=source.filename,
        sha256=source.sha256,
        **{kind.value: outcome.count(kind) for kind in RowKind},
        refused=len(outcome.refused),
        last_entry=db.session.scalar(select(func.max(AuditEntry.id))) or 0,
        applied_by_id=getattr(actor, "id", None),
    )
    db.session.add(batch)
    db.session.flush()
    rows = [
        {"batch_id": batch.id, "record_id": w.record_id, "before": w.before, "after": w.after}
        for w in written
    ]
    db.session.execute(insert(ImportedRecord), rows)
    return batch


def digest(content: bytes) -> str:
    """What tells one file from another."""
    return hashlib.sha256(content).hexdigest()
