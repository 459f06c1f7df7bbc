"""What the history calls records and columns: each slice says it of its own."""

import pytest

from obcms.history.reads.net_changes import NOT_COMPARED
from obcms.kernel.audit.wording import LABELS, RECORD_NAMES, REFERENCES, SILENT, label_of
from obcms.kernel.extensions import db
from obcms.ppas.fields import PPA_FIELDS

pytestmark = pytest.mark.usefixtures("app")  # whose slices have all said theirs


def test_a_column_is_called_in_the_history_as_it_is_on_the_form() -> None:
    labelled = [field for field in PPA_FIELDS if field.label]
    assert labelled
    assert [label_of(field.name) for field in labelled] == [field.label for field in labelled]


def test_every_word_is_for_something_that_the_database_has() -> None:
    tables = db.metadata.tables
    columns = {column.name for table in tables.values() for column in table.columns}
    relations = {field.name for field in PPA_FIELDS}  # their entries are in tables of their own
    assert tables.keys() >= RECORD_NAMES.keys()
    assert (LABELS.keys() | REFERENCES.keys() | SILENT | NOT_COMPARED) - relations <= columns
