"""Which revision the database is at, and which ones this code knows."""

from functools import cache

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from obcms.kernel.config import PROJECT_ROOT
from obcms.kernel.db.connections import reading
from obcms.kernel.extensions import db

MIGRATIONS = PROJECT_ROOT / "migrations"


def current() -> str | None:
    """The database's revision; None for one without tables."""
    with reading(), db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


@cache
def head() -> str | None:
    """The newest revision of this process's own code."""
    return scripts().get_current_head()


@cache
def known() -> frozenset[str]:
    """All revisions of this code; one that is not among them belongs to newer code."""
    return frozenset(script.revision for script in scripts().walk_revisions())


def is_at_head() -> bool:
    """Whether the database has the tables that this code expects."""
    return current() == head()


def scripts() -> ScriptDirectory:
    """This code's revisions, as files."""
    config = Config(MIGRATIONS / "alembic.ini")
    config.set_main_option("script_location", str(MIGRATIONS))
    return ScriptDirectory.from_config(config)
