"""Which work items may stand under which, and how deep a tree may be (SPEC 3)."""

from obcms.kernel.errors import Invalid
from obcms.work.rules.choices import WorkType

CHILD_TYPES: dict[WorkType, tuple[WorkType, ...]] = {
    WorkType.PROJECT: (WorkType.SUB_PROJECT, WorkType.ACTIVITY, WorkType.TASK),
    WorkType.SUB_PROJECT: (WorkType.SUB_PROJECT, WorkType.ACTIVITY, WorkType.TASK),
    WorkType.ACTIVITY: (WorkType.SUB_ACTIVITY, WorkType.TASK),
    WorkType.SUB_ACTIVITY: (WorkType.TASK,),
    WorkType.TASK: (WorkType.SUBTASK,),
    WorkType.SUBTASK: (WorkType.SUBTASK,),
}
MAX_DEPTH = 8  # the root counts as 1


def below_itself(title: str) -> Invalid:
    """For an item that would stand among those below it."""
    return Invalid(f"“{title}” cannot be moved below itself.", "parent")


def parent_types(child_type: WorkType) -> list[WorkType]:
    """The types under which an item of this type may stand."""
    return [kind for kind, below in CHILD_TYPES.items() if child_type in below]


def check_child(parent_type: WorkType, child_type: WorkType) -> None:
    """Raise Invalid unless an item of `child_type` may stand under `parent_type` (SPEC 3)."""
    allowed = CHILD_TYPES[parent_type]
    if child_type not in allowed:
        names = " or ".join(kind.label.lower() for kind in allowed)
        raise Invalid(
            f"{child_type.with_article} cannot stand under {parent_type.with_article.lower()}; "
            f"allowed there: {names}.",
            "work_type",
        )
