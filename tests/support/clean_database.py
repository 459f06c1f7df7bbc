"""A PostgreSQL database that looks new before each test, without being made anew.

Making one from a template costs two hundred milliseconds; emptying what a test wrote to costs ten.
`prepare` readies the template, and `clean` brings a copy of it back to where it was.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
from psycopg2.extensions import cursor as Cursor

# What the migrations put in is kept aside. Any change of the schema leaves a mark, and a database
# with a mark is thrown away.
PREPARE = """
CREATE SCHEMA kept;
CREATE VIEW kept.numbers AS
    SELECT format('%I.%I', schemaname, sequencename) AS name, last_value
    FROM pg_sequences WHERE schemaname = 'public';
CREATE TABLE kept.first_numbers AS TABLE kept.numbers;
CREATE VIEW kept.written_tables AS
    SELECT quote_ident(relname) AS name FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND pg_relation_size(oid) > 0;
CREATE TABLE kept.first_tables AS TABLE kept.written_tables;
CREATE TABLE kept.schema_changes (at timestamptz);
CREATE FUNCTION kept.note() RETURNS event_trigger LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO kept.schema_changes VALUES (now()); END $$;
CREATE SCHEMA first;
"""
NOTE_CHANGES = "CREATE EVENT TRIGGER note ON ddl_command_end EXECUTE FUNCTION kept.note()"
END_OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
COUNT_ANEW = """
SELECT setval(name, coalesce(first.last_value, 1), first.last_value IS NOT NULL)
FROM kept.numbers JOIN kept.first_numbers AS first USING (name)
WHERE numbers.last_value IS DISTINCT FROM first.last_value
"""


def prepare(url: str) -> None:
    """Readies a migrated database to be copied and cleaned."""
    with _connected(url) as cursor:
        cursor.execute(PREPARE)
        for name in _names(cursor, "first_tables"):
            cursor.execute(f"CREATE TABLE first.{name} AS TABLE public.{name}")
        cursor.execute(NOTE_CHANGES)


def clean(url: str) -> bool:
    """Brings a copy back to its start; False where its schema was changed, and it cannot be."""
    with _connected(url) as cursor:
        cursor.execute("SELECT FROM kept.schema_changes")
        if cursor.rowcount:
            return False
        cursor.execute(END_OTHERS)
        # As a replica the server runs no trigger, so that the audit trail can be emptied as well.
        cursor.execute("SET session_replication_role = replica")
        written = _names(cursor, "written_tables")  # a table without a page was never written to
        cursor.execute("; ".join(f"DELETE FROM public.{name}" for name in written))
        cursor.execute(f"VACUUM {', '.join(written)}")  # down to no page: rows come in order again
        for name in _names(cursor, "first_tables"):
            cursor.execute(f"INSERT INTO public.{name} SELECT * FROM first.{name}")
        cursor.execute(COUNT_ANEW)
    return True


def _names(cursor: Cursor, listed: str) -> list[str]:
    cursor.execute(f"SELECT name FROM kept.{listed}")
    return [name for (name,) in cursor.fetchall()]


@contextmanager
def _connected(url: str) -> Iterator[Cursor]:
    """A cursor whose statements are committed one by one."""
    connection = psycopg2.connect(url)
    connection.autocommit = True
    try:
        yield connection.cursor()
    finally:
        connection.close()
