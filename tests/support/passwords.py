"""Tests sign in with a password alone, unless they ask for more."""

from sqlalchemy import text

from obcms.kernel.extensions import db

TRIGGERS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entry'"
DEMANDS = (
    "DELETE FROM audit_entry WHERE table_name = 'second_factor_demand'",
    "DELETE FROM second_factor_demand",
)
# SQLite numbers these rows after the last one that is there.
COUNT_ON = (
    "SELECT setval(pg_get_serial_sequence('audit_entry', 'id'), (SELECT MAX(id) FROM audit_entry))"
)


def let_passwords_suffice() -> None:
    """Takes out the demands that a new database begins with, and their entries in the trail."""
    on_sqlite = db.engine.dialect.name == "sqlite"
    with db.engine.begin() as connection:
        triggers = connection.execute(text(TRIGGERS)).all() if on_sqlite else []
        before = [f"DROP TRIGGER {name}" for name, _ in triggers]
        after = [sql for _, sql in triggers]
        if not on_sqlite:
            before = ["ALTER TABLE audit_entry DISABLE TRIGGER USER"]
            after = ["ALTER TABLE audit_entry ENABLE TRIGGER USER", COUNT_ON]
        for statement in (*before, *DEMANDS, *after):
            connection.execute(text(statement.replace(":", r"\:")))
