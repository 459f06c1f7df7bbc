"""What every screen is made of, on Flask-Admin; the screens themselves are in the slices."""

from collections.abc import Callable
from typing import NamedTuple

from flask import Flask
from flask_admin import Admin, AdminIndexView, BaseView
from flask_admin.theme import Bootstrap4Theme
from markupsafe import Markup

ADMINISTRATION = "Administration"
KEY, NOTICES, CORNER = "screens", "page_notices", "page_corner"


class _Placed(NamedTuple):
    place: int
    view: BaseView


def init_app(app: Flask) -> None:
    """Makes the list that slices add their screens to."""
    app.extensions[KEY], app.extensions[NOTICES], app.extensions[CORNER] = [], [], []
    app.jinja_env.globals["page_notices"] = lambda: [
        text for notice in app.extensions[NOTICES] if (text := notice())
    ]
    app.jinja_env.globals["page_corner"] = lambda: [each() for each in app.extensions[CORNER]]
    app.config["FLASK_ADMIN_RAISE_ON_VIEW_EXCEPTION"] = True  # a fault gets a page of its own


def add_notice(app: Flask, notice: Callable[[], str]) -> None:
    """Adds a quiet line to the top of every page, while `notice` gives one."""
    app.extensions[NOTICES].append(notice)


def add_corner(app: Flask, piece: Callable[[], Markup]) -> None:
    """Adds something to the corner of the bar above every page, for whoever is signed in."""
    app.extensions[CORNER].append(piece)


def show_user(app: Flask, piece: Callable[[], Markup]) -> None:
    """Sets what the bar above every page tells of who is signed in."""
    app.jinja_env.globals["page_user"] = piece


def lead_to_guides(app: Flask, address: Callable[[str], str]) -> None:
    """Sets where a guide is, by its name, for the pages that are made here."""
    app.jinja_env.globals["guide_url"] = address


def add_view(app: Flask, view: BaseView, place: int) -> None:
    """Adds a screen to the app; `place` is where it stands in the menu, the smaller the earlier.

    Views are made anew for each app, because Flask-Admin binds them to one.
    """
    app.extensions[KEY].append(_Placed(place, view))


def finish(app: Flask) -> None:
    """Registers the screens, in the order of the menu; the front page is among them."""
    views = [view for _, view in sorted(app.extensions[KEY], key=lambda placed: placed.place)]
    front = next(view for view in views if isinstance(view, AdminIndexView))
    theme = Bootstrap4Theme(base_template="layout.html", fluid=True)
    admin = Admin(app, name="OBCMS", index_view=front, theme=theme)
    for view in views:
        if view is not front:
            admin.add_view(view)
