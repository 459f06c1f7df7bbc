"""OBCMS: tracks publicly funded programs, projects and activities of BARMM ministries."""

from flask import Flask

from obcms import kernel
from obcms.kernel.config import Settings, load_settings
from obcms.kernel.slices import load_parts
from obcms.kernel.startup import keep_files_private

# The concepts of the house, from the ground up: each may know the kernel and those before it.
SLICES = (
    "organizations",
    "people",
    "needs",
    "policy",
    "ppas",
    "work",
    "spending",
    "budget",
    "approval",
    "history",
    "dashboards",
    "imports",
    "demo",
    "help",
    "operations",
)


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
    kernel.init_app(app)
    for part in parts:
        part.init_app(app)
    kernel.finish(app)
    return app
