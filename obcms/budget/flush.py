"""What goes with a PPA of the budget's records."""

from sqlalchemy import select

from obcms.budget.models import DistributionBatch
from obcms.kernel.extensions import db
from obcms.ppas.delete import REMOVERS
from obcms.ppas.models import PPA


def _remove_distributions(ppa: PPA) -> None:
    batches = select(DistributionBatch).where(DistributionBatch.ppa_id == ppa.id)
    for batch in db.session.scalars(batches).all():
        db.session.delete(batch)


REMOVERS.append(_remove_distributions)
