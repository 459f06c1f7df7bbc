"""`flask db-export`: tables as files, for what an older revision has no place for."""

import base64
import csv
import os
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy import MetaData, Table, inspect, select, type_coerce
from sqlalchemy.types import NullType

from obcms.kernel.audit.verify import one_snapshot
from obcms.kernel.cli.transaction import clear_failure
from obcms.kernel.extensions import db

BATCH = 1_000
MISSING = r"\N"  # NULL, which is not an empty text


@click.command("db-export")
@click.option(
    "--to",
    "folder",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the files go; they are readable by you alone.",
)
@click.argument("tables", nargs=-1, required=True)
@with_appcontext
def db_export(folder: Path, tables: tuple[str, ...]) -> None:
    """Writes each of the TABLES to a CSV file, as the database stores it, at any revision.

    A missing value is \\N, and binary content is in base64.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with clear_failure(), one_snapshot(db.engine) as connection:
        known = inspect(connection).get_table_names()
        if unknown := [table for table in tables if table not in known]:
            raise click.ClickException(f"There is no table {unknown[0]}.")
        for name in tables:
            path = folder / f"{name}.csv"
            table = Table(name, MetaData(), autoload_with=connection)
            # Nothing is converted: SQLite holds amounts in centavos, and so does the file.
            columns = [type_coerce(column, NullType()).label(column.name) for column in table.c]
            rows = connection.execute(select(*columns), execution_options={"yield_per": BATCH})
            click.echo(f"{path}: {_write(path, list(rows.keys()), rows):,} rows")


def _write(path: Path, names: list[str], rows: Any) -> int:
    count = 0
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        for row in rows:
            writer.writerow([_text(value) for value in row])
            count += 1
    return count


def _text(value: Any) -> Any:
    if value is None:
        return MISSING
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    return value
