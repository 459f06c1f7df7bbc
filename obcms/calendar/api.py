"""What is proclaimed, for programs: everybody reads it, administrators change it."""

from flask import Flask

from obcms.calendar.record import PROCLAIMED_DAYS, PROCLAIMED_MONTHS
from obcms.kernel.api import add_blueprint
from obcms.kernel.records.api import record_blueprint


def init_app(app: Flask) -> None:
    """Adds the routes."""
    for record in (PROCLAIMED_DAYS, PROCLAIMED_MONTHS):
        add_blueprint(app, record_blueprint(record))
