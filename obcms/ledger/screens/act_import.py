"""The pages on which an act's table is imported."""

from flask import Flask
from wtforms import StringField
from wtforms.validators import Length, Optional

from obcms.imports.screens import add_import_screens
from obcms.imports.screens.forms import UploadForm
from obcms.ledger.intake.act_import import ACT_TABLE


class ActForm(UploadForm):
    """The file, and which act it is where its rows or its year do not say so."""

    moa = None
    act = StringField(
        "Number of the act",
        [Optional(), Length(max=40)],
        render_kw={"placeholder": "The year's regular act", "autocomplete": "off"},
    )


def add_act_import(app: Flask) -> None:
    """Adds them; the page of acts leads there."""
    where = {"endpoint": "ledger_act_import", "url": "/admin/ledger/import-act"}
    where |= {"name": ACT_TABLE.title, "category": "Ledger"}
    add_import_screens(app, ACT_TABLE, 35, "ledger_acts.index", ActForm, **where)
