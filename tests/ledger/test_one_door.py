"""An entry is refused alike by verb, API, quick entry and register: the same words (SPEC 6)."""

from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import func, select

from obcms.imports.compare import compare
from obcms.imports.declared import ImportDefaults
from obcms.kernel.errors import NotFound
from obcms.kernel.extensions import db
from obcms.ledger.fields import ENTRY_FIELDS
from obcms.ledger.intake.register import REGISTER
from obcms.ledger.intake.register_file import from_json
from obcms.ledger.intake.register_table import read_register
from obcms.ledger.models import BudgetLine, FundEntry
from obcms.ledger.post import post_entry
from obcms.ledger.void import void_entry
from obcms.people.models import User
from tests.ledger.bad_entries import AMOUNTS, BAD, DAYS, said
from tests.ledger.register_files import sheets_of
from tests.support.budget_lines import MFBM, make_line, post
from tests.support.doors import by_column, refused_by, refused_everywhere


@pytest.fixture
def known(app) -> SimpleNamespace:
    """A line of MOH with a million of MOOE, of which 100,000 are obligated; the rows by number."""
    line = make_line()
    ors = post(line, "obligation", "100000.00", reference="ORS-1")
    post(line, "payable", "10000.00", obligation_id=ors.obligation_id)
    paid = post(line, "disbursement", "6000.00", obligation_id=ors.obligation_id, reference="DV-1")
    gone = post(line, "obligation", "5.00", reference="ORS-VOID")
    void_entry(MFBM, gone, "Entered twice")
    other = make_line(act=line.act)
    far = post(other, "obligation", "50.00", reference="ORS-OTHER")
    post(other, "payable", "50.00", obligation_id=far.obligation_id)
    away = post(other, "disbursement", "5.00", obligation_id=far.obligation_id, reference="DV-X")
    known = SimpleNamespace(line_id=line.id, act=line.act.number, title=line.title)
    known.ids = {"ORS-1": ors.obligation_id, "ORS-VOID": gone.obligation_id}
    known.ids |= {"ORS-OTHER": far.obligation_id, "DV-1": paid.id, "DV-OTHER": away.id}
    db.session.commit()
    return known


def by_id(values: dict[str, Any], known: SimpleNamespace) -> dict[str, Any]:
    """The values with the numbers of the rows that they name."""
    named = {
        name: known.ids[values[name]] for name in ("obligation", "disbursement") if values.get(name)
    }
    return {name: value for name, value in values.items() if value is not None} | named


def as_json(values: dict[str, Any]) -> dict[str, Any]:
    """As the API takes them, where what is not said is null, and not a text without a letter."""
    return {
        name: None if name in ("mode", "acceptance_date") and value == "" else value
        for name, value in values.items()
    }


def as_form(values: dict[str, Any]) -> dict[str, str]:
    """As quick entry sends them: texts, a box as 1, rows by the names of their columns."""
    form = {}
    for name, value in values.items():
        column = f"{name}_id" if name in ("obligation", "disbursement") else name
        form[column] = "1" if value is True else str(value)
    return form


def as_row(values: dict[str, Any], known: SimpleNamespace) -> dict[str, str]:
    """As a register has them: the line by name, the rows by their numbers."""
    plain = {name: str(value) for name, value in values.items() if value not in (None, True)}
    named = {"act": known.act, "office": "MOH", "cost_structure": "OPS", "title": known.title}
    return named | {
        "posting date": plain["entry_date"],
        "document date": plain["document_date"],
        "class": plain["appropriation_class"],
        "fund cluster": plain["fund_cluster"],
        "kind": plain.get("kind", ""),
        "amount": plain.get("amount", ""),
        "ORS number": plain.get("obligation", "ORS-1" if "disbursement" in values else ""),
        "DV number": plain.get("disbursement", ""),
        "reference": plain.get("reference", ""),
        "with payable": "yes" if values.get("with_payable") else "",
        "acceptance date": plain.get("acceptance_date", ""),
        **{
            name.replace("_", " "): plain.get(name, "")
            for name in (
                "mode",
                "payee",
                "acceptance_number",
                "uacs_object_code",
                "remarks",
                "override_reason",
            )
        },
    }


def entries() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count(FundEntry.id)))


def test_there_are_many_bad_entries() -> None:
    assert len(BAD) >= 60


def test_every_door_refuses_the_same_entry(people, known, sign_in_as, call_as) -> None:
    screen, api = sign_in_as(people.mfbm_analyst), call_as(people.mfbm_analyst)
    before = entries()
    told = refused_everywhere(
        [by_id(said(kind, values), known) for kind, values, _ in BAD],
        verb=lambda values: post_entry(
            db.session.get_one(User, people.mfbm_analyst),
            db.session.get_one(BudgetLine, known.line_id),
            by_column(ENTRY_FIELDS, values),
        ),
        api=lambda values: api.post(
            f"/api/budget-lines/{known.line_id}/fund-entries/", json=as_json(values)
        ),
        form=lambda values: screen.post(
            f"/admin/budget-lines/{known.line_id}/post",
            data=as_form(values),
            headers={"Accept": "application/json"},
        ),
    )
    assert [[field for _, field in problems] for problems in told] == [at for *_, at in BAD]
    assert entries() == before


# What a file's cells say in words of their own, as they may be written in more ways; and the rows
# that a register knows by their numbers.
IN_OTHER_WORDS = frozenset({*AMOUNTS, *DAYS} - {"", " ", "0", "0.00"})
BY_NUMBER = ("obligation", "disbursement")
# What reading a file puts right: a day as offices write it, and what no cell can show.
READ = ("03/02/2025", "x\x01", "x\0", "a\x08b")


def test_a_register_refuses_what_the_verb_refuses(people, known) -> None:
    before = entries()
    for kind, values, at in BAD:
        if set(values.values()) & set(READ):
            continue
        row = as_row(said(kind, values), known)
        parsed = from_json(read_register(sheets_of([row]), {"answers": {}}))
        actor = db.session.get_one(User, people.mfbm_analyst)
        outcome = compare(REGISTER, actor, parsed, ImportDefaults())
        [refused] = outcome.refused
        assert outcome.rows == []
        given = by_column(ENTRY_FIELDS, by_id(said(kind, values), known))
        line = db.session.get_one(BudgetLine, known.line_id)
        told = refused_by(lambda line=line, given=given: post_entry(MFBM, line, given))
        if at[0] not in BY_NUMBER and not IN_OTHER_WORDS & set(values.values()):
            assert refused.reason == " ".join(message for message, _ in told), row
    assert entries() == before


REASONS = ("", "  ", "\u200b", "x\x01", "x\0", "Fuel\u202eleuF", "x\u2066", "x" * 256)


def test_every_door_refuses_the_same_reason_to_void(people, known, sign_in_as, call_as) -> None:
    screen, api = sign_in_as(people.mfbm_analyst), call_as(people.mfbm_analyst)
    entry_id, before = known.ids["DV-1"], entries()
    told = refused_everywhere(
        [{"reason": reason} for reason in REASONS],
        verb=lambda values: void_entry(
            db.session.get_one(User, people.mfbm_analyst),
            db.session.get_one(FundEntry, entry_id),
            **values,
        ),
        api=lambda values: api.post(f"/api/fund-entries/{entry_id}/void/", json=values),
        form=lambda values: screen.post(
            f"/admin/fund-entries/{entry_id}/void",
            data=values,
            headers={"Accept": "application/json"},
        ),
    )
    assert [[field for _, field in problems] for problems in told] == [["reason"]] * len(REASONS)
    assert entries() == before


@pytest.mark.parametrize("name", ["outsider", "moa_staff"])
def test_every_door_hides_the_line_of_another_office(
    people, known, sign_in_as, call_as, name: str
) -> None:
    db.session.get_one(BudgetLine, known.line_id).organization_id = None  # a fund without an office
    db.session.commit()
    user_id, before = getattr(people, name), entries()
    values = by_id(said("obligation", {}), known)
    line, user = db.session.get_one(BudgetLine, known.line_id), db.session.get_one(User, user_id)
    with pytest.raises(NotFound, match=r"^There is no such budget line\.$"):
        post_entry(user, line, by_column(ENTRY_FIELDS, values))
    db.session.rollback()
    ways = (
        call_as(user_id).post(f"/api/budget-lines/{known.line_id}/fund-entries/", json=values),
        sign_in_as(user_id).post(
            f"/admin/budget-lines/{known.line_id}/post",
            data=as_form(values),
            headers={"Accept": "application/json"},
        ),
    )
    for answer in ways:
        assert (answer.status_code, answer.json["detail"]) == (404, "There is no such budget line.")
    actor = db.session.get_one(User, user_id)
    row = as_row(said("obligation", {}), known)
    parsed = from_json(read_register(sheets_of([row]), {"answers": {}}))
    [refused] = compare(REGISTER, actor, parsed, ImportDefaults()).refused
    assert refused.reason == "There is no such budget line."
    assert entries() == before
