"""Writes: verb functions that take the actor first, check the permission, flush, never commit."""

from flask import Flask

from obcms.audit import hook
from obcms.services import approval_guard, rollup, settle, touched


def init_app(_app: Flask) -> None:
    """Installs the session hooks, in the order in which they depend on each other."""
    approval_guard.install()
    settle.install()
    hook.install()
    touched.install()
    rollup.install()
