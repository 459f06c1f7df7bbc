"""No relationship asks the database unseen (`obcms.kernel.db.relations`)."""

from obcms.kernel.extensions import Base

# Read lazily, or with every row, so far.
NOT_YET = {
    "PPA": {
        "implementing_moa",
        "supporting_organizations",
        "created_by",
        "updated_by",
        "milestones",
    },
    "WorkItem": {"ppa", "parent", "children", "assignees"},
    "User": {"organization"},
}


def test_a_relationship_that_was_not_loaded_raises() -> None:
    lazy = {
        (mapper.class_.__name__, one.key)
        for mapper in Base.registry.mappers
        for one in mapper.relationships
        if one.lazy != "raise_on_sql"
    }
    assert lazy == {(record, name) for record, names in NOT_YET.items() for name in names}
