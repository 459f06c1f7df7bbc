"""The records a work item may point at, besides its PPA."""

from sqlalchemy.orm import Mapped

from obcms.extensions import db
from obcms.models.columns import Key, Title


class Assessment(db.Model):
    """A MANA assessment: mapping and needs assessment of a community."""

    __tablename__ = "assessment"

    id: Mapped[Key]
    title: Mapped[Title]

    def __str__(self) -> str:
        return self.title


class PolicyRecommendation(db.Model):
    """A policy recommended to the Bangsamoro government."""

    __tablename__ = "policy_recommendation"

    id: Mapped[Key]
    title: Mapped[Title]

    def __str__(self) -> str:
        return self.title
