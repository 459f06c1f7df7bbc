"""A downgrade refuses while it would lose something, and says how to keep it (SPEC 9)."""

from collections.abc import Iterable, Mapping

import sqlalchemy as sa
from alembic import context, op

EXPLAINED = """Going below {revision} would lose what the older revisions have no place for:
{rows}
Nothing was changed. Keep it in files first:
  flask db-export --to FOLDER {tables}
Then name the revision, beside others whose losses you accept:
  flask db downgrade -x lose={listed} TARGET"""


def refuse_loss(revision: str, losses: Mapping[str, str]) -> None:
    """Raises RuntimeError while the tables have rows that meet their condition.

    `losses` maps each table to the condition in SQL under which a row, or what one of its columns
    holds, is lost; without a condition every row is. `-x lose=0005,0006` names revisions, by their
    numbers, that may lose theirs.
    """
    given = context.get_x_argument(as_dictionary=True).get("lose", "")
    allowed = [number for number in str(given).split(",") if number]
    number = revision.split("_")[0]
    if number in allowed:
        return
    counts = {
        table: op.get_bind().scalar(sa.text(f"SELECT COUNT(*) FROM {table} WHERE {where or '1=1'}"))
        for table, where in losses.items()
    }
    lost = {table: count for table, count in counts.items() if count}
    if lost:
        rows = "\n".join(f"  {table}: {_counted(count)}" for table, count in lost.items())
        tables, listed = " ".join(lost), ",".join([*allowed, number])
        raise RuntimeError(
            EXPLAINED.format(revision=revision, rows=rows, tables=tables, listed=listed)
        )


def none_of(expression: str, values: Iterable[str]) -> str:
    """The condition that a text is none of these."""
    return f"{expression} NOT IN ({', '.join(_quoted(value) for value in values)})"


def _quoted(text: str) -> str:
    """The text as a literal; a colon would otherwise begin a parameter."""
    return "'" + text.replace("'", "''").replace(":", r"\:") + "'"


def _counted(rows: int) -> str:
    return "1 row" if rows == 1 else f"{rows:,} rows"
