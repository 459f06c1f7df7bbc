"""The Approval tab, amendments, and what waits for the person who looks."""

from flask import Flask

from obcms.approval.screens import amend, cancel, steps
from obcms.approval.screens.waiting import WaitingView
from obcms.kernel.screens import add_view

__all__ = ["amend", "cancel", "steps"]


def init_app(app: Flask) -> None:
    """Adds the queue; the tab adds itself to the page of a PPA."""
    view = WaitingView(name="Waiting for you", endpoint="waiting", url="/admin/waiting")
    add_view(app, view, 20)
