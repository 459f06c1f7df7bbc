"""The texts that a workbook's cells share, and what their number formats make of them."""

import re
from dataclasses import dataclass, field

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format

from obcms.kernel.intake import limits
from obcms.kernel.intake.package import Package
from obcms.kernel.intake.quota import check_text, too_large
from obcms.kernel.intake.xml_parts import Attributes

# How Excel writes an underscore that would otherwise begin one of its escapes.
ESCAPED_UNDERSCORE = "x005F_"
# What a number's format says without meaning it: quoted, escaped, filled and padded characters.
LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.')
CURRENCY_SIGN = re.compile(r"\[\$([^\]-]+)|([$€£¥])")
# A unit that a format writes behind the number: 1,234K; not where its commas scale what is stored.
UNIT = re.compile(
    r"""[0#?](?:\s|_.|\\\s)*(?:"\s*(?P<quoted>[^"]*)"|\\(?P<escaped>[a-z]))(?:_.|\*.|\s)*$""", re.I
)
UNIT_NAMES = re.compile(r"[kmb]|mn|bn|(?:thousand|million|billion)s?|(?:,000)+", re.IGNORECASE)
SCALED = re.compile(r"[0#?],+(?![0#?,])")
MARK = re.compile(r"[0-9]{1,2}/?|[a-z]|[*†‡§]+", re.IGNORECASE)
FIRST_OWN_FORMAT = 164  # those before it show the money of whoever looks


class Marked(str):
    """A text of which a raised mark was left off."""

    __slots__ = ()


class TextCollector:
    """Joins the texts of one string: plain, or in pieces of different looks.

    A raised piece beside others is a footnote's mark and is left off.
    """

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.length = 0
        self.listening = self.spoken = self.raised = self.marked = False

    def start(self, name: str, attributes: Attributes) -> None:
        """`t` holds text; that inside `rPh` only says how the string is spoken."""
        self.spoken = self.spoken or name == "rPh"
        if name == "r":
            self.raised = False
        elif name == "vertAlign":
            self.raised = attributes.get("val") == "superscript"
        self.listening = name == "t" and not self.spoken

    def end(self, name: str) -> None:
        """The element ends."""
        self.listening = False
        if name == "rPh":
            self.spoken = False
        elif name == "r":
            self.raised = False

    def text(self, text: str) -> None:
        """Raises Invalid for a text that no cell can hold."""
        if self.listening:
            self.length += len(text)
            check_text(self.length, "A cell")
            if self.raised and self._is_mark(text):
                self.marked = True
            else:
                self.pieces.append(text)

    def _is_mark(self, raised: str) -> bool:
        """A figure, letter or sign after a text; the 2 of m² and the st of 1st are none."""
        before = self.pieces[-1].rstrip()[-1:] if self.pieces else ""
        is_square = raised in ("2", "3") and before == "m"
        return bool(before and MARK.fullmatch(raised.strip())) and not is_square

    def take(self) -> str:
        """The string so far, and begins the next."""
        whole = "".join(self.pieces)
        if self.marked:
            whole = Marked(whole)
        self.pieces, self.length, self.raised, self.marked = [], 0, False, False
        return whole


class _Strings(TextCollector):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def end(self, name: str) -> None:
        super().end(name)
        if name == "si":
            if len(self.found) >= limits.MAX_STRINGS:
                raise too_large(f"The workbook has more than {limits.MAX_STRINGS:,} texts.")
            whole = self.take()
            self.found.append(type(whole)(whole.replace(ESCAPED_UNDERSCORE, "")))


def read_strings(package: Package) -> list[str]:
    """The shared texts in order; cells name them by their places."""
    strings = _Strings()
    if package.strings:
        package.parse(package.strings, strings)
    return strings.found


@dataclass(slots=True)
class Formats:
    """What each cell style, by its place, shows.

    A day, a month without its day, a span of time, a percentage, money of the sign given, or a
    number of the unit given.
    """

    own: dict[int, str] = field(default_factory=dict)
    styles: list[int] = field(default_factory=list)
    listing: bool = False
    days: set[int] = field(default_factory=set)
    spans: set[int] = field(default_factory=set)
    months: set[int] = field(default_factory=set)
    percents: set[int] = field(default_factory=set)
    currencies: dict[int, str] = field(default_factory=dict)
    units: dict[int, str] = field(default_factory=dict)

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
        codes = {number: self._code(number) for number in set(self.styles)}
        kinds = {number: _kinds(code) for number, code in codes.items()}
        signs = {number: _sign(codes[number]) for number in codes if number >= FIRST_OWN_FORMAT}
        for place, number in enumerate(self.styles):
            for places, belongs in zip(
                (self.days, self.months, self.spans, self.percents), kinds[number], strict=True
            ):
                if belongs:
                    places.add(place)
            if sign := signs.get(number):
                self.currencies[place] = sign
            if unit := _unit(codes[number]):
                self.units[place] = unit

    def _code(self, number: int) -> str:
        code = self.own.get(number) or BUILTIN_FORMATS.get(number, "General")
        return code[:255]  # as long as Excel lets it be


def _kinds(code: str) -> tuple[bool, bool, bool, bool]:
    is_day = bool(is_date_format(code))
    bare = LITERAL.sub("", code).casefold()
    is_month = is_day and "m" in bare and not set("dhs") & set(bare)
    return is_day, is_month, bool(is_timedelta_format(code)), "%" in bare


def _sign(code: str) -> str:
    """The currency's sign or letters in a format; empty where it has none."""
    found = CURRENCY_SIGN.search(code.split(";")[0])
    return (found[1] or found[2]).strip() if found else ""


def _unit(code: str) -> str:
    """The unit that a format writes behind the number as it is stored; empty where it has none."""
    section = code.split(";")[0]
    found = UNIT.search(section)
    said = (found["quoted"] or found["escaped"] or "").rstrip() if found else ""
    is_scaled = SCALED.search(LITERAL.sub("", section))
    return said if UNIT_NAMES.fullmatch(said) and not is_scaled else ""


def read_formats(package: Package) -> Formats:
    """What the styles say of numbers."""
    formats = Formats()
    if package.styles:
        package.parse(package.styles, formats)
    formats.sort()
    return formats
