"""The page that tells whether everything works."""

from obcms.operations.health import init_app

__all__ = ["init_app"]
