"""What a summary says of records that failed."""

import pytest
from sqlalchemy.exc import IntegrityError

from obcms.kernel.errors import Invalid
from obcms.kernel.jobs.records import EveryRecordFailed, check_not_all_failed, failed_record

BAD = {"code": "MOH-2025-001", "error": "Its dates are odd."}


def test_a_refusal_is_told_as_it_stands() -> None:
    assert failed_record("MOH-2025-001", Invalid("Its dates are odd.")) == BAD


def test_of_a_statement_that_the_database_refused_no_value_is_told() -> None:
    cause = Exception("DETAIL: Key (email)=(maria@example.ph) already exists.")
    refused = IntegrityError("INSERT INTO person VALUES (?)", ("maria@example.ph",), cause)
    told = failed_record("MOH-2025-001", refused)
    assert told["code"] == "MOH-2025-001"
    assert told["error"].startswith("The database refused this change")
    assert "maria" not in told["error"]


def test_a_run_in_which_nothing_was_done_names_three_of_the_records() -> None:
    summary = {"processed": 4, "errors": [BAD | {"code": f"MOH-2025-00{n}"} for n in range(4)]}
    with pytest.raises(EveryRecordFailed, match=r"All 4 PPAs failed\. MOH-2025-000: Its") as raised:
        check_not_all_failed(summary, "PPAs")
    assert "MOH-2025-002" in str(raised.value)
    assert "MOH-2025-003" not in str(raised.value)


@pytest.mark.parametrize(("processed", "errors"), [(0, []), (2, [BAD])])
def test_a_run_that_did_something_or_had_nothing_to_do_is_a_success(processed, errors) -> None:
    check_not_all_failed({"processed": processed, "errors": errors}, "PPAs")
