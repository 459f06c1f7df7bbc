"""What people say of a document that moves money (SPEC 6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from obcms.kernel.errors import Invalid, Problem
from obcms.kernel.permissions import Actor
from obcms.kernel.rules.cleaning import MOST_PARTS, clean_values, told_together
from obcms.kernel.rules.fields import Day, Field, OneOf, Prose, Ref, Text
from obcms.ledger.access import find_line
from obcms.ledger.draft import Draft
from obcms.ledger.fields import ALLOTMENT_CLASS, AMOUNT, CLUSTER, KIND, REFERENCE
from obcms.ledger.models import BudgetLine
from obcms.ledger.own_line import own_line_of
from obcms.ledger.reads.today import today
from obcms.ledger.refusals import coded, refused
from obcms.ledger.rules.choices import FundCluster, MovementKind, Refusal
from obcms.ledger.rules.effects import TAKES_BACK, is_wrongly_signed

MOVEMENT_FIELDS: tuple[Field, ...] = (
    OneOf("kind", required="Say what kind of document it is.", choices=MovementKind),
    REFERENCE,
    Day("entry_date", label="Posting date"),
    Day("document_date"),
    Text("ground"),
    Prose("remarks"),
)
NO_GROUND = Problem("Say on what ground there are savings.", "ground")
PART_FIELDS: tuple[Field, ...] = (
    Ref("line", model=BudgetLine),
    Text("moa", longest=32, help="Instead of a line: the office whose own line of the fund it is."),
    KIND,
    ALLOTMENT_CLASS,
    CLUSTER,
    AMOUNT,
)


@dataclass(frozen=True)
class Moved:
    """A document, read; its drafts have their lines with act and office."""

    kind: MovementKind
    reference: str
    ground: str
    remarks: str
    drafts: Sequence[Draft]


def read_movement(actor: Actor, values: Mapping[str, Any]) -> Moved:
    """Raises Invalid, with pointers into `entries`, and NotFound for a line that is not there."""
    with coded(Refusal.INPUT):
        said, parts = told_together(lambda: _head(values), lambda: _parts(values.get("entries")))
    lines = _lines(actor, said["kind"], parts)
    drafts = []
    for part, line in zip(parts, lines, strict=True):
        drafts.append(
            Draft(
                line=line,
                appropriation_class=part["appropriation_class"],
                fund_cluster=part["fund_cluster"],
                kind=part["kind"],
                amount=part["amount"],
                posting_date=said["entry_date"],
                document_date=said["document_date"],
                more={"reference": said["reference"], "remarks": said["remarks"]},
            )
        )
    return Moved(said["kind"], said["reference"], said["ground"], said["remarks"], drafts)


def _head(values: Mapping[str, Any]) -> dict[str, Any]:
    said = {name: value for name, value in values.items() if name != "entries"}
    said = {"entry_date": today()} | {k: v for k, v in said.items() if v not in (None, "")}
    said.setdefault("document_date", said["entry_date"])
    said = clean_values(MOVEMENT_FIELDS, said, "A document", is_new=True)
    said = {"ground": "", "remarks": ""} | said
    if said["kind"] is MovementKind.AUGMENTATION and not said["ground"]:
        raise Invalid(NO_GROUND)
    return said


def _lines(
    actor: Actor, kind: MovementKind, parts: Sequence[Mapping[str, Any]]
) -> list[BudgetLine]:
    """Of each part; an office's own line of the fund that the document releases is made."""
    named = {part["line"]: find_line(actor, part["line"]) for part in parts if part["line"]}
    fund = next((line for line in named.values() if line.organization_id is None), None)
    if kind is not MovementKind.TRANSFER or fund is None:
        for place, part in enumerate(parts):
            if not part["line"]:
                message = "Only in the release of a fund an office stands for its own line of it."
                raise refused(Refusal.INPUT, message, f"entries/{place}/moa")
    return [
        named[part["line"]] if part["line"] else own_line_of(actor, fund, part["moa"])
        for part in parts
    ]


def _parts(given: object) -> list[dict[str, Any]]:
    if not isinstance(given, (list, tuple)) or not 2 <= len(given) <= MOST_PARTS:
        raise Invalid(f"A document has from 2 to {MOST_PARTS} entries.", "entries")
    found, problems = [], []
    for place, part in enumerate(given):
        usual = {"fund_cluster": FundCluster.REGULAR}
        said = {name: value for name, value in dict(part).items() if value not in (None, "")}
        try:
            cleaned = clean_values(PART_FIELDS, usual | said, "An entry", is_new=True)
            cleaned = {"line": None, "moa": ""} | cleaned
            if bool(cleaned["line"]) == bool(cleaned["moa"]):
                raise Invalid("Choose a budget line, or name the office.", "line")
            if is_wrongly_signed(cleaned["kind"], cleaned["amount"]):
                raise Invalid(TAKES_BACK)
            found.append(cleaned)
        except Invalid as error:
            problems += [
                Problem(one.message, f"entries/{place}/{one.pointer}") for one in error.problems
            ]
    if problems:
        raise Invalid(problems)
    return found
