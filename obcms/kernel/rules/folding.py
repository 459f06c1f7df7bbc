"""Text as it is compared: the same however it was typed (SPEC 2, Identity)."""

import re
import unicodedata

LONGEST_KEY = 255  # characters; what differs only after them is the same
# Every character that is drawn as a hyphen, with the blanks about it.
_HYPHEN = re.compile(r"\s*[-\u2010-\u2015\u2212\ufe58\ufe63\uff0d]\s*")
# Letters of other scripts that are drawn like these.
_DRAWN_ALIKE = str.maketrans("абвегкмнорстухіјѕһԁԛԝαβεικνορτυχ", "abbeгkmhopctyxijshdqwabeiкvopтux")
_DRAWN_ALIKE |= str.maketrans("АВЕЅІЈКМНОРСТУХԚԜΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABESIJKMHOPCTYXQWABEZHIKMNOPTYX")


def printable(text: str) -> str:
    """Without characters that show nothing, such as zero-width blanks."""
    if text.isascii() and text.isprintable():
        return text  # as most are
    return "".join(char for char in text if unicodedata.category(char)[0] != "C")


def has_invisible(text: str) -> bool:
    """Whether there are characters that show nothing, beside blanks and breaks."""
    return any(unicodedata.category(char) == "Cf" for char in text)


def code_form(typed: str) -> str:
    """A code or an acronym as it is kept: in capitals, with plain hyphens and no blanks about."""
    text = unicodedata.normalize("NFKC", printable(typed)).upper()
    return _HYPHEN.sub("-", " ".join(text.split()))


def code_key(typed: str) -> str:
    """Equal for two codes that one reader takes for the same, in letters of whatever script."""
    return code_form(code_form(typed).translate(_DRAWN_ALIKE))[:LONGEST_KEY]


def search_form(text: str) -> str:
    """As it is searched: in one case, without accents, with single blanks."""
    apart = unicodedata.normalize("NFKD", printable(" ".join(text.split()))).casefold()
    return " ".join("".join(char for char in apart if not unicodedata.combining(char)).split())


def name_key(typed: str) -> str:
    """Equal for two names that one reader takes for the same."""
    return search_form(typed.casefold().translate(_DRAWN_ALIKE))[:LONGEST_KEY]
