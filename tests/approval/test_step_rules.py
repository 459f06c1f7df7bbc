"""The table of steps, value by value, and maker ≠ checker (SPEC 7)."""

import pytest

from obcms.approval.rules.steps import (
    STEPS,
    Action,
    TakenStep,
    action_between,
    actions_from,
    refuse_same_hands,
)
from obcms.ppas.rules.choices import ApprovalStatus as S

A = Action
TABLE = {
    (S.DRAFT, A.SUBMIT): S.TECHNICAL_REVIEW,
    (S.TECHNICAL_REVIEW, A.ENDORSE): S.BUDGET_REVIEW,
    (S.BUDGET_REVIEW, A.CERTIFY): S.STAKEHOLDER_CONSULTATION,
    (S.STAKEHOLDER_CONSULTATION, A.ENDORSE): S.EXECUTIVE_APPROVAL,
    (S.EXECUTIVE_APPROVAL, A.APPROVE): S.APPROVED,
    (S.APPROVED, A.ENACT): S.ENACTED,
    (S.TECHNICAL_REVIEW, A.RETURN): S.DRAFT,
    (S.BUDGET_REVIEW, A.RETURN): S.DRAFT,
    (S.STAKEHOLDER_CONSULTATION, A.RETURN): S.DRAFT,
    (S.EXECUTIVE_APPROVAL, A.RETURN): S.DRAFT,
    (S.TECHNICAL_REVIEW, A.REJECT): S.REJECTED,
    (S.BUDGET_REVIEW, A.REJECT): S.REJECTED,
    (S.STAKEHOLDER_CONSULTATION, A.REJECT): S.REJECTED,
    (S.EXECUTIVE_APPROVAL, A.REJECT): S.REJECTED,
    (S.REJECTED, A.REOPEN): S.DRAFT,
}


def test_the_table_is_that_of_the_spec() -> None:
    assert STEPS == TABLE


@pytest.mark.parametrize("source", list(S))
@pytest.mark.parametrize("target", list(S))
def test_an_action_is_known_by_its_ends(source: S, target: S) -> None:
    ends = (source, target)
    known = {(start, end): action for (start, action), end in TABLE.items()}
    assert action_between(*ends) == known.get(ends)


def test_the_way_forward_comes_first() -> None:
    assert actions_from(S.BUDGET_REVIEW) == [A.CERTIFY, A.RETURN, A.REJECT]
    assert actions_from(S.ENACTED) == []


def test_who_submitted_checks_nothing_later() -> None:
    taken = [TakenStep(A.SUBMIT, 1), TakenStep(A.ENDORSE, 2)]
    assert refuse_same_hands(A.CERTIFY, 1, taken) is not None
    assert refuse_same_hands(A.CERTIFY, 3, taken) is None
    returned = [*taken, TakenStep(A.RETURN, 3), TakenStep(A.SUBMIT, 4)]
    assert refuse_same_hands(A.ENDORSE, 1, returned) is not None


def test_a_maker_may_submit_again_after_a_return() -> None:
    taken = [TakenStep(A.SUBMIT, 1), TakenStep(A.RETURN, 2)]
    assert refuse_same_hands(A.SUBMIT, 1, taken) is None


def test_nobody_takes_two_steps_in_a_row() -> None:
    assert refuse_same_hands(A.CERTIFY, 2, [TakenStep(A.ENDORSE, 2)]) is not None
    assert refuse_same_hands(A.SUBMIT, 1, [TakenStep(A.REJECT, 2), TakenStep(A.REOPEN, 1)])
    assert refuse_same_hands(A.CERTIFY, None, [TakenStep(A.ENDORSE, None)]) is None
