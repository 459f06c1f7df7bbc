"""Reading a list and importing it without a screen, for tests that are about what came of it."""

from pathlib import Path
from typing import IO

from obcms.imports.apply import Source, apply_import
from obcms.imports.declared import ImportDefaults
from obcms.imports.outcome import ImportOutcome
from obcms.imports.ppa_list import PPA_LIST
from obcms.imports.reading.doubts import NOTHING_ANSWERED, GivenAnswers
from obcms.imports.reading.parsed import ParsedFile
from obcms.imports.reading.rows import read_sheets
from obcms.kernel.intake.quota import say_nothing
from obcms.kernel.intake.reader import read_table
from obcms.kernel.permissions import Actor
from obcms.organizations.models import Organization

A_FILE = Source("list.csv", "0" * 64)


def parse_file(
    stream: str | Path | IO[bytes], filename: str, asked: GivenAnswers = NOTHING_ANSWERED
) -> ParsedFile:
    """The PPA rows of a file, as `opened.open_and_parse` reads them in a process of its own."""
    return read_sheets(read_table(stream, filename, say_nothing), asked)


def import_ppas(
    actor: Actor, parsed: ParsedFile, moa: Organization | None, fiscal_year: int | None
) -> ImportOutcome:
    """Writes every acceptable row and reports the others."""
    given = ImportDefaults(moa.id if moa else None, fiscal_year)
    outcome, _ = apply_import(PPA_LIST, actor, parsed, given, A_FILE, valid_rows_only=True)
    return outcome
