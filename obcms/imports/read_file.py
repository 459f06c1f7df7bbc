"""Reading a file's rows in a process that knows no more than it needs for that (SPEC 13)."""

from base64 import b64decode
from collections.abc import Mapping
from typing import NamedTuple

from obcms.imports import opened
from obcms.imports.declared import Import, Json
from obcms.kernel.intake.limited import read_limited
from obcms.kernel.intake.quota import Report, say_nothing

MODULE = opened.__name__


class Read(NamedTuple):
    """What the import's task found, as JSON, and the file's cells, packed, to be read anew."""

    parsed: Json
    cells: bytes


def read_file(
    declared: Import,
    content: bytes,
    filename: str,
    fiscal_year: int | None = None,
    answers: Mapping[str, str] | None = None,
    report: Report = say_nothing,
    cells: bytes | None = None,
) -> Read:
    """`fiscal_year` is that of the import, `answers` how open questions were answered.

    With the `cells` of an earlier reading the file is not opened again. Raises Invalid for a file
    that cannot be read, has no header row, or takes too much, and for an answer that is none.
    """
    known = {
        **declared.known,
        "task": declared.task,
        "fiscal_year": fiscal_year,
        "answers": dict(answers or {}),
    }
    if cells is None:
        answer = read_limited(f"{MODULE}:open_and_parse", content, filename, report, known)
        return Read(answer[opened.PARSED], b64decode(answer[opened.CELLS]))
    answer = read_limited(f"{MODULE}:parse_again", cells, filename, report, known)
    return Read(answer[opened.PARSED], cells)
