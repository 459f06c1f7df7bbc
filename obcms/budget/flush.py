"""What goes with a PPA of the budget's records."""

from collections.abc import Sequence

from sqlalchemy import select

from obcms.budget.models import DistributionBatch
from obcms.kernel.extensions import db
from obcms.ppas.delete import REMOVERS
from obcms.ppas.models import PPA


def _remove_distributions(ppas: Sequence[PPA]) -> None:
    ids = [ppa.id for ppa in ppas]
    batches = select(DistributionBatch).where(DistributionBatch.ppa_id.in_(ids))
    for batch in db.session.scalars(batches).all():
        db.session.delete(batch)


REMOVERS.append(_remove_distributions)
