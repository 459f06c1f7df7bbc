"""A file's cells are kept as they are, so that it need not be opened again."""

from datetime import date, datetime, time, timedelta

from obcms.kernel.intake.cells import Formula
from obcms.kernel.intake.packed import pack, unpack
from obcms.kernel.intake.table import Block, Row, Sheet
from obcms.kernel.intake.texts import Marked

CELLS = (
    *("text\nof two lines", "", None, 5, 2**70, 1.5, float("inf"), True, Formula("=A1"), "\ud800"),
    *(Marked("Wells"), datetime(2025, 1, 2, 3), date(2025, 1, 2), time(3, 4), timedelta(hours=30)),
)


def test_sheets_come_back_as_they_were() -> None:
    whole = Sheet(
        "One",
        (Row(3, CELLS), Row(9, ())),
        True,
        frozenset({4, 5}),
        frozenset({2}),
        (Block(1, 2, 0, 3),),
    )
    sheets = [whole, Sheet("", ())]
    found = unpack(pack(sheets))
    assert found == sheets
    kinds = [type(cell) for cell in found[0].rows[0].cells]
    assert kinds == [type(cell) for cell in CELLS]
