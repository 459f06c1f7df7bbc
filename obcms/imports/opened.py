"""What the process of its own does: opens a file once, and reads its cells as often as asked."""

from base64 import b64encode
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import IO, Any

from obcms.kernel.intake.packed import pack, unpack
from obcms.kernel.intake.quota import Report
from obcms.kernel.intake.reader import read_table
from obcms.kernel.intake.table import Sheet

Json = dict[str, Any]
PARSED, CELLS = "parsed", "cells"
PARSING = "Looking for the columns and totals"


def open_and_parse(stream: IO[bytes], filename: str, report: Report, known: Json) -> Json:
    """`known` has the `task`, a `module:function(sheets, known)`, and what that is told.

    Answers what the task `parsed`, and the `cells`, packed, for `parse_again`.
    """
    sheets = read_table(stream, filename, report)
    report(PARSING)
    return {PARSED: _parse(sheets, known), CELLS: b64encode(pack(sheets)).decode()}


def parse_again(stream: IO[bytes], _filename: str, report: Report, known: Json) -> Json:
    """The same of packed cells, without opening the file."""
    report(PARSING)
    return {PARSED: _parse(unpack(stream.read()), known)}


def _parse(sheets: Sequence[Sheet], known: Json) -> Json:
    module, _, name = known["task"].partition(":")
    task: Callable[[Sequence[Sheet], Json], Json] = getattr(import_module(module), name)
    return task(sheets, known)
