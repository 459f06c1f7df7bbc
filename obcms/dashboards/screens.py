"""The first page after signing in: where the portfolio stands."""

from flask import Flask
from flask.typing import ResponseReturnValue
from flask_admin import AdminIndexView, expose
from flask_login import current_user

from obcms.alerts.reads.open_alerts import count_open
from obcms.approval.reads.queue import count_waiting, waiting_for
from obcms.dashboards.reads import portfolio
from obcms.kernel.db.types import utc_now
from obcms.kernel.permissions import Permission
from obcms.kernel.screens import add_view
from obcms.kernel.screens.base import Closed

SHOWN = 5


class DashboardView(Closed, AdminIndexView):
    """Figures over every PPA the user may see."""

    styles = (("dashboards", "dashboard.css"),)
    view_permission = Permission.PPA_VIEW

    @expose("/")
    def index(self) -> ResponseReturnValue:
        return self.render(
            "dashboards/dashboard.html",
            portfolio=portfolio(current_user),
            queue=waiting_for(current_user, SHOWN),
            waiting=count_waiting(current_user),
            alerts=count_open(current_user),
            now=utc_now(),
        )


def init_app(app: Flask) -> None:
    """Adds the screens."""
    add_view(app, DashboardView(name="Dashboard", url="/admin"), 10)
