"""A PPA is written by its verb alone: what is refused at one door is refused at every door."""

import csv
from collections.abc import Callable
from io import BytesIO, StringIO
from typing import Any

import lxml.html
import pytest
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict

from obcms.imports.outcome import ImportOutcome
from obcms.kernel.extensions import db
from obcms.people.models import User
from obcms.ppas.edit import create_ppa
from obcms.ppas.fields import PPA_FIELDS
from obcms.ppas.models import PPA
from tests.support.doors import by_column, refused_by, refused_everywhere
from tests.support.html_form import opened_form, send_form
from tests.support.imports import import_ppas, parse_file

LINES = ("title", "funding_source_other", "plan_reference", "moral_governance_pillar")
TURNED = "Roads\u202eof Health"
BAD_LINES = ["Roads\x01", "Roads\x7f", TURNED, "Roads\u2066", "x" * 256]
BAD_PROSE = ["One\x00two", "One\x08two", "x" * 10_001]
BAD_MONEY = ["-5", "1.005", "plenty", "1e5", "NaN", "Infinity", "9" * 30, "1,2,3"]
BAD_YEARS = [1989, 2101, 99999, -1]
BAD_COUNTS = [-1, 2**31, 10**12]
BAD_DAYS = ["2025-13-01", "2025-02-30", "1989-12-31", "2101-01-01", "someday", "06/30/2025"]
CHOICES = ("category", "sector", "appropriation_class", "funding_source", "status", "priority")
ORDERED = (
    {"budget_ceiling": "5.00"},
    {"obc_share": "1000000.01"},
    {"total_slots": 1, "obc_slots": 2},
    {"target_end_date": "2030-12-31"},
    {"actual_end_date": "2030-12-31"},
    {"funding_source": "other"},
    {"funding_source": "other", "funding_source_other": "   "},
    {"code": "MOH-2031-001"},
    {"milestones": [{"title": "  "}]},
    {"milestones": [{"title": "Begun"}, {"title": TURNED}]},
    {"milestones": [{"title": "Begun", "due_date": "someday"}]},
)
BAD: list[dict[str, Any]] = [
    *({name: value} for name in LINES for value in BAD_LINES),
    *({name: value} for name in ("summary", "remarks") for value in BAD_PROSE),
    *({name: value} for name in ("code", "title") for value in ("", "   ", "\u3000")),
    {"code": "MOH-" + "9" * 30},
    *(
        {name: value}
        for name in ("budget_ceiling", "budget_allocation", "obc_share")
        for value in BAD_MONEY
    ),
    *({name: value} for name in ("fiscal_year", "appropriation_year") for value in BAD_YEARS),
    *({name: value} for name in ("total_slots", "obc_slots") for value in BAD_COUNTS),
    *(
        {name: value}
        for name in ("start_date", "target_end_date", "actual_end_date")
        for value in BAD_DAYS
    ),
    *({name: "nonsense"} for name in CHOICES),
    {"implementing_moa": 999_999},
    {"supporting_organizations": [999_999]},
    *ORDERED,
]


def good(moa_id: int) -> dict[str, Any]:
    """A PPA that nothing is wrong with, as the API takes it."""
    return {
        "code": "MOH-2031-777",
        "title": "Barangay health workers",
        "category": "moa_ppa",
        "implementing_moa": moa_id,
        "fiscal_year": 2031,
        "budget_allocation": "1000000.00",
        "start_date": "2031-01-06",
        "target_end_date": "2031-12-19",
        "status": "planning",
        "priority": "medium",
        "progress_weighting": "equal",
    }


@pytest.fixture
def moa_id(app, people) -> int:
    actor = db.session.get_one(User, people.administrator)
    moa = db.session.get_one(User, people.moa_staff).organization_id
    create_ppa(actor, by_column(PPA_FIELDS, good(moa) | {"code": "MOH-2031-001"}))
    db.session.commit()
    return moa


def _create(actor_id: int) -> Callable[[dict[str, Any]], PPA]:
    def create(values: dict[str, Any]) -> PPA:
        return create_ppa(db.session.get_one(User, actor_id), by_column(PPA_FIELDS, values))

    return create


def _as_form(values: dict[str, Any]) -> dict[str, Any]:
    """Texts by the form's names; parts have their place in the name."""
    form: dict[str, Any] = {}
    for name, value in values.items():
        if name == "milestones":
            for place, part in enumerate(value):
                form |= {f"{name}-{place}-{key}": one for key, one in part.items()}
        else:
            form[name] = [str(one) for one in value] if isinstance(value, list) else str(value)
    return form


def test_there_are_a_hundred_bad_inputs() -> None:
    assert len(BAD) >= 100


def test_every_door_refuses_the_same_at_the_same_field(people, moa_id, sign_in_as, call_as) -> None:
    client, api = sign_in_as(people.administrator), call_as(people.administrator)
    form = opened_form(client, "/admin/ppa/new/")
    refused_everywhere(
        [good(moa_id) | bad for bad in BAD],
        verb=_create(people.administrator),
        api=lambda values: api.post("/api/monitoring/entries/", json=values),
        form=lambda values: send_form(client, "/admin/ppa/new/", form, **_as_form(values)),
    )
    assert db.session.scalar(select(func.count(PPA.id))) == 1


# What a list can say of a PPA. Reading one takes control characters out of a cell, and leaves a
# day, a class or a year that it does not understand unset, with a warning (SPEC 13).
CARRIED = {
    "code": "Code",
    "title": "Title",
    "budget_allocation": "Budget",
    "start_date": "Start date",
    "target_end_date": "End date",
    "remarks": "Remarks",
}
REFUSED_IN_A_LIST = [
    *({"title": title} for title in (TURNED, "Roads\u2066", "x" * 256)),
    {"remarks": "x" * 10_001},
    {"target_end_date": "2031-01-05"},
    {"start_date": "2031-12-20"},
]
# A list says these in words of its own, since it may write them in more ways than a form.
REFUSED_IN_OTHER_WORDS = [
    *({"title": title} for title in ("", "   ", "\u3000")),
    *({"code": code} for code in ("", "   ", "\u3000", "MOH-" + "9" * 30)),
    *({"budget_allocation": amount} for amount in BAD_MONEY),
]


def _imported(actor_id: int, values: dict[str, Any]) -> ImportOutcome:
    file = StringIO()
    csv.writer(file).writerows([CARRIED.values(), [values.get(name, "") for name in CARRIED]])
    parsed = parse_file(BytesIO(file.getvalue().encode()), "list.csv")
    return import_ppas(db.session.get_one(User, actor_id), parsed, None, None)


@pytest.mark.parametrize("bad", [*REFUSED_IN_A_LIST, *REFUSED_IN_OTHER_WORDS])
def test_an_import_refuses_what_the_verb_refuses(people, moa_id, bad: dict[str, Any]) -> None:
    given = good(moa_id) | {"code": "MOH-2031-778"} | bad
    told = refused_by(lambda: _create(people.administrator)(given))
    outcome = _imported(people.administrator, given)
    [refused] = outcome.refused
    if bad in REFUSED_IN_A_LIST:
        assert refused.reason == " ".join(message for message, _ in told)
    assert outcome.rows == []
    assert db.session.scalar(select(func.count(PPA.id))) == 1


def test_a_refused_form_keeps_all_that_was_typed_and_chosen(people, moa_id, sign_in_as) -> None:
    client = sign_in_as(people.administrator)
    form = opened_form(client, "/admin/ppa/new/")
    values = good(moa_id) | {"supporting_organizations": [moa_id], "title": "  "}
    page = send_form(client, "/admin/ppa/new/", form, **_as_form(values))
    shown = lxml.html.fromstring(page.text).xpath("//form[contains(@class, 'admin-form')]")[0]
    again = MultiDict(shown.form_values())
    for name in ("code", "implementing_moa", "supporting_organizations", "category", "start_date"):
        assert again.getlist(name) == MultiDict(_as_form(values)).getlist(name), name
