"""Reading a file's PPA rows in a process that knows no more than it needs for that."""

from obcms.imports.reading import as_json
from obcms.kernel.intake.budget import Report, say_nothing
from obcms.kernel.intake.limited import read_limited


def read_list(content: bytes, filename: str, report: Report = say_nothing) -> as_json.Json:
    """The file's PPA rows as JSON, read in a process of its own (SPEC 13).

    Raises Invalid for a file that cannot be read, has no header row, or takes too much.
    """
    return read_limited(f"{as_json.__name__}:parse_to_json", content, filename, report)
