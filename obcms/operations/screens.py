"""`/health/`: the page that tells whether everything works (SPEC 14)."""

from typing import Any

from flask import Blueprint, Flask

from obcms.operations.health import run_checks

blueprint = Blueprint("health", __name__)


def init_app(app: Flask) -> None:
    """Registers the page."""
    app.register_blueprint(blueprint)


@blueprint.get("/health/")
def health() -> tuple[dict[str, Any], int]:
    """200 when every check passes, else 503."""
    checks = run_checks()
    well = all(check["ok"] for check in checks.values())
    return {"status": "ok" if well else "failing", "checks": checks}, 200 if well else 503
