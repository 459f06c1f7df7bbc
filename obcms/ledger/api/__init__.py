"""The budget ledger for programs (SPEC 6, 12)."""

from flask import Flask

from obcms.kernel.api import add_blueprint
from obcms.ledger.api import acts, entries, lines, movements, obligations, quarters
from obcms.ledger.api import funds as funds  # with those of a PPA


def init_app(app: Flask) -> None:
    """Adds the routes; what a PPA has stands with the PPAs."""
    for part in (acts, lines, entries, movements, obligations, quarters):
        add_blueprint(app, part.blueprint)
