"""A MOA: a ministry, office or agency of BARMM."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from obcms.kernel.audit.registry import Audited
from obcms.kernel.db.columns import Key, Title, Versioned
from obcms.kernel.extensions import db


class Organization(Versioned, Audited, db.Model):
    __tablename__ = "organization"

    id: Mapped[Key]
    acronym: Mapped[str] = mapped_column(String(16), unique=True)
    name: Mapped[Title]

    __table_args__ = ({"sqlite_autoincrement": True},)

    def __str__(self) -> str:
        return f"{self.acronym} – {self.name}"
