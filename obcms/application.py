"""The application: the kernel, then each slice, told of it in their order."""

from flask import Flask

from obcms import SLICES
from obcms.kernel import setup
from obcms.kernel.config import Settings, load_settings
from obcms.kernel.slices import load_parts
from obcms.kernel.startup import keep_files_private


def create_app(settings: Settings | None = None) -> Flask:
    """The application, configured from `settings` or from the environment and `.env`."""
    if settings is None:  # a process of its own, however it was started
        keep_files_private()
        settings = load_settings()
    app = Flask(
        "obcms",
        instance_path=str(settings.instance_path),
        template_folder="kernel/screens/templates",
        static_folder="kernel/screens/static",
    )
    app.config.from_mapping(settings.flask())
    parts = load_parts(SLICES)
    setup.init_app(app)
    for part in parts:
        part.init_app(app)
    setup.finish(app)
    return app
