"""What the parts of the PPA page share: finding the record, and answering with a fresh panel."""

from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy.orm import joinedload

from obcms.kernel.db.relations import loaded
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Permission, allows
from obcms.kernel.screens.base import ClosedView
from obcms.ppas.access import find_ppa
from obcms.ppas.models import PPA
from obcms.ppas.screens.tabs import TABS, page_styles

# What nobody does to a tree that is kept but no longer tracked.
TREE_WRITES = (
    Permission.WORK_ITEM_EDIT,
    Permission.BUDGET_DISTRIBUTE,
    Permission.EXPENDITURE_POST,
    Permission.EXPENDITURE_VOID,
)


class PPAScreen(ClosedView):
    """Helpers; the exposed views are in the other modules of the page."""

    view_permission = Permission.PPA_VIEW

    def is_visible(self) -> bool:
        """Never in the menu: the page is always about one PPA."""
        return False

    def _run_view(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        # Flask-Admin's own calls the view once more after a TypeError, which would hide the fault.
        return fn(self, *args, **kwargs)

    def find(self, ppa_id: int) -> PPA:
        """The PPA with its ministry; NotFound where it does not exist for the user."""
        ppa = find_ppa(current_user, ppa_id, joinedload(PPA.implementing_moa))
        loaded(ppa, "implementing_moa")  # it may have been in the session without
        return ppa

    def panel(self, ppa: PPA, tab: str, **extra: Any) -> str:
        """The header and the panel of one tab, as it stands now, without the page around it."""
        return render_template("ppas/panel.html", **self.context(ppa, tab), **extra)

    def context(self, ppa: PPA, tab: str) -> dict[str, Any]:
        """What the templates of a tab need."""
        return {
            "tab": tab,
            "tabs": TABS,
            "styles": page_styles(),
            **self.context_of(ppa),
            **TABS[tab].context(ppa),
        }

    def context_of(self, ppa: PPA) -> dict[str, Any]:
        """What every dialog may need: the PPA, and what the user may do with it."""
        may = {p.value: allows(current_user, p, ppa) for p in Permission}
        if ppa.is_no_longer_tracked:
            may |= {p.value: False for p in TREE_WRITES}
        return {"ppa": ppa, "may": may}

    def page(self, ppa: PPA, tab: str) -> ResponseReturnValue:
        """A whole page, or only its panel when the page itself asks for a fresh one."""
        if request.headers.get("X-Fragment"):
            return fragment(self.panel(ppa, tab))
        return self.render("ppas/page.html", **self.context(ppa, tab))

    def done(
        self, ppa_id: int, message: str, focus: int | None = None, undo: int | None = None
    ) -> ResponseReturnValue:
        """Commits, and shows the page as it now is, with a message.

        `focus` is the work item to go to, `undo` a distribution that the message offers to undo.
        Without the page's script the browser gets a redirect instead.
        """
        db.session.commit()
        tab = request.headers.get("X-Fragment", "")
        if tab not in TABS:
            flash(message, "success")
            return redirect(url_for("ppa_page.work_items", ppa_id=ppa_id))
        notice = {"message": message, "focus": focus, "undo": undo}
        return fragment(self.panel(self.find(ppa_id), tab, notice=notice))

    def dialog(self, template: str, **context: Any) -> ResponseReturnValue:
        """A piece of HTML that the page puts into its dialog or below a row."""
        item = context.get("item") or context.get("parent")
        if item is not None:
            context = {**self.context_of(item.ppa), **context}
        return fragment(render_template(template, **context))


def fragment(html: str) -> ResponseReturnValue:
    """HTML marked as a part of the page, so that the script can tell it from a sign-in page."""
    response = make_response(Markup(html))
    response.headers["X-Fragment"] = "1"
    return response


def quoted(title: str) -> str:
    """A title inside a message, shortened where it is very long."""
    return f"“{title if len(title) <= 70 else title[:69] + '…'}”"
