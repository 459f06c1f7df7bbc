"""What an import would do: parsed rows beside stored records. Nothing is written (SPEC 13)."""

from typing import Any

from obcms.imports.declared import Import, ImportDefaults
from obcms.imports.outcome import ImportOutcome
from obcms.imports.reading.parsed import RowNote
from obcms.kernel.errors import ObcmsError
from obcms.kernel.permissions import Actor, require


def compare(declared: Import, actor: Actor, parsed: Any, given: ImportDefaults) -> ImportOutcome:
    """The plan of an import, and its preview; a row that is refused is left out with its reason.

    A constant number of queries, no savepoint and no lock. Raises Forbidden.
    """
    require(actor, declared.permission)
    records = declared.records(actor, parsed, given)
    outcome = ImportOutcome(refused=list(parsed.refused), warnings=list(parsed.warnings))
    for row in records.ordered(parsed.rows):
        try:
            outcome.rows.append(records.plan(row))
        except ObcmsError as error:
            outcome.refused.append(
                RowNote(row.row, str(error), getattr(row, "amount", None), error.details)
            )
    outcome.warnings.extend(records.warnings())
    outcome.warnings.sort(key=lambda note: note.row)
    outcome.refused.sort(key=lambda note: note.row)
    return outcome
