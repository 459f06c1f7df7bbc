"""A workbook's parts: which sheets it has, and where their texts and formats stand."""

import posixpath
from dataclasses import dataclass, field

from obcms.kernel.intake.archive import Archive
from obcms.kernel.intake.quota import ReadingQuota, refuse_sheets
from obcms.kernel.intake.xml_parts import Attributes, local

DOCUMENT, STRINGS, STYLES, SHEET = "officeDocument", "sharedStrings", "styles", "worksheet"


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A visible sheet: its name, and the part that holds its cells."""

    name: str
    path: str


class Package(Archive):
    """An opened workbook. Raises nearly anything for what is none, and Invalid past a limit."""

    def __init__(self, content: bytes, quota: ReadingQuota) -> None:
        super().__init__(content, quota)
        [book_path, *_] = self._related("", DOCUMENT).values()
        book = _Book()
        self.parse(book_path, book)
        self.from_1904 = book.from_1904
        self.strings = next(iter(self._related(book_path, STRINGS).values()), None)
        self.styles = next(iter(self._related(book_path, STYLES).values()), None)
        paths = self._related(book_path, SHEET)  # charts are sheets of another kind
        self.sheets = [SheetPart(name, paths[key]) for name, key in book.visible if key in paths]

    def _related(self, path: str, kind: str) -> dict[str, str]:
        """The parts of a kind that a part points at, by their keys."""
        folder, name = posixpath.split(path)
        listed = posixpath.join(folder, "_rels", f"{name}.rels")
        if listed not in self:
            return {}
        found = _Relations(folder, kind)
        self.parse(listed, found)
        return found.paths


@dataclass(slots=True)
class _Relations:
    folder: str
    kind: str
    paths: dict[str, str] = field(default_factory=dict)

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "Relationship" and attributes["Type"].rpartition("/")[2] == self.kind:
            path = posixpath.join("/", self.folder, attributes["Target"])
            self.paths[attributes["Id"]] = posixpath.normpath(path).lstrip("/")

    def end(self, name: str) -> None:
        """Nothing."""

    def text(self, text: str) -> None:
        """Nothing."""


@dataclass(slots=True)
class _Book:
    """The visible sheets by name and key, and where the workbook counts its days from."""

    visible: list[tuple[str, str]] = field(default_factory=list)
    from_1904: bool = False
    listed: int = 0

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "workbookPr":
            self.from_1904 = attributes.get("date1904") in {"1", "true"}
        elif name == "sheet":
            self.listed += 1
            refuse_sheets(self.listed)
            key = next(value for name, value in attributes.items() if local(name) == "id")
            if attributes.get("state", "visible") == "visible":
                self.visible.append((attributes["name"], key))

    def end(self, name: str) -> None:
        """Nothing."""

    def text(self, text: str) -> None:
        """Nothing."""
