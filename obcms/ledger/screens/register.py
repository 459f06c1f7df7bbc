"""The pages on which a register of entries, or opening balances, is imported."""

from flask import Flask
from wtforms import SelectField

from obcms.imports.screens import add_import_screens
from obcms.imports.screens.forms import UploadForm
from obcms.ledger.intake.register import REGISTER


class RegisterForm(UploadForm):
    """The file, and the office whose entries it holds; each row says its year by its line."""

    moa = SelectField("Office", coerce=lambda value: int(value) if value else None)
    fiscal_year = None


def add_register(app: Flask, category: str) -> None:
    """Adds them to the menu of the ledger."""
    where = {"endpoint": "ledger_register", "url": "/admin/ledger/register"}
    where |= {"name": REGISTER.title, "category": category}
    add_import_screens(app, REGISTER, 35, "budget_line.index_view", RegisterForm, **where)
