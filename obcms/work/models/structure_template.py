"""A structure that enabling tracking gives a PPA; an administrator can edit it (SPEC 3)."""

from typing import ClassVar

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from obcms.kernel.audit.registry import Audited
from obcms.kernel.db.columns import Key, Timestamped, Title
from obcms.kernel.db.kept_text import (
    KeepsText,
    KeptText,
    for_search,
    key_column,
    search_column,
)
from obcms.kernel.db.types import choice
from obcms.kernel.extensions import db
from obcms.kernel.rules import folding
from obcms.work.rules.choices import TemplateKind


class StructureTemplate(Timestamped, Audited, KeepsText, db.Model):
    """`outline` is the text that `rules.structure.parse_outline` reads; empty for milestones."""

    __tablename__ = "structure_template"

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(String(64), unique=True)
    title: Mapped[Title]
    description: Mapped[str] = mapped_column(Text, default="", server_default="")
    kind: Mapped[TemplateKind] = mapped_column(
        choice(TemplateKind, "kind"), default=TemplateKind.OUTLINE
    )
    outline: Mapped[str] = mapped_column(Text, default="", server_default="")
    name_key: Mapped[str] = key_column()
    search_text: Mapped[str] = search_column()
    kept_text: ClassVar[KeptText] = {
        "name_key": (folding.name_key, ("name",)),
        "search_text": for_search("name", "title"),
    }
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = ({"sqlite_autoincrement": True},)

    def __str__(self) -> str:
        return self.title
