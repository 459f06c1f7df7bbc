"""What a row is: a PPA, a total, or something else that stands in such lists."""

import re
from collections.abc import Mapping
from enum import Enum, auto

from obcms.imports.reading.classes import parse_class
from obcms.imports.reading.header import Header
from obcms.imports.reading.headings import field_of
from obcms.imports.reading.lines import ListRow
from obcms.imports.reading.list_fields import ListField

_TOTAL = r"(?:t\s?o\s?t\s?a\s?l\s?s?|kabu[ou]ang?|ttl\.?)"
# What may follow "total" if the row is to be one without doubt; "Total Quality" is not.
_OF_TOTAL = (
    r"(?:approved|amount|appropriations?|budgets?|allocations?|allotments?|costs?|ppas?|programs?"
    r"|projects?|activit(?:y|ies)|[fc]y|gaab?|no|number|ps|mooe|co|finex|personn?el|personal"
    r"|services?|maintenance|other|operating|expenses?|capital|outlays?|financial|new|this|page"
    r"|carried|brought|forward|php|pesos?|piso|halaga|badyet|pondo|ng|mga|and|[0-9]|[\s&/.,:₱=*-])"
)
TOTAL = re.compile(
    rf"(?:(?P<sub>sub|section|page)|(?P<grand>grand|over\s?-?all|pangkalahatang))[\s-]*{_TOTAL}\b.*"
    rf"|{_TOTAL}(?:\s*[:,;(–—=].*|\s+(?:of|for|in|per|as of)\b.*|\b{_OF_TOTAL}*)"
    r"|(?:balance |amount |totals? )?(?:carried|brought) forward.*",
    re.IGNORECASE,
)
LIKE_TOTAL = re.compile(
    rf"{_TOTAL}\b|.*\b(?:sub)?totals?$|(?:sum|aggregate|gross|over\s?-?all)(?: amount| cost)?$",
    re.IGNORECASE,
)
SAYS_SUM = re.compile(
    r"\b(?:sum|suma|jumlah|aggregate|gross|over-?all|costs?|amounts?|budgets?|ministry|office|all|kabu[ou]ang?)\b",
    re.IGNORECASE,
)
ENUMERATOR = re.compile(r"\(?(?:[0-9]{1,2}|[a-z]|[ivx]{1,4})[.)]\s*(?=[a-z]{2})", re.IGNORECASE)
ENDS_AS_TOTAL = re.compile(r".*\w\W+(?:sub-?)?totals?$", re.IGNORECASE)
# S U B T O T A L: each letter by itself.
SPELLED = re.compile(r"(?<=\b\w) (?=\w\b)")
SIGNATURE = re.compile(
    r"(?:prepared|submitted|noted|approved|certified|reviewed|checked|endorsed|attested|concurred"
    r"|verified|consolidated|encoded|recommended)(?: (?:and|&) \w+| correct)*(?: by)?\s*:"
    r"|(?:prepared|submitted|noted|approved|certified correct|reviewed|checked|endorsed"
    r"|recommended)(?: (?:and|&) \w+)? by\b|recommending approval|conforme",
    re.IGNORECASE,
)
FOOTNOTE = re.compile(
    r"(?:notes?|n\.?b\.?|sources?|legend|remarks?)\s*[:.]|\*|[0-9]+/ ", re.IGNORECASE
)
NUMBERING = re.compile(r"\(?(?:[0-9]{1,2}|[a-z])\)?(?:\s*=.*)?", re.IGNORECASE)


class ListRowKind(Enum):
    """`LIKE_TOTAL` has a title such as "Total Quality" and no code; `BARE_AMOUNT` only money.

    `CLASS` is one class of the PPA above or of the whole list; `UNFUNDED` stands among the PPAs
    and has no amount.
    """

    PPA = auto()
    TOTAL = auto()
    LIKE_TOTAL = auto()
    BARE_AMOUNT = auto()
    SIGNATURE = auto()
    CLASS = auto()
    UNFUNDED = auto()
    OTHER = auto()


def kind_of(line: ListRow, header: Header, signed: bool) -> ListRowKind:
    """Sorts one row below the header; `signed` once the signatures under the list have begun."""
    if is_header(line, header) or _is_numbering(line.all_texts):
        return ListRowKind.OTHER
    if _looks_like_code(line.code):
        return ListRowKind.PPA
    if _is_total(line):
        return ListRowKind.TOTAL
    if line.readable_amount() is None and not _has_details(line):
        if _is_signature(line):
            return ListRowKind.SIGNATURE
        if signed or FOOTNOTE.match(line.title):
            return ListRowKind.OTHER
    return _kind_of_uncoded(line)


def _kind_of_uncoded(line: ListRow) -> ListRowKind:
    has_amount = _says_amount(line)
    if line.title and not line.code:
        plain = not _is_numbered(line) and not _has_details(line)
        if has_amount and plain and LIKE_TOTAL.match(line.title):
            return ListRowKind.LIKE_TOTAL
        if _is_class(line.title):
            return ListRowKind.CLASS
    if line.title:
        if has_amount or _has_details(line):
            return ListRowKind.PPA
        return (
            ListRowKind.UNFUNDED
            if _is_numbered(line) or line.texts[ListField.AMOUNT]
            else ListRowKind.OTHER
        )
    if not has_amount or line.readable_amount() is None:
        return ListRowKind.PPA if line.code and _has_details(line) else ListRowKind.OTHER
    return ListRowKind.PPA if line.code or _is_numbered(line) else ListRowKind.BARE_AMOUNT


def is_plain(line: ListRow) -> bool:
    """Whether nothing says of the row that it is a PPA by itself."""
    return not (line.code or _is_numbered(line) or _has_details(line))


def says_sum(line: ListRow) -> bool:
    """Whether the title speaks of a whole, without calling it a total."""
    return bool(SAYS_SUM.search(line.title))


def _is_numbered(line: ListRow) -> bool:
    return line.text("number").strip("().").isdecimal()


def _says_amount(line: ListRow) -> bool:
    """Whether there is anything in the cells of the amount, readable or not."""
    return line.says_amount()


def _has_details(line: ListRow) -> bool:
    """A class or a date: what a PPA has and a section's heading has not."""
    if any(line.readable_day(field) for field in ("start", "end")):
        return True
    return _is_class(line.text("appropriation_class"))


def _is_class(text: str) -> bool:
    try:
        return bool(parse_class(ENUMERATOR.sub("", text, count=1)))
    except ValueError:
        return False


def _looks_like_code(code: str) -> bool:
    """One word with a digit. A title merged over the code's column has spaces or no digit."""
    return " " not in code and any(char.isdigit() for char in code)


def _is_total(line: ListRow) -> bool:
    """A total's name stands under the title, or left of it, over the codes or numbers."""
    first = next(iter(line.all_texts.values()), "")
    labels = [line.code or line.title, line.text("number"), *([] if line.title else [first])]
    return any(says_total(label) for label in labels)


def says_total(label: str) -> bool:
    """Whether a text names a total without doubt, also one that is s p e l l e d."""
    return bool(TOTAL.fullmatch(SPELLED.sub("", label.strip("*#=>_ "))))


def _is_signature(line: ListRow) -> bool:
    said = line.amount_text
    if said and not SIGNATURE.match(said):
        return False
    return any(SIGNATURE.match(text) for text in line.all_texts.values())


def is_header(line: ListRow, header: Header) -> bool:
    """Whether it is the header again, after a page break."""
    if any(line.all_texts == texts for texts in header.lines):
        return True
    found = {field: field_of(line.texts[field]) for field in ListField}
    return all(known and known[0] == field for field, known in found.items())


def _is_numbering(texts: Mapping[int, str]) -> bool:
    """The row "(1) (2) (3)" under many headers: one after the other, from the first."""
    if len(texts) < 3 or not all(NUMBERING.fullmatch(text) for text in texts.values()):
        return False
    marks = [text.strip("()").partition("=")[0].strip("() ").casefold() for text in texts.values()]
    numbers = [int(mark) if mark.isdecimal() else ord(mark) - ord("a") + 1 for mark in marks]
    return numbers == list(range(numbers[0], numbers[0] + len(numbers)))
