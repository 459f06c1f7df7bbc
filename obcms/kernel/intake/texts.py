"""The texts that a workbook's cells share, and what their number formats make of them."""

from dataclasses import dataclass, field

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format

from obcms.kernel.intake import limits
from obcms.kernel.intake.budget import check_text, too_large
from obcms.kernel.intake.package import Package
from obcms.kernel.intake.xml_parts import Attributes

# How Excel writes an underscore that would otherwise begin one of its escapes.
ESCAPED_UNDERSCORE = "x005F_"


class TextCollector:
    """Joins the texts of one string: plain, or in pieces of different looks."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.length = 0
        self.listening = self.spoken = False

    def start(self, name: str) -> None:
        """`t` holds text; that inside `rPh` only says how the string is spoken."""
        self.spoken = self.spoken or name == "rPh"
        self.listening = name == "t" and not self.spoken

    def end(self, name: str) -> None:
        """The element ends."""
        self.listening = False
        if name == "rPh":
            self.spoken = False

    def text(self, text: str) -> None:
        """Raises Invalid for a text that no cell can hold."""
        if self.listening:
            self.length += len(text)
            check_text(self.length, "A cell")
            self.pieces.append(text)

    def take(self) -> str:
        """The string so far, and begins the next."""
        whole = "".join(self.pieces)
        self.pieces, self.length = [], 0
        return whole


class _Strings(TextCollector):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def start(self, name: str, _attributes: Attributes) -> None:  # type: ignore[override]
        super().start(name)

    def end(self, name: str) -> None:
        super().end(name)
        if name == "si":
            if len(self.found) >= limits.MAX_STRINGS:
                raise too_large(f"The workbook has more than {limits.MAX_STRINGS:,} texts.")
            self.found.append(self.take().replace(ESCAPED_UNDERSCORE, ""))


def read_strings(package: Package) -> list[str]:
    """The shared texts in order; cells name them by their places."""
    strings = _Strings()
    if package.strings:
        package.parse(package.strings, strings)
    return strings.found


@dataclass(slots=True)
class Formats:
    """For each cell style, by its place, whether it shows a day, a span of time or a percentage."""

    own: dict[int, str] = field(default_factory=dict)
    styles: list[int] = field(default_factory=list)
    listing: bool = False
    days: set[int] = field(default_factory=set)
    spans: set[int] = field(default_factory=set)
    percents: set[int] = field(default_factory=set)

    def start(self, name: str, attributes: Attributes) -> None:
        """An element of the part `styles`."""
        if name == "numFmt":
            self.own[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            self.listing = True
        elif name == "xf" and self.listing:
            self.styles.append(int(attributes.get("numFmtId", 0)))

    def end(self, name: str) -> None:
        """After the last style nothing more of a number's format is said."""
        if name == "cellXfs":
            self.listing = False

    def text(self, text: str) -> None:
        """Nothing."""

    def sort(self) -> None:
        """Tells the kinds of formats apart, each code once."""
        kinds = {number: self._kinds(number) for number in set(self.styles)}
        for place, number in enumerate(self.styles):
            for places, belongs in zip(
                (self.days, self.spans, self.percents), kinds[number], strict=True
            ):
                if belongs:
                    places.add(place)

    def _kinds(self, number: int) -> tuple[bool, bool, bool]:
        code = self.own.get(number) or BUILTIN_FORMATS.get(number, "General")
        code = code[:255]  # as long as Excel lets it be
        return bool(is_date_format(code)), bool(is_timedelta_format(code)), "%" in code


def read_formats(package: Package) -> Formats:
    """What the styles say of numbers."""
    formats = Formats()
    if package.styles:
        package.parse(package.styles, formats)
    formats.sort()
    return formats
