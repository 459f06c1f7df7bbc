"""User names: folded before they are compared or kept, and never mistaken for another (SPEC 2)."""

import re
import unicodedata
from collections.abc import Iterable

from obcms.kernel.errors import Invalid, Problem
from obcms.kernel.rules.folding import printable
from obcms.kernel.rules.money import quote

LONGEST_NAME = 64
NO_NAME = "The user needs a name."
NAME_TAKEN = Problem("There is already a user with this name.", "username")
_FORM = re.compile(r"[a-z0-9._@-]+", re.ASCII)
# What reads the same in most typefaces; longer ones first.
_ALIKE = (("rn", "m"), ("vv", "w"), ("0", "o"), ("1", "l"), ("i", "l"))
_SEPARATORS = str.maketrans("", "", "._-")


def fold(typed: str) -> str:
    """The name as it is compared and kept, however it was typed."""
    return unicodedata.normalize("NFKC", printable(typed)).strip().lower()


def well_formed(typed: str) -> str:
    """The folded name; raises Invalid where it cannot be one."""
    name = fold(typed)
    if not name:
        raise Invalid(NO_NAME, "username")
    if len(name) > LONGEST_NAME:
        raise Invalid(f"A user name has at most {LONGEST_NAME} characters.", "username")
    if not _FORM.fullmatch(name):
        odd = next(char for char in name if not _FORM.fullmatch(char))
        raise Invalid(
            f"A user name is made of a–z, 0–9 and . _ - @; “{quote(odd)}” is none of these.",
            "username",
        )
    return name


def likeness(name: str) -> str:
    """Two names with the same likeness are easily taken for each other, as am1na for amina."""
    text = fold(name).translate(_SEPARATORS)
    for seen, meant in _ALIKE:
        text = text.replace(seen, meant)
    return text


def refuse_alike(name: str, others: Iterable[str]) -> None:
    """Raises Invalid where the name is, or would be taken for, that of one of the others."""
    for other in others:
        if other == name:
            raise Invalid(NAME_TAKEN)
        if likeness(other) == likeness(name):
            raise Invalid(
                f"“{name}” would be taken for “{other}”, who is there already.", "username"
            )
