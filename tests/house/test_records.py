"""A record that is declared as a whole inherits its tests; a new one without them fails here."""

from collections.abc import Iterator
from importlib import import_module

import pytest

from obcms import SLICES
from obcms.kernel.records.record import RECORDS, Record
from obcms.kernel.slices import load_parts
from tests.house.rules.source import ROOT
from tests.support.record_tests import APIRecordTests, RecordTests

load_parts(SLICES)  # so that every record is declared
DECLARED = [one for one in RECORDS if one.model.__module__.startswith("obcms.")]


def cases_of(record: Record) -> Iterator[type[RecordTests]]:
    """The classes of tests about it."""
    for path in sorted(ROOT.glob("tests/*/test_*.py")):
        if RecordTests.__name__ not in path.read_text(encoding="utf-8"):
            continue
        module = import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        for one in vars(module).values():
            is_case = isinstance(one, type) and issubclass(one, RecordTests)
            if is_case and getattr(one, "record", None) is record:
                yield one


@pytest.mark.parametrize("record", DECLARED, ids=lambda record: record.name)
def test_every_record_inherits_its_tests(record: Record) -> None:
    found = list(cases_of(record))
    assert found, f"no subclass of RecordTests is about the {record.noun}"
    # `example` gives a record its API resource.
    assert record.example is None or any(issubclass(one, APIRecordTests) for one in found)
