"""The list of PPAs, the form for one, and the page that other slices add tabs to."""

from flask import Flask

from obcms.kernel.extensions import db
from obcms.kernel.screens import add_view
from obcms.ppas.models import PPA
from obcms.ppas.screens import overview
from obcms.ppas.screens.page import page_view
from obcms.ppas.screens.records import PPAView

__all__ = ["overview"]


def init_app(app: Flask) -> None:
    """Adds the list; the page has the tabs of all slices by now."""
    add_view(app, PPAView(PPA, db, name="PPAs", endpoint="ppa", url="/admin/ppa"), 30)
    page = page_view()(name="PPA", endpoint="ppa_page", url="/admin/ppa/<int:ppa_id>")
    add_view(app, page, 31)
