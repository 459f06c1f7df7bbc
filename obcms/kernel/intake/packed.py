"""Sheets as packed bytes, so that a file is opened once however often its rows are read anew."""

import json
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from datetime import date, datetime, time, timedelta
from typing import Any

from obcms.kernel.intake.cells import Formula
from obcms.kernel.intake.table import Block, Row, Sheet
from obcms.kernel.intake.texts import Marked

# What is no plain JSON: its mark, how it is written, and how it is read. A datetime is a date too.
KINDS: tuple[tuple[str, type, Callable[[Any], Any], Callable[[Any], Any]], ...] = (
    ("formula", Formula, str, Formula),
    ("marked", Marked, str, Marked),
    ("moment", datetime, datetime.isoformat, datetime.fromisoformat),
    ("day", date, date.isoformat, date.fromisoformat),
    ("time", time, time.isoformat, time.fromisoformat),
    ("span", timedelta, timedelta.total_seconds, lambda seconds: timedelta(seconds=seconds)),
    (
        "block",
        Block,
        lambda block: [getattr(block, f.name) for f in fields(Block)],
        lambda v: Block(*v),
    ),
    ("set", frozenset, sorted, frozenset),
)
READERS = {mark: read for mark, _, _, read in KINDS}
PLAIN = (str, int, float, bool, type(None))


def pack(sheets: Iterable[Sheet]) -> bytes:
    """A line of JSON for each sheet and each of its rows, compressed as they come."""
    packer = zlib.compressobj(1)
    pieces = [packer.compress(line.encode() + b"\n") for line in _lines(sheets)]
    return b"".join([*pieces, packer.flush()])


def unpack(packed: bytes) -> list[Sheet]:
    """The sheets again, equal to what was packed."""
    sheets: list[tuple[dict[str, Any], list[Row]]] = []
    for line in zlib.decompress(packed).splitlines():
        found = json.loads(line)
        if isinstance(found, dict):
            sheets.append(({name: _read(value) for name, value in found.items()}, []))
        else:
            number, *cells = found
            sheets[-1][1].append(Row(number, tuple(map(_read, cells))))
    return [Sheet(rows=tuple(rows), **about) for about, rows in sheets]


def _lines(sheets: Iterable[Sheet]) -> Iterator[str]:
    for sheet in sheets:
        about = {f.name: getattr(sheet, f.name) for f in fields(Sheet) if f.name != "rows"}
        yield json.dumps({name: _written(value) for name, value in about.items()})
        for row in sheet.rows:
            yield json.dumps([row.number, *map(_written, row.cells)])


def _written(value: Any) -> Any:
    if type(value) in PLAIN:
        return value
    if isinstance(value, tuple):
        return ["all", [_written(one) for one in value]]
    for mark, kind, write, _ in KINDS:
        if isinstance(value, kind):
            return [mark, write(value)]
    raise TypeError(f"A cell of {type(value)} cannot be packed.")


def _read(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    mark, held = value
    return tuple(map(_read, held)) if mark == "all" else READERS[mark](held)
