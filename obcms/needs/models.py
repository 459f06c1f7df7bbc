"""An assessment of what a community needs."""

from sqlalchemy.orm import Mapped

from obcms.kernel.audit.registry import Audited
from obcms.kernel.db.columns import Key, Title
from obcms.kernel.extensions import db


class Assessment(Audited, db.Model):
    """A MANA assessment: mapping and needs assessment of a community."""

    __tablename__ = "assessment"

    id: Mapped[Key]
    title: Mapped[Title]

    def __str__(self) -> str:
        return self.title
