"""Choice lists of this slice. Values are stored; labels are shown."""

from obcms.kernel.rules.choice import Choice


class WorkType(Choice):
    PROJECT = "project"
    SUB_PROJECT = "sub_project", "Sub-project"
    ACTIVITY = "activity"
    SUB_ACTIVITY = "sub_activity", "Sub-activity"
    TASK = "task"
    SUBTASK = "subtask"


class WorkStatus(Choice):
    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    AT_RISK = "at_risk"
    BLOCKED = "blocked"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class DistributionMethod(Choice):
    EQUAL = "equal"
    WEIGHTED = "weighted"
    MANUAL = "manual"
    PROPORTIONAL = "proportional"
    TEMPLATE = "template"


class TemplateKind(Choice):
    """Where a structure template takes its items from (SPEC 3)."""

    OUTLINE = "outline"
    MILESTONES = "milestones"
