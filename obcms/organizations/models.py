"""A MOA: a ministry, office or agency of BARMM."""

from typing import ClassVar

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from obcms.kernel.audit.registry import Audited
from obcms.kernel.db.columns import Key, Title, Versioned
from obcms.kernel.db.kept_text import (
    KeepsText,
    KeptText,
    for_search,
    key_column,
    search_column,
)
from obcms.kernel.extensions import db
from obcms.kernel.rules import folding


class Organization(Versioned, Audited, KeepsText, db.Model):
    """A ministry, office or agency (MOA), which PPAs, users and budget lines belong to (SPEC 1).

    `acronym` is of A–Z and 0–9 and begins the codes of its PPAs. Its keys are what acronym and
    name are compared by, so that no two read alike.
    """

    __tablename__ = "organization"

    id: Mapped[Key]
    acronym: Mapped[str] = mapped_column(String(16), unique=True)
    name: Mapped[Title]
    acronym_key: Mapped[str] = key_column()
    name_key: Mapped[str] = key_column()
    search_text: Mapped[str] = search_column()
    kept_text: ClassVar[KeptText] = {
        "acronym_key": (folding.code_key, ("acronym",)),
        "name_key": (folding.name_key, ("name",)),
        "search_text": for_search("acronym", "name"),
    }

    __table_args__ = ({"sqlite_autoincrement": True},)

    def __str__(self) -> str:
        return f"{self.acronym} – {self.name}"
