"""What a drill draws at random."""

import random
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from obcms.kernel.errors import ObcmsError
from obcms.kernel.extensions import db

Dice = random.Random


def some(dice: Dice, model: type[db.Model], *where: Any) -> Any:
    """Any of the rows; raises NothingThere without one."""
    found = select(model).where(*where).order_by(model.__table__.primary_key.columns[0])
    count = db.session.scalar(select(func.count()).select_from(found.subquery()))
    if not count:
        raise NothingThere
    return db.session.scalars(found.offset(dice.randrange(count)).limit(1)).first()


class NothingThere(ObcmsError):
    """Nothing to do it with yet."""


def pesos(dice: Dice, most: int) -> Decimal:
    return Decimal(dice.randrange(1, most * 100)) / 100
