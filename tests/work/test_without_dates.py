"""A PPA without dates gets a tree that has them, spread over its fiscal year (SPEC 3)."""

from datetime import date

import pytest
from flask import Flask

from obcms.kernel.extensions import db
from obcms.work.rules.planning import span_of
from tests.support.factories import make_ppa, track

JAN, DEC = date(2031, 1, 1), date(2031, 12, 31)


@pytest.mark.parametrize(
    ("start", "end", "span"),
    [
        (None, None, (JAN, DEC)),
        (date(2031, 3, 1), None, (date(2031, 3, 1), DEC)),
        (None, date(2031, 6, 30), (JAN, date(2031, 6, 30))),
        (date(2030, 3, 1), date(2033, 4, 1), (date(2030, 3, 1), date(2033, 4, 1))),
        (date(2032, 3, 1), None, (date(2032, 3, 1), date(2032, 12, 31))),
        (date(2030, 3, 1), None, (date(2030, 3, 1), DEC)),
        (None, date(2030, 3, 1), (date(2030, 1, 1), date(2030, 3, 1))),
        (None, date(2032, 3, 1), (JAN, date(2032, 3, 1))),
    ],
)
def test_the_span_is_its_own_or_that_of_its_year(start, end, span: tuple) -> None:
    assert span_of(start, end, 2031) == span


@pytest.mark.parametrize("template", ["activity", "program", "minimal"])
def test_every_item_below_the_root_has_dates(app: Flask, template: str) -> None:
    ppa = make_ppa(start_date=None, target_end_date=None)
    items = track(ppa, template)
    root = items.pop("root")
    below = [item for item in items.values() if item is not root]
    assert min(item.start_date for item in below) == JAN
    assert max(item.end_date for item in below) == DEC
    assert (root.start_date, root.end_date) == (None, None)


def test_the_dialog_says_so(app: Flask, people, sign_in_as) -> None:
    ppa_id = make_ppa(start_date=None).id
    db.session.commit()
    page = sign_in_as(people.moa_staff).get(f"/admin/ppa/{ppa_id}/work-items").text
    assert "lacks its start date, so the work is spread over fiscal year 2031" in page
