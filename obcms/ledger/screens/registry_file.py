"""A registry as a file, in the columns of its form."""

from collections.abc import Iterator
from typing import Any

from flask.typing import ResponseReturnValue

from obcms.kernel.screens.table_file import table_file
from obcms.ledger.models import BudgetLine
from obcms.ledger.reads.registry import Registry, RegistryRow
from obcms.ledger.rules.choices import RegistryKind

_FIRST = ("Posting date", "Document date", "Reference", "Kind", "Payee", "ORS number")
_COLUMNS = {
    RegistryKind.RAPAL: ("Appropriations", "Allotments", "Unreleased appropriations"),
    RegistryKind.RAOD: (
        "UACS object code",
        "Allotments",
        "Obligations",
        "Unobligated allotments",
        "Disbursements",
        "Due and demandable",
        "Not yet due and demandable",
    ),
}
_LAST = ("Amount of the entry", "Voided because", "Recorded beyond a limit because", "Remarks")


def registry_file(
    line: BudgetLine, register: RegistryKind, registry: Registry | None, kind_of_file: str
) -> ResponseReturnValue:
    """The download; no rows where nothing is posted yet."""
    rows = registry.rows if registry else []
    title = line.title[:80].replace("/", "-").replace("\\", "-")
    name = f"{register.label} {line.act.number} {title}"
    headings = (*_FIRST, *_COLUMNS[register], *_LAST)
    return table_file(name, kind_of_file, headings, (_row(register, one) for one in rows))


def _row(register: RegistryKind, row: RegistryRow) -> list[Any]:
    return list(_cells(register, row))


def _cells(register: RegistryKind, row: RegistryRow) -> Iterator[Any]:
    entry, change, after = row.entry, row.change, row.after
    kind = f"Void of {entry.kind.label.lower()}" if entry.voids_id else entry.kind.label
    ors = entry.obligation.ors_number if entry.obligation else ""
    yield from (entry.posting_date, entry.document_date, entry.reference, kind, entry.payee, ors)
    if register is RegistryKind.RAPAL:
        yield from (change.appropriated, change.allotted, after.unreleased)
    else:
        yield from (entry.uacs_object_code, change.allotted, change.obligated)
        yield from (after.unobligated, change.disbursed, after.due, after.not_yet_due)
    voided = row.voided_by.void_reason if row.voided_by else entry.void_reason
    yield from (entry.amount, voided, entry.override_reason, entry.remarks)
