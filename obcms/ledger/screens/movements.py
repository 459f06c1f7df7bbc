"""Documents that move money: those posted, and a form for another."""

from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user
from sqlalchemy import select

from obcms.kernel.errors import Forbidden
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Permission, allows
from obcms.ledger.models import AppropriationsAct, BudgetLine
from obcms.ledger.move import move_funds
from obcms.ledger.prepare import drop_prepared, post_prepared, prepare_augmentation
from obcms.ledger.reads.movements import lines_of_act, recent_movements, waiting_augmentations
from obcms.ledger.rules.choices import MovementKind
from obcms.ledger.screens.base import LedgerScreen
from obcms.ledger.screens.entry_form import EntryForm, last_posting_date
from obcms.ledger.screens.given import a_choice, a_number
from obcms.ledger.screens.movement_form import (
    MOST,
    followed_by,
    parts_of,
    read_document,
    row_count,
    sums_of,
)


class MovementScreen(LedgerScreen):
    """Modifications, augmentations and transfers."""

    def is_visible(self) -> bool:
        return True

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The last documents."""
        return self.show(**_list_shown())

    @expose("/new", methods=["GET", "POST"])
    def new(self) -> ResponseReturnValue:
        """The form, for the lines of one act; POST posts the document.

        An augmentation by MFBM is kept for the executive instead.
        """
        kinds = _kinds()
        if request.method != "POST" or "more" in request.form:
            return self.show("ledger/movement.html", "movement", **_form(kinds))
        if _prepares(a_choice(request.form, "kind", MovementKind)):
            prepared = prepare_augmentation(current_user, read_document())
            told = f"{prepared.reference} is prepared. The executive posts it."
        else:
            movement = move_funds(current_user, read_document())
            told = f"{movement.kind.label} {movement.reference} is posted."
        db.session.commit()
        return self.done(told, **_list_shown())

    @expose("/prepared/<int:prepared_id>/post", methods=["POST"])
    def post_prepared(self, prepared_id: int) -> ResponseReturnValue:
        """Posts what MFBM prepared, under the number of the signed approval."""
        movement = post_prepared(current_user, prepared_id, request.form)
        db.session.commit()
        return self.done(f"Augmentation {movement.reference} is posted.", **_list_shown())

    @expose("/prepared/<int:prepared_id>/drop", methods=["POST"])
    def drop_prepared(self, prepared_id: int) -> ResponseReturnValue:
        """Declines or withdraws it, with a reason."""
        dropped = drop_prepared(current_user, prepared_id, request.form.get("reason", ""))
        db.session.commit()
        return self.done(f"{dropped.reference} is not posted.", **_list_shown())

    @expose("/check", methods=["POST"])
    def check(self) -> ResponseReturnValue:
        """What the rows come to, what each line has free, and which PPAs follow."""
        _kinds()
        lines = lines_of_act(current_user, a_number(request.form, "act") or 0)
        parts = parts_of(lines)
        return self.dialog(
            "ledger/movement_check.html",
            parts=parts,
            sums=sums_of(parts),
            total=sum(part.amount for part in parts),
            followed=followed_by(parts),
            by_class=a_choice(request.form, "kind", MovementKind) is MovementKind.TRANSFER,
        )


def _kinds() -> list[MovementKind]:
    """Those that the user's role posts or prepares. Raises Forbidden where there is none."""
    releases = allows(current_user, Permission.FUND_RELEASE)
    may = {
        MovementKind.MODIFICATION: releases,
        MovementKind.TRANSFER: releases,
        MovementKind.AUGMENTATION: releases or allows(current_user, Permission.FUND_AUGMENT),
    }
    kinds = [kind for kind, allowed in may.items() if allowed]
    if not kinds:
        raise Forbidden("Only MFBM and the executive post documents that move money.")
    return kinds


def _prepares(kind: MovementKind | None) -> bool:
    return kind is MovementKind.AUGMENTATION and not allows(current_user, Permission.FUND_AUGMENT)


def _list_shown() -> dict[str, Any]:
    decides = any(
        allows(current_user, one) for one in (Permission.FUND_RELEASE, Permission.FUND_AUGMENT)
    )
    return {
        "address": url_for("ledger_movements.index"),
        "template": "ledger/movements.html",
        "tab": "movements",
        "movements": recent_movements(current_user),
        "waiting": waiting_augmentations() if decides else [],
        "today": last_posting_date(),
        "page_name": "Money moved",
    }


def _form(kinds: list[MovementKind]) -> dict[str, Any]:
    """Of the act that is chosen, or of the line that the form was opened on; else the newest."""
    query = select(AppropriationsAct).order_by(
        AppropriationsAct.fiscal_year.desc(), AppropriationsAct.id
    )
    acts = list(db.session.scalars(query))
    line_id, act_id = a_number(request.args, "line"), a_number(request.values, "act")
    if line_id and act_id is None:
        act_id = db.session.scalar(select(BudgetLine.act_id).where(BudgetLine.id == line_id))
    act = next((one for one in acts if one.id == act_id), acts[0] if acts else None)
    on = last_posting_date()
    return {
        "kinds": kinds,
        "acts": acts,
        "act": act,
        "lines": [] if act is None else lines_of_act(current_user, act.id),
        "first_line": line_id,
        "row_count": row_count(),
        "most_rows": MOST,
        "given": request.form,
        "prepares": not allows(current_user, Permission.FUND_AUGMENT),
        "form": EntryForm(
            [], {"entry_date": on, "document_date": on} | request.form.to_dict(), prefix="m"
        ),
        "page_name": "Move money",
    }
