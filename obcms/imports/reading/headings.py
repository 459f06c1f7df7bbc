"""Which field a column's heading means, and how surely (SPEC 13)."""

import re

from obcms.imports.reading.list_fields import ListField

THOUSANDS = re.compile(
    r"\bin\s+thousands?\b|\bthousands?(?:\s+of)?\s+pesos\b"
    r"|(?:\bp|\bphp|₱)\s*['’‘`´]?\s*,?000s?\b|['’‘`´],?000s?\b|\(\s*,?000s?\s*\)",
    re.IGNORECASE,
)
LEVELS = (r"programs?|programmes?", r"(?:sub ?)?projects?", r"activit(?:y|ies)")
LONGEST_HEADING = 120
# A unit by a letter, such as ₱M, or as a factor.
UNIT_SIGNS = re.compile(
    r"(?:\bphp|\bp|₱)\s*(?:mn?|bn?|k)\b|\b(?:mn?|bn?|k)\s*(?:php\b|pesos?\b|₱)"
    r"|[x×]\s*1,?000(?:,?000)*\b",
    re.IGNORECASE,
)
UNIT_WORDS = re.compile(
    r"\b(?:in|of) (?:thousands?|millions?|billions?)(?: of)?(?: pesos?)?\b"
    r"|\b(?:thousands?|millions?|billions?)(?: of)? pesos?\b|\bin (?:php|pesos?)\b"
    r"|\b(?:sa )?(?:libong|milyong|bilyong) piso\b|\bsa piso\b|\b(?:php|pesos?|piso)\b"
)

_THING = (
    r"(?:ppas?|paps?|p p as?|p a ps?|programs?|programmes?|projects?|activit(?:y|ies)"
    r"|programa|proyekto|aktibidad|gawain)"
)
_LABEL = r"(?:titles?|names?|descriptions?|particulars?|pamagat|pangalan|paglalarawan)"
_LINK = r"(?:and|of|or|the|ng|mga|at|o)"
_KIND = r"(?:allotment|appropriation|budget|expenditure|expense|object)"
_SPENDER = r"(?:moa|ministry|agency|ministry office(?: or| and)? agency)"
_MONEY = (
    r"(?:allocations?|allotments?|amounts?|appropriations?|budgets?|costs?|requirements?"
    r"|financial(?: targets?| plan)?|badyet|halaga|pondo|laang gugulin)"
)
_YEAR = r"(?:[fc]y ?)?[0-9]{4}|[fc]y"
_OF_MONEY = (
    rf"(?:{_THING}|{_YEAR}|annual|approved|authorized|estimated|final|for|funding|gaab?|indicative"
    r"|investment|of|original|planned|programmed|proposed|required|revised|adjusted|new|the|total|sum"
    r"|inilaang|nakalaang|laang|aprubadong|panukalang|taunang|kabuuang|ng|para sa|sa)"
)
_PLANNED = r"(?:expected|planned|target|targeted|estimated|proposed)"
_OF_WORK = rf"(?: of (?:{_THING}|implementation))?"
_START = r"(?:start(?:ed|ing)?|begin(?:ning)?|commencement)"
_END = r"(?:completion|completed|end|ending|finish)"
_SIMULA = r"(?:(?:petsa )?(?:ng )?(?:pag)?(?:sisimula|simula|uumpisa|umpisa))"
_WAKAS = r"(?:(?:petsa )?(?:ng )?(?:pagtatapos|katapusan|pagwawakas|wakas))"
_LEVEL = r"(?:program|proposed|proposal|approved|nep|gaab?|level|estimates?)"

# From the most to the least particular: a heading is the first field that fits all of it.
PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (field, re.compile(pattern))
    for field, pattern in (
        ("fiscal_year", r"(?:fiscal|budget|appropriation|calendar) year|[fc]y|year"),
        (
            "moa",
            rf"(?:implementing )?{_SPENDER}(?: acronym| code| abbreviation)?|acronym",
        ),
        ("moa_name", rf"(?:implementing )?{_SPENDER} name|name of (?:the )?{_SPENDER}"),
        (
            "code",
            rf"(?:{_THING} |ref(?:erence)? )?(?:code|id|ref(?:erence)?)(?: no| number)?"
            rf"|code of (?:the )?{_THING}",
        ),
        ("number", r"(?:item |seq(?:uence)? |line |row )?(?:no|nos|number)|item|seq|#"),
        (
            "appropriation_class",
            rf"(?:{_KIND} )?class(?:ification)?(?: of {_KIND}s?)?|object of {_KIND}s?",
        ),
        (
            "start",
            rf"(?:{_THING} )?(?:{_PLANNED} )?(?:date )?(?:implementation )?{_START}"
            rf"(?: date)?{_OF_WORK}"
            rf"|(?:{_PLANNED} )?date (?:of start|of commencement|started)|from|{_SIMULA}",
        ),
        (
            "end",
            rf"(?:{_THING} )?(?:{_PLANNED} )?(?:date )?(?:{_PLANNED} )?(?:implementation )?{_END}"
            rf"(?: date| target)?{_OF_WORK}|{_PLANNED} date(?: of {_END})?|date of {_END}"
            rf"|due date|deadline|to|until|{_WAKAS}",
        ),
        (
            "remarks",
            r"(?:mga )?(?:puna|tala)|remarks?|notes?|comments?"
            r"|remarks? (?:and |or )?(?:notes?|comments?)",
        ),
        (ListField.TITLE, rf"(?:{_THING}|{_LABEL}|{_LINK})(?: (?:{_THING}|{_LABEL}|{_LINK}))*"),
        (
            ListField.AMOUNT,
            rf"(?:{_OF_MONEY} )*{_MONEY}(?: (?:{_MONEY}|{_OF_MONEY}))*"
            rf"|(?:{_YEAR}) {_LEVEL}|(?:grand )?total",
        ),
    )
)
ENDED = re.compile(r"\bactual\b|\bdate completed\b")
PLANNED = re.compile(_PLANNED)
BRACKETS = re.compile(r"\(([^)]*)\)")
FIRM = re.compile(r"\b(?:approved|authorized|final|gaab?)\b")
LOOSE = re.compile(r"\bproposed\b|^(?:grand )?total$")


def field_of(heading: str) -> tuple[str, tuple[int, int]] | None:
    """The field and its rank, the lower the better: of two budgets the approved, later one."""
    key = key_of(heading) if len(heading) <= LONGEST_HEADING else ""
    field = next((field for field, pattern in PATTERNS if pattern.fullmatch(key)), None)
    if field is None or ENDED.search(heading.casefold()):
        return None
    if field == ListField.AMOUNT:
        years = [int(year) for year in re.findall(r"[0-9]{4}", key)]
        doubt = 2 if LOOSE.search(key) else 0 if FIRM.search(key) else 1
        return field, (doubt, -max(years, default=0))
    if field == ListField.TITLE:
        return field, (_title_rank(key), 0)
    return field, (0, 0)


def _title_rank(key: str) -> int:
    things = len(re.findall(rf"\b{_THING}\b", key))
    if "title" in key or things > 1 or (things and re.search(_LABEL, key)):
        return 0
    return 1 if things or "name" in key else 2


def is_planned(heading: str) -> bool:
    """Whether it says no more than that what stands above it is planned, not done."""
    return bool(PLANNED.fullmatch(key_of(heading)))


def has_odd_brackets(heading: str) -> bool:
    """Whether brackets make of it another thing: Project (Location), but not Project (PPA)."""
    inside = [text.strip() for text in BRACKETS.findall(heading)]
    return any(text and not text.isupper() and field_of(text) is None for text in inside)


def key_of(heading: str) -> str:
    """The heading in plain words: nothing in brackets, no punctuation, no currency or unit."""
    bare = THOUSANDS.sub(" ", re.sub(r"\([^)]*\)", " ", heading)) if "(" in heading else heading
    bare = bare if re.search(r"\w", bare) else heading
    bare = UNIT_SIGNS.sub(" ", THOUSANDS.sub(" ", bare))
    words = re.sub(r"[^a-z0-9#]+", " ", bare.casefold())
    return " ".join(UNIT_WORDS.sub(" ", " ".join(words.split())).split())


def level_of(heading: str) -> int | None:
    """0 for programs, 1 for projects, 2 for activities; None for a heading of none or several."""
    key = key_of(re.sub(r"\b(?:titles?|names?|descriptions?)\b", " ", heading, flags=re.IGNORECASE))
    return next((level for level, word in enumerate(LEVELS) if re.fullmatch(word, key)), None)
