"""A lock that a savepoint took goes with the savepoint, and is taken again afterwards."""

from obcms.kernel.extensions import db
from obcms.ppas.locks import lock_trees
from tests.support.factories import make_ppa
from tests.support.growth import Counting


def test_a_lock_goes_with_the_savepoint_that_took_it(
    postgresql_app: str, count_queries: Counting
) -> None:
    ppa_id = make_ppa().id
    db.session.commit()
    savepoint = db.session.begin_nested()
    lock_trees(db.session(), [ppa_id])
    savepoint.rollback()
    with count_queries() as sent:
        lock_trees(db.session(), [ppa_id])
        lock_trees(db.session(), [ppa_id])
    assert len([one for one in sent if "FOR NO KEY UPDATE" in one]) == 1
