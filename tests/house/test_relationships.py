"""No relationship asks the database unseen (`obcms.kernel.db.relations`)."""

from obcms.kernel.extensions import Base

# Read with its row in the same query: every page's header names the ministry of who is signed in,
# and after a commit that user is read again, by no query of ours that could say so.
JOINED = {("User", "organization"): "joined"}


def test_a_relationship_that_was_not_loaded_raises() -> None:
    otherwise = {
        (mapper.class_.__name__, one.key): one.lazy
        for mapper in Base.registry.mappers
        for one in mapper.relationships
        if one.lazy != "raise_on_sql"
    }
    assert otherwise == JOINED
