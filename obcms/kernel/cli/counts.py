"""`flask counts`: how many rows each table holds."""

import json

import click
from flask.cli import with_appcontext
from sqlalchemy import func, literal, select, union_all

from obcms.kernel.cli.transaction import transaction
from obcms.kernel.extensions import db


@click.command("counts")
@click.option("--json", "as_json", is_flag=True, help='As {"table": rows}.')
@with_appcontext
@transaction
def counts(as_json: bool) -> None:
    """Shows how many rows each table holds."""
    queries = [
        select(literal(table.name), func.count()).select_from(table)
        for table in sorted(db.metadata.tables.values(), key=lambda table: table.name)
    ]
    rows = dict(db.session.execute(union_all(*queries)).tuples().all())
    if as_json:
        click.echo(json.dumps(rows, sort_keys=True))
        return
    width = max(map(len, rows))
    for name in sorted(rows):
        click.echo(f"{name:<{width}} {rows[name]:>10,}")
