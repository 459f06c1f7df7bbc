"""What is sent when a file is imported in the browser."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import Field, HiddenField, IntegerField, SelectField, SubmitField, TextAreaField
from wtforms.validators import NumberRange, Optional

NOT_FOR_ROWS = {"file", "submit", "csrf_token"}


class UploadForm(FlaskForm):
    """The file, and what its rows may not say themselves."""

    file = FileField("Workbook or CSV file", [FileRequired("Choose a file.")])
    moa = SelectField("Ministry", coerce=lambda value: int(value) if value else None)
    fiscal_year = IntegerField(
        "Fiscal year",
        [Optional(), NumberRange(2000, 2100, "Enter a year such as 2025.")],
        render_kw={"placeholder": "As each row says"},
    )
    submit = SubmitField("Show preview")

    def for_all_rows(self) -> list[Field]:
        """What is asked besides the file, and holds where its rows do not say it."""
        return [field for field in self if field.name not in NOT_FOR_ROWS]


class ImportForm(FlaskForm):
    """The choice after the preview, and what the preview showed."""

    shown = HiddenField()
    shown_at = HiddenField()
    all_or_nothing = SubmitField("Import all rows")
    valid_rows = SubmitField("Import valid rows only")


class UndoForm(FlaskForm):
    """Taking an import back, with the reason where one is asked."""

    reason = TextAreaField("Why")
    submit = SubmitField("Undo this import")
