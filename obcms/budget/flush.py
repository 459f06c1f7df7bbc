"""What distributions are called in the history, and how they go with their PPA."""

from collections.abc import Sequence

from sqlalchemy import select

from obcms.budget.models import DistributionBatch
from obcms.kernel.audit.wording import RECORD_NAMES
from obcms.kernel.extensions import db
from obcms.ppas.delete import REMOVERS
from obcms.ppas.models import PPA


def _remove_distributions(ppas: Sequence[PPA]) -> None:
    ids = [ppa.id for ppa in ppas]
    batches = select(DistributionBatch).where(DistributionBatch.ppa_id.in_(ids))
    for batch in db.session.scalars(batches).all():
        db.session.delete(batch)


REMOVERS.append(_remove_distributions)
RECORD_NAMES["distribution_batch"] = "distribution"
