"""What a declared table leaves open (SPEC 13)."""

from collections.abc import Iterator, Sequence

from obcms.imports.reading.doubts import LEAVE, READ, UNITS, Doubt, GivenAnswers
from obcms.imports.table.columns import Table
from obcms.imports.table.heading import Heading, letter
from obcms.imports.table.rows import amount_of, readable_amounts, rows_below
from obcms.imports.table.values import TableStyle
from obcms.kernel.intake.cells import quote


def about_sheets(headings: Sequence[Heading], asked: GivenAnswers) -> Iterator[Doubt]:
    """Several sheets have such a table."""
    if len(headings) > 1 and not asked.answer("sheet"):
        readings = tuple(
            (str(number), f"sheet {quote(one.sheet.name)}")
            for number, one in enumerate(headings, 1)
        )
        yield Doubt("sheet", "Several sheets hold such a table. Which is to be read?", readings)


def about_columns(table: Table, heading: Heading) -> Iterator[Doubt]:
    """Several columns have the heading of one."""
    labels = {column.name: column.label for column in table.columns}
    for name, places in heading.several.items():
        question = f"Several columns are headed as {labels[name]}. Which is it?"
        readings = tuple((letter(place), f"“{quote(heading.texts[place])}”") for place in places)
        yield Doubt(name, question, readings)


def about_unit(heading: Heading, asked: GivenAnswers) -> Iterator[Doubt]:
    """The table speaks of thousands or millions, which may be of its amounts."""
    if heading.unit_from and not asked.answer("unit"):
        question = f"The table says “{quote(heading.unit_from)}”. What are its amounts in?"
        units = [
            one for one in UNITS if one != "billions" or "billion" in heading.unit_from.lower()
        ]
        yield Doubt("unit", question, tuple((name, f"in {name}") for name in units))


def about_hidden(
    table: Table, heading: Heading, style: TableStyle, asked: GivenAnswers
) -> Iterator[Doubt]:
    """Rows with an amount are hidden or filtered out."""
    rows = [row for row in rows_below(heading) if row.number in heading.sheet.hidden_rows]
    with_amount = [
        row.number
        for row in rows
        if amount_of(table, readable_amounts(table, heading, row, style)) is not None
    ]
    if with_amount and not asked.answer("hidden"):
        listed = ", ".join(map(str, with_amount[:5])) + (", …" if len(with_amount) > 5 else "")
        question = f"Rows with an amount are hidden or filtered out ({listed}). Are they read?"
        yield Doubt("hidden", question, ((LEAVE, "left out"), (READ, "read")))
