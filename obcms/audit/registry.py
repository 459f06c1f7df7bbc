"""Which tables are audited, and what is never written into the trail."""

from sqlalchemy import Table

from obcms import models

AUDITED_TABLES: frozenset[Table] = frozenset(
    {
        *(
            model.__table__
            for model in (
                models.PPA,
                models.Amendment,
                models.ApprovalStep,
                models.Assessment,
                models.DistributionBatch,
                models.Expenditure,
                models.Milestone,
                models.Organization,
                models.PolicyRecommendation,
                models.Receipt,
                models.RecoveryCode,
                models.SecondFactor,
                models.SecondFactorDemand,
                models.StructureTemplate,
                models.User,
                models.WorkItem,
            )
        ),
        models.ppa_supporting_organization,
        models.work_item_assignee,
    }
)

ASSOCIATION_TABLES = frozenset({models.ppa_supporting_organization, models.work_item_assignee})

# Secrets and file contents, by column name, and what each sign-in moves. Computed columns follow
# from others.
EXCLUDED_COLUMNS = frozenset(
    {"password_hash", "code_hash", "stamp", "secret", "last_step", "content"}
    | {"tree_key", "root_ppa_id"}
)
