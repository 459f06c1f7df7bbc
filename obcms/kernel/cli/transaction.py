"""What every command goes through: an actor, one transaction, one clear line when it fails."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import click
from sqlalchemy.exc import DBAPIError, IntegrityError

from obcms.kernel.audit.origin import Origin, acting, system_user
from obcms.kernel.db.constraints import explain
from obcms.kernel.errors import ObcmsError
from obcms.kernel.extensions import db


def transaction(run: Callable[..., Any]) -> Callable[..., Any]:
    """Runs a command as the operating system's user, and commits what it did."""

    @wraps(run)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        origin = Origin(None, f"cli: {system_user()}", request_id=secrets.token_hex(8))
        with clear_failure(), acting(origin):
            result = run(*args, **kwargs)
            db.session.commit()
            return result

    return wrapped


@contextmanager
def clear_failure() -> Iterator[None]:
    """Turns what can go wrong on purpose, or at the database, into one line and exit code 1."""
    try:
        yield
    except ObcmsError as error:
        message = str(error)
    except IntegrityError as error:
        message = str(explain(error))
    except DBAPIError as error:
        message = f"The database refused: {str(error.orig).strip().splitlines()[0]}"
    else:
        return
    db.session.rollback()
    raise click.ClickException(message)
