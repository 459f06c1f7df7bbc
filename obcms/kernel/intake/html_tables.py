"""Tables of a web page, which many systems hand out under the name of a workbook."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from lxml import etree

from obcms.kernel.errors import Invalid
from obcms.kernel.intake import limits
from obcms.kernel.intake.delimited import decode
from obcms.kernel.intake.quota import ReadingQuota
from obcms.kernel.intake.table import Block, Cell, Row, Sheet
from obcms.kernel.intake.texts import TextCollector

LOOKED_AT = 4096
CHARSET = re.compile(rb"charset\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)
NAME = "Page"  # a page has one sheet, as Excel makes of it
SKIPPED = ("script", "style", "title", "noscript")
HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
PLAIN_NUMBER = re.compile(r"-?[0-9][0-9,]*(?:\.[0-9]*)?")
NO_TABLE = "The file is a web page without a table. Save the list as .xlsx and try again."


def is_html(content: bytes) -> bool:
    """Whether it begins as a page or a table does."""
    start = content[:LOOKED_AT].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return start.startswith(b"<") and any(
        mark in start for mark in (b"<html", b"<table", b"<!doctype html")
    )


def read_html(content: bytes, quota: ReadingQuota) -> list[Sheet]:
    """All tables of the page, one below the other in one sheet, as Excel shows them.

    Raises Invalid past a limit and where there is no table.
    """
    page = _Page(quota)
    # No tree is made of it, so that memory does not grow with the page.
    parser = etree.HTMLParser(target=page, no_network=True, huge_tree=False)
    parser.feed(_text(content))
    parser.close()
    if not page.rows:
        raise Invalid(NO_TABLE, "file")
    sheet = Sheet(
        NAME, tuple(page.rows), hidden_rows=frozenset(page.hidden), merged=tuple(page.merged)
    )
    return [sheet]


def _text(content: bytes) -> str:
    named = CHARSET.search(content[:LOOKED_AT])
    if named:
        with suppress(LookupError, UnicodeDecodeError):
            return content.decode(named[1].decode())
    return decode(content)


@dataclass(slots=True)
class _HTMLTable:
    """A table being read; `taken` are the cells that one above reaches down over, by column."""

    filled: dict[int, Cell] = field(default_factory=dict)
    taken: dict[int, int] = field(default_factory=dict)
    column: int = 0
    hides: bool = False
    span: tuple[int, int] | None = None
    exact: str = ""
    shown: TextCollector = field(default_factory=TextCollector)


class _Page:
    """Told of the page's elements, it puts the rows of its tables together."""

    def __init__(self, quota: ReadingQuota) -> None:
        self.quota = quota
        self.rows: list[Row] = []
        self.hidden: set[int] = set()
        self.merged: list[Block] = []
        self.number = 1
        self.tables: list[_HTMLTable] = []
        self.skipping = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        self.quota.take_element()
        if name in SKIPPED:
            self.skipping = name
        elif name == "table":
            self.tables.append(_HTMLTable())
        elif self.tables:
            self._inside(self.tables[-1], name, attributes)

    def end(self, name: str) -> None:
        """An element ends."""
        if name == self.skipping:
            self.skipping = ""
        if not self.tables:
            return
        table = self.tables[-1]
        if name in ("td", "th") and table.span:
            self._end_cell(table, table.span)
        elif name == "tr":
            self._end_row(table)
        elif name == "table":
            self.tables.pop()
        elif name == "sup":
            table.shown.raised = False

    def data(self, text: str) -> None:
        """A piece of text."""
        if self.tables and self.tables[-1].span and not self.skipping:
            self._say(self.tables[-1], text)

    def close(self) -> None:
        """The page ends."""

    def _inside(self, table: _HTMLTable, name: str, attributes: dict[str, str]) -> None:
        if name == "tr":
            table.filled, table.column = {}, 0
            table.hides = bool(HIDDEN.search(attributes.get("style", "")))
        elif name in ("td", "th"):
            wide, high = (_span(attributes.get(key)) for key in ("colspan", "rowspan"))
            table.span = (wide, high)
            table.exact = attributes.get("x:num") or attributes.get("sdval") or ""
        elif name == "sup":
            table.shown.raised = True
        elif name in ("br", "p", "div") and table.shown.length:
            self._say(table, "\n")

    def _say(self, table: _HTMLTable, text: str) -> None:
        table.shown.listening = True
        table.shown.text(text)

    def _end_cell(self, table: _HTMLTable, span: tuple[int, int]) -> None:
        while table.taken.get(table.column, 0) >= self.number:
            table.column += 1
        first, (wide, high) = table.column, span
        table.column, table.span = first + wide, None
        if wide > 1 or high > 1:
            last = self.number + high - 1
            self.merged.append(Block(self.number, last, first, table.column - 1))
            if high > 1:
                table.taken.update(dict.fromkeys(range(first, table.column), last))
        text = table.shown.take()
        # The page shows a rounded number beside the exact one that Excel or LibreOffice kept.
        if table.exact and PLAIN_NUMBER.fullmatch(text.strip()):
            with suppress(ValueError):
                table.filled[first] = float(table.exact)
                return
        if text.strip():
            table.filled[first] = text

    def _end_row(self, table: _HTMLTable) -> None:
        self.rows.extend(self._row(table))
        if table.hides:
            self.hidden.add(self.number)
        self.number += 1
        table.filled = {}

    def _row(self, table: _HTMLTable) -> Iterator[Row]:
        if table.filled:
            width = max(table.filled) + 1
            self.quota.take_row(self.number, width, len(table.filled))
            yield Row(self.number, tuple(table.filled.get(column) for column in range(width)))


def _span(given: str | None) -> int:
    """How many columns or rows a cell covers; what is no such number covers one."""
    number = int(given) if given and given.isascii() and given.isdecimal() else 1
    return min(max(number, 1), limits.MAX_COLUMNS + 1)
