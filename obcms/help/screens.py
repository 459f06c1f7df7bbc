"""The guides as pages, with a search over them."""

from flask import Flask, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose

from obcms.help.reads import guides, search
from obcms.kernel.errors import NotFound
from obcms.kernel.permissions import Permission
from obcms.kernel.screens import add_view, lead_to_guides
from obcms.kernel.screens.base import ClosedView


class HelpView(ClosedView):
    """For everybody who is signed in."""

    styles = (("help", "help.css"),)
    view_permission = Permission.PPA_VIEW

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """All guides, or those that hold the words asked for."""
        asked = request.args.get("q", "")[:200]
        return self.render("help/index.html", asked=asked, found=search(asked))

    @expose("/<guide>")
    def page(self, guide: str) -> ResponseReturnValue:
        """One guide, by the name of its file."""
        found = guides().get(guide)
        if found is None:
            raise NotFound("There is no such guide.")
        return self.render("help/page.html", guide=found)


def init_app(app: Flask) -> None:
    """Adds the screens."""
    lead_to_guides(app, lambda name: url_for("help.page", guide=name))
    add_view(app, HelpView(name="Help", endpoint="help", url="/admin/help"), 99)
