"""What every command goes through: an actor, one transaction, one clear line when it fails."""

import getpass
import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any

import click
from sqlalchemy.exc import IntegrityError

from obcms.audit.context import Origin, acting
from obcms.errors import ObcmsError
from obcms.extensions import db
from obcms.services.integrity import explain


def transaction(run: Callable[..., Any]) -> Callable[..., Any]:
    """Runs a command as the operating system's user, and commits what it did."""

    @wraps(run)
    def wrapped(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        origin = Origin(None, f"command: {getpass.getuser()}", request_id=secrets.token_hex(8))
        try:
            with acting(origin):
                result = run(*args, **kwargs)
                db.session.commit()
                return result
        except IntegrityError as error:
            db.session.rollback()
            raise click.ClickException(str(explain(error))) from None
        except ObcmsError as error:
            db.session.rollback()
            raise click.ClickException(str(error)) from None

    return wrapped
