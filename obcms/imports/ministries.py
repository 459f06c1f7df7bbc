"""Which ministry a text of a file names: a cell, a sheet, a title or a line between rows."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise

from obcms.kernel.rules.folding import code_key, search_form
from obcms.organizations.models import Organization

SHORT_WORDS = {"of", "the", "and", "for"}
# What stands beside a name and does not change whose it is.
BESIDE = re.compile(
    r"(?:[fc]y)?[0-9]*|barmm|ppas?|paps?|aip|wfp|nep|gaab?|lists?|annual|budgets?|plans?|programs?"
    r"|projects?|activit(?:y|ies)|investment|work|financial|operations?|proposed|proposals?|approved"
    r"|final|draft|rev(?:ised)?|copy|v[0-9]+|[a-z]|[ivx]{1,4}"
)
LABEL = re.compile(
    r"(?:name of (?:the )?)?(?:implementing |lead )?"
    r"(?:moa|ministry|agency|office|department|ministry[/ ](?:office|agency)(?:[/ ]agency)?)",
    re.IGNORECASE,
)
FRAGMENTS = re.compile(r"[:|\n()–—;]|\s-\s|-(?=barmm)", re.IGNORECASE)
AFTER_OF = re.compile(r"\b(?:of|for)\s+(?:the\s+)?", re.IGNORECASE)
LONGEST_SHEET_NAME = 31
Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Name:
    """An organization by the words of its name, without the short ones."""

    organization: Organization
    words: Words

    @property
    def bare(self) -> Words:
        """What follows "Ministry of"; empty for an office, which is named in full."""
        return self.words[1:] if self.words[0] == "ministry" else ()


def of_another(said: str, office: Organization) -> str:
    """Why a row is refused that names another office than the one whose file it is."""
    return f"The row says {said}, but the import is for {office.acronym}."


class Ministries:
    """The organizations, to be found by what files call them."""

    def __init__(self, organizations: Iterable[Organization]) -> None:
        self.by_acronym = {one.acronym_key: one for one in organizations}
        self.names = [
            _Name(one, _telling(one.name) or words_of(one.name)) for one in self.by_acronym.values()
        ]

    def in_cell(self, text: str) -> Organization | None:
        """By acronym or name, as the column of ministries has it, with or without “Ministry of”."""
        exact = self.by_acronym.get(code_key(text))
        return exact or self._first(FRAGMENTS.split(text), self._named) or self._bare(text, 1)

    def in_sheet(self, name: str, is_one_of_many: bool = False) -> Organization | None:
        """By a sheet's name, which Excel cuts.

        One word such as Health says it only where it `is_one_of_many` that name ministries.
        """
        cut = self._begun(words_of(name)) if len(name) >= LONGEST_SHEET_NAME else None
        exact = self.by_acronym.get(code_key(name))
        fragments = [name, *FRAGMENTS.split(name.replace("_", " "))]
        return (
            exact
            or self._first(fragments, self._named)
            or cut
            or self._bare(name, 1 if is_one_of_many else 2)
        )

    def in_title(self, text: str) -> Organization | None:
        """By a line above a list: the name, or what is said to be of it."""
        fragments = FRAGMENTS.split(text)
        of = [text[found.end() :] for text in fragments for found in AFTER_OF.finditer(text)]
        named = self._labelled(fragments) or self._first([*fragments, *of], self._named)
        return named or self._first([*fragments, *of], self._begins) or self._bare(text, 2)

    def in_line(self, text: str, is_one_of_many: bool = False) -> Organization | None:
        """By a line between rows, which says nothing else; bare names as for sheets."""
        fragments = FRAGMENTS.split(text)
        named = self._labelled(fragments) or self._named(text)
        if named is None and all(self._named(one) or not _telling(one) for one in fragments):
            named = self._first(fragments, self._named)
        return named or (self._bare(text, 1) if is_one_of_many else None)

    def _labelled(self, fragments: list[str]) -> Organization | None:
        """After a word such as “Agency:” any name is one."""
        said = [fragment.strip() for fragment in fragments if fragment.strip()]
        for label, text in pairwise(said):
            if LABEL.fullmatch(label) and (found := self.in_cell(text)):
                return found
        return None

    def _first(
        self, texts: Iterable[str], find: Callable[[str], Organization | None]
    ) -> Organization | None:
        return next((found for text in texts if (found := find(text))), None)

    def _named(self, text: str) -> Organization | None:
        """By an acronym in capitals, or by a name in full or with words left out or cut short."""
        words = _telling(text)
        acronyms = [self.by_acronym.get(word.upper()) for word in words if word.upper() in text]
        known = [one for one in acronyms if one]
        if known and len(words) == 1:
            return known[0]
        rest = tuple(word for word in words if word.upper() not in self.by_acronym) or words
        return self._only(name for name in self.names if _fits(rest, name.words))

    def _begins(self, text: str) -> Organization | None:
        words = _telling(text)
        return self._only(name for name in self.names if words[: len(name.words)] == name.words)

    def _begun(self, words: Words) -> Organization | None:
        """By a name whose end is cut off."""
        return self._only(
            name
            for name in self.names
            if _fits(words, name.words[: len(words)])
            or " ".join(name.words).startswith(" ".join(words))
        )

    def _bare(self, text: str, least: int) -> Organization | None:
        words = _telling(text)
        if len(words) < least:
            return None
        return self._only(name for name in self.names if name.bare and words == name.bare)

    def _only(self, names: Iterable[_Name]) -> Organization | None:
        found = list(names)
        return found[0].organization if len(found) == 1 else None


def words_of(text: str) -> Words:
    """The words of a name, folded: without short ones, and with Min. for a ministry."""
    plain = re.sub(r"['’‘`´]", "", search_form(text.replace("&", " and ")))
    words = ("ministry" if word == "min" else word for word in re.findall(r"[a-z0-9]+", plain))
    return tuple(word for word in words if word not in SHORT_WORDS)


def _telling(text: str) -> Words:
    """Its words without those that stand beside any name."""
    return tuple(word for word in words_of(text) if not BESIDE.fullmatch(word))


def _fits(said: Words, name: Words) -> bool:
    """Whether a name is said in full, or a ministry's with words left out or abbreviated."""
    if said == name:
        return True
    if len(said) < 2 or said[0] != "ministry" or name[0] != "ministry":
        return False
    rest = iter(name)
    return all(any(_is_short_for(word, full) for full in rest) for word in said)


def _is_short_for(word: str, full: str) -> bool:
    return word == full or (len(word) > 2 and full.startswith(word))
