"""The way of a PPA from draft to enacted (SPEC 7): the one table of steps, and maker ≠ checker."""

from collections.abc import Sequence
from dataclasses import dataclass

from obcms.kernel.rules.choice import Choice
from obcms.ppas.rules.choices import ApprovalStatus


class Action(Choice):
    """What a person does to move a PPA one step."""

    SUBMIT = "submit"
    ENDORSE = "endorse"
    CERTIFY = "certify"
    APPROVE = "approve"
    ENACT = "enact"
    RETURN = "return"
    REJECT = "reject"
    REOPEN = "reopen"


# What the history says was done.
DONE = {
    Action.SUBMIT: "submitted the PPA",
    Action.ENDORSE: "endorsed it",
    Action.CERTIFY: "certified the budget",
    Action.APPROVE: "approved it",
    Action.ENACT: "enacted it",
    Action.RETURN: "returned it to draft",
    Action.REJECT: "rejected it",
    Action.REOPEN: "reopened it",
}

# The stages of the way forward, in order. A rejected PPA stands beside it.
STAGES = (
    ApprovalStatus.DRAFT,
    ApprovalStatus.TECHNICAL_REVIEW,
    ApprovalStatus.BUDGET_REVIEW,
    ApprovalStatus.STAKEHOLDER_CONSULTATION,
    ApprovalStatus.EXECUTIVE_APPROVAL,
    ApprovalStatus.APPROVED,
    ApprovalStatus.ENACTED,
)
REVIEW_STAGES = STAGES[1:5]

_FORWARD = (
    Action.SUBMIT,
    Action.ENDORSE,
    Action.CERTIFY,
    Action.ENDORSE,
    Action.APPROVE,
    Action.ENACT,
)

STEPS: dict[tuple[ApprovalStatus, Action], ApprovalStatus] = {
    **{
        (source, action): target
        for source, action, target in zip(STAGES[:-1], _FORWARD, STAGES[1:], strict=True)
    },
    **{(stage, Action.RETURN): ApprovalStatus.DRAFT for stage in REVIEW_STAGES},
    **{(stage, Action.REJECT): ApprovalStatus.REJECTED for stage in REVIEW_STAGES},
    (ApprovalStatus.REJECTED, Action.REOPEN): ApprovalStatus.DRAFT,
}

NEEDS_COMMENT = frozenset({Action.RETURN, Action.REJECT})
# What the maker of a PPA does; everything else is a checker's step.
MAKERS_ACTIONS = frozenset({Action.SUBMIT, Action.REOPEN})


@dataclass(frozen=True, slots=True)
class TakenStep:
    """A step as the rules need it; `by` is the user's id, or None for the system."""

    action: Action
    by: int | None


def actions_from(status: ApprovalStatus) -> list[Action]:
    """What may be done with a PPA at this status, the way forward first."""
    return [action for source, action in STEPS if source is status]


def action_between(source: ApprovalStatus, target: ApprovalStatus) -> Action | None:
    """The action that leads from one status to the other; None where none does."""
    for (start, action), end in STEPS.items():
        if (start, end) == (source, target):
            return action
    return None


def refuse_same_hands(
    action: Action, by: int | None, taken: Sequence[TakenStep], wrote: bool = False
) -> str | None:
    """Why this user may not take this step, given the steps taken so far, oldest first.

    Who submitted a PPA, or `wrote` any of what is approved, takes no checker's step on it, and
    nobody takes two steps in a row.
    """
    if by is None:
        return None
    if action not in MAKERS_ACTIONS:
        if any(step.action is Action.SUBMIT and step.by == by for step in taken):
            return "You submitted this PPA, so somebody else has to check it."
        if wrote:
            return "You wrote some of what is approved here, so somebody else has to check it."
    if taken and taken[-1].by == by:
        return "You took the last step on this PPA, so somebody else takes the next one."
    return None
