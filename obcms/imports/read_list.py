"""Reading a file's PPA rows in a process that knows no more than it needs for that."""

from collections.abc import Mapping

from obcms.imports.reading import as_json
from obcms.kernel.intake.budget import Report, say_nothing
from obcms.kernel.intake.limited import read_limited


def read_list(
    content: bytes,
    filename: str,
    report: Report = say_nothing,
    fiscal_year: int | None = None,
    answers: Mapping[str, str] | None = None,
) -> as_json.Json:
    """The file's PPA rows as JSON, read in a process of its own (SPEC 13).

    `fiscal_year` is that of the import, `answers` how open questions were answered. Raises Invalid
    for a file that cannot be read, has no header row, or takes too much, and for an answer that is
    none.
    """
    task = f"{as_json.__name__}:parse_to_json"
    known = {"fiscal_year": fiscal_year, "answers": dict(answers or {})}
    return read_limited(task, content, filename, report, known)
