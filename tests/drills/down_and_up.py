"""Every revision down and up on a filled database: the contents stay, or it refuses (SPEC 9).

`python -m tests.drills.down_and_up [OPERATIONS] [SEED] [DATABASE_URL]`
"""

import random
import sys
from collections.abc import Callable, Iterator

import click
from alembic.script import Script
from flask_migrate import downgrade, upgrade

from obcms.kernel.db.connections import reading
from obcms.kernel.db.revisions import scripts
from obcms.kernel.extensions import db
from tests.drills.contents import Contents, contents, shared
from tests.drills.office import work
from tests.drills.rows_against_trail import office
from tests.support.apps import MIGRATIONS

REFUSED, KEPT = "refused", "kept"


def walk() -> Iterator[tuple[str, str]]:
    """Down to the first revision, each step twice; yields each with what became of it.

    Where a step refuses, nothing may have changed, and it is taken by naming the revision.
    """
    for script in list(scripts().walk_revisions())[:-1]:
        yield script.revision, _step(script)


def _step(script: Script) -> str:
    above, below = script.revision, script.down_revision
    before = held()
    try:
        to(downgrade, below)
    except SystemExit:
        assert held() == before, above
        to(downgrade, below, x_arg=f"lose={above.split('_')[0]}")
        return REFUSED
    lower = held()
    _same(before, lower, above)
    to(upgrade, above)
    _same(before, held(), above)
    to(downgrade, below)
    _same(lower, held(), above)
    return KEPT


def _same(one: Contents, other: Contents, revision: str) -> None:
    for name, rows in shared(one, other)[0].items():
        assert rows == shared(one, other)[1][name], (revision, name)


def held() -> Contents:
    """The contents now."""
    with reading(), db.engine.connect() as connection:
        return contents(connection)


def to(move: Callable[..., None], revision: str, **options: str) -> None:
    """Goes to the revision. Raises SystemExit where it refuses."""
    db.session.remove()
    move(str(MIGRATIONS), revision=revision, **options)


def main(operations: int, seed: int, url: str | None) -> None:
    """Prints what became of each revision."""
    with office(url):
        work(random.Random(seed), operations)
        for revision, outcome in walk():
            click.echo(f"{revision}: {outcome}")


if __name__ == "__main__":
    given = sys.argv[1:]
    main(
        int(given[0]) if given else 500,
        int(given[1]) if len(given) > 1 else 1,
        given[2] if len(given) > 2 else None,
    )
