"""Who says whether a PPA is tracked by a work tree, and when there is nothing to say (SPEC 3)."""

from collections.abc import Callable

import pytest
from flask import Flask

from obcms.kernel.errors import Conflict, Invalid, ObcmsError
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM, Actor
from obcms.people.models import User
from obcms.ppas.models import PPA
from obcms.work.tracking import (
    Tracking,
    disable_tracking,
    enable_tracking,
    track_from_submission,
)
from tests.support.factories import make_ppa, track
from tests.support.refusals import NOT_ALLOWED

VERBS: list[Callable[[Actor, PPA], object]] = [
    lambda actor, ppa: enable_tracking(actor, ppa),
    lambda actor, ppa: track_from_submission(actor, ppa, True),
    lambda actor, ppa: disable_tracking(actor, ppa, "Ended"),
]


@pytest.mark.parametrize("verb", VERBS, ids=["enable", "from submission", "disable"])
@pytest.mark.parametrize(("who", "refusal", "said"), NOT_ALLOWED)
def test_who_may_not_track_changes_nothing(
    people, verb, who: str, refusal: type[ObcmsError], said: str
) -> None:
    ppa = make_ppa()
    if verb is VERBS[-1]:
        track(ppa)
    db.session.commit()
    before = ppa.enable_workitem_tracking
    with pytest.raises(refusal, match=said):
        verb(db.session.get_one(User, getattr(people, who)), ppa)
    db.session.rollback()
    assert ppa.enable_workitem_tracking is before


@pytest.mark.parametrize("verb", VERBS[:2], ids=["enable", "from submission"])
def test_what_is_tracked_is_not_tracked_again(app: Flask, verb) -> None:
    ppa = make_ppa()
    track(ppa)
    with pytest.raises(Conflict, match=f"^Tracking of {ppa.code} is enabled already"):
        verb(SYSTEM, ppa)


def test_what_is_not_tracked_cannot_be_given_up(app: Flask) -> None:
    ppa = make_ppa()
    with pytest.raises(Conflict, match=f"^Tracking of {ppa.code} is not enabled"):
        disable_tracking(SYSTEM, ppa, "Ended")
    assert ppa.tracking_note in (None, "")


@pytest.mark.parametrize("status", ["completed", "cancelled", "on_hold"])
def test_only_what_is_planned_or_going_on_is_tracked(app: Flask, status: str) -> None:
    ppa = make_ppa(status=status)
    with pytest.raises(Invalid, match="Only a PPA in planning or ongoing can be tracked"):
        enable_tracking(SYSTEM, ppa)
    assert ppa.execution_project_id is None


def test_a_policy_is_one_of_those_offered(app: Flask) -> None:
    ppa = make_ppa()
    with pytest.raises(Invalid, match="“by luck” is not a distribution policy") as refusal:
        enable_tracking(SYSTEM, ppa, Tracking(policy="by luck"))
    assert [one.pointer for one in refusal.value.problems] == ["budget_distribution_policy"]
    assert ppa.execution_project_id is None
