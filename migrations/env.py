"""Runs the migrations in one transaction, one process at a time, on SQLite and PostgreSQL."""

from pathlib import Path

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext
from flask import current_app
from sqlalchemy.orm import Session

from obcms.kernel.audit.archive import FOLDER, archived_entries
from obcms.kernel.audit.archives import read_archives
from obcms.kernel.audit.baseline import catch_up
from obcms.kernel.db.types import Money, UTCDateTime
from obcms.kernel.extensions import db, unit_of_work

# Any number, the same in every process that migrates.
MIGRATION_LOCK = 20250106
# Tables in which a downgrade keeps what the older shape cannot hold.
SIDE_TABLES = ("kept_ppa_tracking", "generic_work_item_reference", "extra_work_item_reference")


def is_ours(_object: object, name: str | None, kind: str, *_: object) -> bool:
    """Leaves the side tables out of the comparison with the models."""
    return not (kind == "table" and name in SIDE_TABLES)


def in_words_of_ddl(kind: str, item: object, autogen: AutogenContext) -> str | bool:
    """Writes the house's own column types into a new migration as `ddl` spells them."""
    helper = {Money: "money", UTCDateTime: "moment"}.get(type(item)) if kind == "type" else None
    if helper is None:
        return False
    autogen.imports.add(f"from ddl import {helper}")
    return f"{helper}()"


def run(connection: sa.Connection) -> None:
    """Migrates inside one transaction: a migration that fails leaves everything as it was."""
    applied: list[bool] = []
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        include_object=is_ours,
        render_item=in_words_of_ddl,
        transactional_ddl=True,  # on SQLite too, whose transactions the connection begins itself
        on_version_apply=lambda **_: applied.append(True),
        **current_app.extensions["migrate"].configure_args,
    )
    with context.begin_transaction(), unit_of_work():
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(MIGRATION_LOCK)))
        context.run_migrations()
        if connection.dialect.name == "sqlite":
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            if broken:
                raise RuntimeError(f"The migration left broken references: {broken[:5]}")

        if applied and set(context.get_context().get_current_heads()) == set(head_revisions()):
            tell_the_trail(connection)


def head_revisions() -> tuple[str, ...]:
    """The newest revisions, at which the tables are as the models say."""
    heads = context.get_head_revisions()
    return tuple(heads) if heads else ()


def tell_the_trail(connection: sa.Connection) -> None:
    """What the migrations added gets its entries, as everything else does (SPEC 9)."""
    archives = archived_entries(Path(current_app.instance_path) / FOLDER, read_archives(connection))
    with Session(connection) as session:
        catch_up(session, archives)
        session.commit()  # of the session alone: the transaction is the connection's


with db.engine.connect() as connection:
    if connection.dialect.name == "sqlite":
        # SQLite changes a table by making a new one; with foreign keys on, dropping the old one
        # would take its rows' references along. The switch only works outside a transaction.
        driver = connection.connection.driver_connection
        driver.execute("PRAGMA foreign_keys=OFF")
        try:
            run(connection)
        finally:
            connection.rollback()
            driver.execute("PRAGMA foreign_keys=ON")
    else:
        run(connection)
