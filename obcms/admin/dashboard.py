"""The first page after signing in: where the portfolio stands."""

from flask.typing import ResponseReturnValue
from flask_admin import AdminIndexView, expose
from flask_login import current_user

from obcms.admin.base import Closed
from obcms.models.types import utc_now
from obcms.permissions import Permission
from obcms.reports.approval_queue import count_waiting, waiting_for
from obcms.reports.portfolio import portfolio

SHOWN = 5


class DashboardView(Closed, AdminIndexView):
    """Figures over every PPA the user may see."""

    view_permission = Permission.PPA_VIEW

    @expose("/")
    def index(self) -> ResponseReturnValue:
        return self.render(
            "dashboard.html",
            portfolio=portfolio(current_user),
            queue=waiting_for(current_user, SHOWN),
            waiting=count_waiting(current_user),
            now=utc_now(),
        )
