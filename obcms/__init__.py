"""OBCMS: tracks publicly funded programs, projects and activities of BARMM ministries."""

from flask import Flask

from obcms import (
    admin,
    api,
    auth,
    cli,
    database,
    extensions,
    formats,
    health,
    jobs,
    json_provider,
    services,
    web,
)
from obcms.config import Settings, load_settings

PARTS = (
    database,
    extensions,
    services,
    formats,
    json_provider,
    web,
    auth,
    admin,
    api,
    jobs,
    health,
    cli,
)


def create_app(settings: Settings | None = None) -> Flask:
    """The application, configured from `settings` or from the environment and `.env`."""
    settings = settings or load_settings()
    app = Flask("obcms", instance_path=str(settings.instance_path))
    app.config.from_mapping(settings.flask())
    for part in PARTS:
        part.init_app(app)
    return app
