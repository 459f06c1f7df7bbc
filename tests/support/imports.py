"""Importing without a screen, for tests that are about what was imported."""

from obcms.imports.apply import Source, apply_import
from obcms.imports.declared import Given
from obcms.imports.outcome import Outcome
from obcms.imports.ppa_list import PPA_LIST
from obcms.imports.reading.parsed import ParsedFile
from obcms.kernel.permissions import Actor
from obcms.organizations.models import Organization

A_FILE = Source("list.csv", "0" * 64)


def import_ppas(
    actor: Actor, parsed: ParsedFile, moa: Organization | None, fiscal_year: int | None
) -> Outcome:
    """Writes every acceptable row and reports the others."""
    given = Given(moa.id if moa else None, fiscal_year)
    outcome, _ = apply_import(PPA_LIST, actor, parsed, given, A_FILE, valid_rows_only=True)
    return outcome
