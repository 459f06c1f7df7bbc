"""A recommendation on policy."""

from sqlalchemy.orm import Mapped

from obcms.kernel.audit.registry import Audited
from obcms.kernel.db.columns import Key, Title
from obcms.kernel.extensions import db


class PolicyRecommendation(Audited, db.Model):
    """A policy recommended to the Bangsamoro government."""

    __tablename__ = "policy_recommendation"

    id: Mapped[Key]
    title: Mapped[Title]

    def __str__(self) -> str:
        return self.title
