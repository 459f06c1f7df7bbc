"""Acronyms and codes: in one form, so that no two are the same to a reader (SPEC 2, Identity)."""

import re
from dataclasses import dataclass

from obcms.kernel.rules.fields import Text
from obcms.kernel.rules.folding import code_form
from obcms.kernel.rules.money import quote


@dataclass(frozen=True)
class Code(Text):
    """A–Z and 0–9, and what `also` has; kept in capitals, however it was typed.

    One that was stored in another form stays so until it becomes another code.
    """

    also: str = ""

    def _read(self, value: object) -> str:
        code = self._storable(code_form(super()._read(value)), "")
        odd = re.search(f"[^A-Z0-9{re.escape(self.also)}]", code)
        if odd:
            known = f"A–Z, 0–9 and {self.also}" if self.also else "A–Z and 0–9"
            raise self.refused(
                f"The {self.said} is made of {known}; “{quote(odd[0])}” is none of these."
            )
        return code

    def same(self, stored: object, cleaned: object) -> bool:
        return isinstance(stored, str) and code_form(stored) == cleaned
