"""The history of a PPA or a work item as people read it: change sets, newest first (SPEC 9).

What followed from a change set by the roll-up is told apart from what somebody did.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from obcms.history.reads.change_sets import ChangeSetEntries, newest_change_sets
from obcms.history.reads.entries import Conditions
from obcms.history.reads.verbs import verb_of
from obcms.history.reads.wording import Wording
from obcms.kernel.audit.fingerprints import is_fingerprint
from obcms.kernel.audit.models import ENTRIES, AuditAction
from obcms.kernel.audit.wording import SILENT, label_of
from obcms.kernel.extensions import db
from obcms.ledger.models import Obligation

# What the sentence says already, or is of no use to a reader: who and when, and numbers of records.
SAID = frozenset(
    {
        "counterpart_id",
        "digest",
        "receipt_id",
        "undone_at",
        "undone_by_id",
        "voided_at",
        "voided_by_id",
    }
)
# The same of a new or removed row.
ROW = frozenset(
    {
        "id",
        "ppa_id",
        "budget_share",
        "title",
        "amount",
        "work_item_id",
        "posted_at",
        "posted_by_id",
        "made_at",
        "made_by_id",
        "applied_at",
        "applied_by_id",
        "taken_at",
        "taken_by_id",
        "taken_by_name",
    }
)
TOLD = {
    "approval_step": ROW | {"action", "from_status", "to_status"},
    "distribution_batch": ROW | {"parent_id"},
    "fund_entry": ROW
    | {
        "balance_id",
        "disbursement_id",
        "is_cut",
        "is_final",
        "is_illustration",
        "kind",
        "movement_id",
        "obligation_id",
        "payee_key",
        "posted_with_id",
        "reference",
        "to_be_liquidated",
        "voids_id",
    },
    "obligation": ROW
    | {"balance_id", "first_posted_on", "is_void", "number_key", "ors_number", "payee_key"},
    "ppa_amendment": ROW | {"kind"},
}
TIMESTAMPED = frozenset({"ppa", "work_item"})


@dataclass(frozen=True, slots=True)
class Detail:
    """One column's change in words; `old` is None where the row was made by the change set."""

    label: str
    old: str | None
    new: str


@dataclass(frozen=True, slots=True)
class RecordChange:
    """One record's change: “changed work item” with its name and the columns."""

    verb: str
    name: str
    details: Sequence[Detail] = ()


@dataclass(slots=True)
class ChangeSet:
    """What one person or job did in one go; `followed` is what the roll-up added.

    `position` is its newest entry. Of `entries` in all, or more than that where `is_cut`, the first
    are told.
    """

    at: datetime
    actor: str
    ip_address: str | None
    request_id: str | None
    position: int
    entries: int
    is_cut: bool
    changes: list[RecordChange] = field(default_factory=list)
    followed: list[RecordChange] = field(default_factory=list)

    @property
    def untold(self) -> int:
        """How many entries of a large change set are not listed, at least."""
        return self.entries - len(self.changes) - len(self.followed)


def timeline(of: Conditions, before: int | None = None) -> list[ChangeSet]:
    """Up to PAGE change sets of the entries that `of` selects, older than that at `before`."""
    change_sets = newest_change_sets(of, before)
    told = select(ENTRIES).where(
        ENTRIES.c.id.in_([one for change_set in change_sets for one in change_set.told])
    )
    entries = {entry.id: entry for entry in db.session.execute(told)}
    wording = Wording(entries.values())
    return [
        _change_set(change_set, [entries[one] for one in change_set.told], wording)
        for change_set in change_sets
    ]


def _change_set(
    change_set: ChangeSetEntries, told: Sequence[Row[Any]], wording: Wording
) -> ChangeSet:
    first = told[0]
    found = ChangeSet(
        at=first.at,
        actor=wording.actor(first),
        ip_address=first.ip_address,
        request_id=first.request_id,
        position=change_set.newest,
        entries=change_set.counted,
        is_cut=change_set.is_cut,
    )
    for entry in told:
        (found.followed if _followed(entry) else found.changes).append(_change(entry, wording))
    return found


def _followed(entry: Row[Any]) -> bool:
    """Whether the roll-up wrote the entry: what people add, change or remove tells the time too.

    What stands on an obligation follows from the ledger's entries.
    """
    if entry.table_name == Obligation.__tablename__:
        return True
    return entry.table_name in TIMESTAMPED and "updated_at" not in entry.changes


def _change(entry: Row[Any], wording: Wording) -> RecordChange:
    changes, whole = entry.changes, entry.action != AuditAction.UPDATE
    if whole:
        side = 1 if entry.action == AuditAction.INSERT else 0
        values = {name: pair[side] for name, pair in changes.items()}
        changes = {name: [None, one] for name, one in values.items() if one not in (None, "")}
    details = _details(entry, changes, wording, whole=whole)
    return RecordChange(verb_of(entry), wording.record(entry), details)


def _details(
    entry: Row[Any], changes: Mapping[str, Any], wording: Wording, whole: bool = False
) -> list[Detail]:
    hidden = SILENT | SAID | TOLD.get(entry.table_name, ROW) if whole else SILENT | SAID
    return [
        Detail(
            label_of(name),
            None if whole else wording.value(entry, name, old),
            wording.value(entry, name, new),
        )
        for name, (old, new) in changes.items()
        if name not in hidden and not is_fingerprint(name) and not isinstance(new, dict | list)
    ]
