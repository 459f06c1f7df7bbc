"""What a database constraint means to a person, for the writes that only the database stopped."""

from sqlalchemy.exc import DataError, DBAPIError, OperationalError

from obcms.kernel.errors import Conflict, Invalid

MESSAGES = {
    "ck_ppa_progress_range": "Progress is a percent from 0 to 100.",
    "ck_work_item_progress_range": "Progress is a percent from 0 to 100.",
    "ck_ppa_budget_ceiling_positive": "The budget ceiling cannot be negative.",
    "ck_ppa_budget_allocation_positive": "The budget allocation cannot be negative.",
    "ck_ppa_obc_share_positive": "The OBC share cannot be negative.",
    "ck_ppa_allocation_within_ceiling": "The budget allocation is above the budget ceiling.",
    "ck_ppa_obc_share_within_allocation": "The OBC share is above the budget allocation.",
    "ck_ppa_total_slots_positive": "The number of slots cannot be negative.",
    "ck_ppa_obc_slots_positive": "The number of OBC slots cannot be negative.",
    "ck_ppa_obc_slots_within_total": "There are more OBC slots than slots.",
    "ck_ppa_target_end_after_start": "The target end date is before the start date.",
    "ck_ppa_actual_end_after_start": "The actual end date is before the start date.",
    "ck_ppa_moa_ppa_has_moa": "A MOA PPA needs its implementing MOA.",
    "ck_work_item_allocated_budget_positive": "The allocated budget cannot be negative.",
    "ck_work_item_end_after_start": "The end date is before the start date.",
    "ck_expenditure_amount_positive": "The amount spent must be above zero.",
    "fk_work_item_parent_same_ppa": "A work item and its parent must belong to the same PPA.",
    "ix_ppa_code_key": "There is already a PPA with this code.",
    "uq_ppa_code": "There is already a PPA with this code.",
    "ppa.code": "There is already a PPA with this code.",
    "uq_user_account_username": "There is already a user with this name.",
    "user_account.username": "There is already a user with this name.",
    "uq_organization_acronym": "There is already an organization with this acronym.",
    "ix_organization_acronym_key": "There is already an organization with this acronym.",
    "ix_organization_name_key": "There is already an organization with this name.",
    "organization.name_key": "There is already an organization with this name.",
    "ix_structure_template_name_key": "There is already a template with this name.",
    "structure_template.name": "There is already a template with this name.",
    "organization.acronym": "There is already an organization with this acronym.",
    "ppa.execution_project_id": "This PPA already has an execution project.",
    "uq_ppa_execution_project_id": "This PPA already has an execution project.",
}

RACE = "Somebody else changed the same thing at the same moment. Please try again."


def explain(error: DBAPIError) -> Invalid | Conflict:
    """The refusal to show instead of the database's own words."""
    if is_overflow(error):
        return Invalid("The amounts add up to more than can be stored.")
    said = str(error.orig)
    for constraint, message in MESSAGES.items():
        if constraint in said:
            return Invalid(message)
    if _is_taken(error):  # every verb looks first, so somebody else came between
        return Conflict(RACE)
    if "FOREIGN KEY" in said.upper():
        return Invalid("Something else still refers to this, or what it refers to is gone.")
    return Invalid("The database refused this change because it contradicts another record.")


def _is_taken(error: DBAPIError) -> bool:
    """Whether another row has what may be there only once."""
    is_unique = getattr(error.orig, "pgcode", None) == "23505"
    return is_unique or "UNIQUE constraint failed" in str(error.orig)


def is_overflow(error: DBAPIError) -> bool:
    """Whether a sum does not fit its column; each amount by itself is checked before."""
    return isinstance(error, DataError) or "integer overflow" in str(error.orig)


def is_lost_race(error: OperationalError) -> bool:
    """Whether the database gave up on a lock: a deadlock, a serialization failure, a busy file."""
    return getattr(error.orig, "pgcode", None) in {"40001", "40P01", "55P03"} or (
        "database is locked" in str(error.orig)
    )
