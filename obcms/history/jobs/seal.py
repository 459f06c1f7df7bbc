"""Sealing the audit trail every few minutes, and checking the whole chain every night."""

from collections.abc import Mapping
from typing import Any

from obcms.history.jobs.noting import note_head
from obcms.history.reads.trail import check_trail
from obcms.kernel.audit.noted import Occasion
from obcms.kernel.audit.seal import seal
from obcms.kernel.extensions import db


class TrailBroken(RuntimeError):
    """Somebody changed the audit trail behind the application's back."""


def seal_audit() -> dict[str, Any]:
    """Seals what is final, and reports the chain's head, which later checks compare with.

    Each batch is a transaction of its own, and writers get their turn in between. The first one
    gives up the claim on the run; should another worker take it up, the two seal in turns.
    """
    sealed = 0
    while (done := seal(db.session())).sealed:
        db.session.commit()
        sealed += done.sealed
    note_head(Occasion.SEALED, done.head)
    return {
        "sealed": sealed,
        "position": done.head.position,
        "head": done.head.hash,
        "waiting": done.waiting,
    }


def sealed_nothing(summary: Mapping[str, Any]) -> bool:
    """Whether a run of `seal_audit` left the chain as it was."""
    return summary["sealed"] == 0


def verify_audit() -> dict[str, Any]:
    """Recomputes the chain, reads the archives, and compares the rows with the trail.

    Raises TrailBroken with what is wrong.
    """
    verdict = check_trail(archives=True, rows=True)
    if not verdict.holds:
        raise TrailBroken(verdict.in_words())
    return {"checked": verdict.checked, "position": verdict.position, "head": verdict.head}
