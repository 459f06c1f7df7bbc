"""Rows of one file that stand for the same PPA (SPEC 13)."""

from obcms.imports.reading.lines import ListRow
from obcms.kernel.rules.folding import code_key, search_form


class SeenRows:
    """The rows so far, by code and by title.

    A row without a code will be matched by its title, so no other row of its ministry and year
    may have the same one; two rows with different codes may.
    """

    def __init__(self) -> None:
        self.by_code: dict[str, str] = {}
        self.by_title: dict[tuple[str, ...], tuple[str, bool]] = {}

    def note(self, line: ListRow, sheet: str, year: int | None = None) -> str | None:
        """Remembers the row; the reason why it is a duplicate, or None. `sheet` may be empty.

        `year` is that of the row where its list says it.
        """
        here = f"row {line.number}" + (f" of sheet {sheet}" if sheet else "")
        if line.code and code_key(line.code) in self.by_code:
            return f"Duplicate of {self.by_code[code_key(line.code)]} ({line.code})."
        if line.code:
            self.by_code[code_key(line.code)] = here
        if not line.title:
            return None
        key = (
            search_form(line.title),
            code_key(line.moa() or ""),
            line.text("fiscal_year") or str(year),
        )
        first, coded = self.by_title.setdefault(key, (here, bool(line.code)))
        if first != here and not (coded and line.code):
            return f"Duplicate of {first} ({line.title})."
        return None
