"""What the pages of the ledger share: finding their subject, and answering with a fresh panel."""

from typing import Any

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from obcms.kernel.permissions import Permission, allows
from obcms.kernel.screens.base import ClosedView
from obcms.ledger.rules.effects import SPENDING
from obcms.ppas.screens.base import fragment

MAY = {
    "spend": Permission.FUND_SPEND,
    "release": Permission.FUND_RELEASE,
    "override": Permission.FUND_OVERRIDE,
    "close": Permission.FUND_CLOSE,
    "augment": Permission.FUND_AUGMENT,
}


class LedgerScreen(ClosedView):
    """A page whose forms and dialogs work as those of a PPA do."""

    view_permission = Permission.FUND_VIEW

    def is_visible(self) -> bool:
        """A page about one thing is not in the menu."""
        return False

    def _run_view(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        # Flask-Admin's own calls the view once more after a TypeError, which would hide the fault.
        return fn(self, *args, **kwargs)

    def show(self, template: str, tab: str, **context: Any) -> ResponseReturnValue:
        """A whole page around the template, or only its panel when the page asks for a fresh one.

        `tab` names the kind of page to the dialogs that are opened on it. What `done` takes may be
        given here too.
        """
        context |= {"panel": template, "tab": tab, "may": allowed(), "SPENDING": SPENDING}
        if request.headers.get("X-Fragment"):
            return fragment(render_template("ledger/panel.html", **context))
        return self.render("ledger/page.html", **context)

    def done(
        self, message: str, address: str, template: str, tab: str, **context: Any
    ) -> ResponseReturnValue:
        """Answers a change that is committed: the panel as it now is, with a message.

        Without the page's script the browser gets a redirect to `address` instead.
        """
        if request.headers.get("X-Fragment"):
            return self.show(template, tab, notice=message, **context)
        flash(message, "success")
        return redirect(address)

    def dialog(self, template: str, **context: Any) -> ResponseReturnValue:
        """A piece of HTML that the page puts into its dialog."""
        return fragment(render_template(template, may=allowed(), **context))


def allowed() -> dict[str, bool]:
    """What the user may do in the ledger at all."""
    return {name: allows(current_user, permission) for name, permission in MAY.items()}
