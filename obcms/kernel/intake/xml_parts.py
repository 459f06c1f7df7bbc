"""Reading one part of a workbook piece by piece, in memory that does not grow with the part."""

from collections.abc import Iterator
from typing import IO, Protocol
from xml.parsers import expat

from obcms.kernel.intake import limits
from obcms.kernel.intake.quota import ReadingQuota

PIECE = 256 * 1024
Attributes = dict[str, str]


class Handler(Protocol):
    """What is told of each element, by its name without prefix, and of the text between."""

    def start(self, name: str, attributes: Attributes) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """It ends."""

    def text(self, text: str) -> None:
        """A piece of text."""


def local(name: str) -> str:
    """A name without the prefix of its namespace, which each program chooses."""
    return name.rpartition(":")[2]


def parse_pieces(source: IO[bytes], handler: Handler, quota: ReadingQuota) -> Iterator[None]:
    """Tells the handler all of the part; yields after each piece.

    Raises ExpatError or ValueError for what is no XML or declares entities, as no workbook does.
    """

    def start(name: str, attributes: Attributes) -> None:
        quota.take_element()
        handler.start(local(name), attributes)

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda name: handler.end(local(name))
    parser.CharacterDataHandler = handler.text
    parser.StartDoctypeDeclHandler = _refuse_declarations
    fed = 0
    while piece := source.read(PIECE):
        parser.Parse(piece)
        fed += len(piece)
        if fed - parser.CurrentByteIndex > limits.MAX_TOKEN_BYTES:
            raise ValueError("One name or value does not end.")
        yield
    parser.Parse(b"", True)


def parse_part(source: IO[bytes], handler: Handler, quota: ReadingQuota) -> None:
    """The same at once, for a part that makes nothing of its own before its end."""
    for _ in parse_pieces(source, handler, quota):
        pass


def _refuse_declarations(*_declared: object) -> None:
    raise ValueError("A workbook declares no document type.")
