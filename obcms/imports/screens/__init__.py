"""The pages of an import: the upload, its preview, and the imports that can be undone."""

from flask import Flask

from obcms.imports.declared import Import
from obcms.imports.ppa_list import PPA_LIST
from obcms.imports.screens.forms import UploadForm
from obcms.imports.screens.view import ImportView
from obcms.kernel.screens import add_view


def add_import_screens(
    app: Flask,
    declared: Import,
    place: int,
    after: str,
    form: type[UploadForm] = UploadForm,
    **kwargs: str,
) -> None:
    """Adds the pages of an import: `name` is its word in the menu, `url` where they stand.

    `after` is the endpoint that lists what was imported. A `form` of one's own may ask for more,
    which the import finds in `ImportDefaults.options`, and leaves out what it does not ask
    (`moa = None`).
    """
    add_view(app, ImportView(declared, form, after, **kwargs), place)


def init_app(app: Flask) -> None:
    """Adds the screens."""
    at = {"name": "Import", "endpoint": "import_page", "url": "/admin/import"}
    add_import_screens(app, PPA_LIST, 50, "ppa.index_view", **at)
