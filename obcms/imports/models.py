"""A ministry's file from its upload to its import, so that any process can go on with it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from obcms.kernel.audit.registry import Audited
from obcms.kernel.db.columns import Key
from obcms.kernel.db.relations import relationship
from obcms.kernel.db.types import UTCDateTime, choice, utc_now
from obcms.kernel.extensions import db
from obcms.kernel.rules.choice import Choice
from obcms.people.models.user import User


class UploadState(Choice):
    WAITING = "waiting"
    READING = "reading"
    READ = "read"
    REFUSED = "refused"


class ImportUpload(db.Model):
    """`party` is the ministry, or the user of none, whose files are read one after the other.

    `import_name` says for which import it is (`declared.IMPORTS`), `options` what its form asked.
    `cells` are the file's own, packed, so that it is opened once however often it is read anew.
    `parsed` is what was read (`reading.as_json`), `problem` why it could not be; `answers` say how
    it is to be read, `remembered_at` when the ministry confirmed them for such a list before.
    """

    __tablename__ = "import_upload"

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    party: Mapped[str] = mapped_column(String(32))
    import_name: Mapped[str] = mapped_column(String(32))
    options: Mapped[dict[str, str]] = mapped_column(JSON, default=dict, server_default="{}")
    filename: Mapped[str] = mapped_column(String(255))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    sha256: Mapped[str] = mapped_column(String(64))
    cells: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    moa_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"))
    fiscal_year: Mapped[int | None]
    state: Mapped[UploadState] = mapped_column(
        choice(UploadState, "state"), default=UploadState.WAITING
    )
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    began_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    problem: Mapped[str] = mapped_column(Text, default="", server_default="")
    parsed: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), deferred=True)
    answers: Mapped[dict[str, str]] = mapped_column(JSON, default=dict, server_default="{}")
    remembered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now, index=True)

    __table_args__ = (
        # However many processes read, a party has one of them.
        Index(
            "uq_import_upload_reading",
            "party",
            unique=True,
            sqlite_where=text("state = 'reading'"),
            postgresql_where=text("state = 'reading'"),
        ),
        {"sqlite_autoincrement": True},  # a number is never given twice
    )

    @property
    def is_settled(self) -> bool:
        """Whether its reading has ended."""
        return self.state in (UploadState.READ, UploadState.REFUSED)


class ImportBatch(Audited, db.Model):
    """One import that was applied, kept so that it can be explained and undone.

    `party` is as in an upload, "operator" for a command. `last_entry` is the trail's position when
    it was written: what touched its records later stands behind it.
    """

    __tablename__ = "import_batch"

    id: Mapped[Key]
    import_name: Mapped[str] = mapped_column(String(32))
    party: Mapped[str] = mapped_column(String(32), index=True)
    filename: Mapped[str] = mapped_column(String(255))
    sha256: Mapped[str] = mapped_column(String(64))
    new: Mapped[int]
    changed: Mapped[int]
    unchanged: Mapped[int]
    refused: Mapped[int]
    last_entry: Mapped[int]
    applied_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    applied_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    undone_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    undo_reason: Mapped[str] = mapped_column(Text, default="", server_default="")

    applied_by: Mapped[User | None] = relationship(foreign_keys=applied_by_id)
    undone_by: Mapped[User | None] = relationship(foreign_keys=undone_by_id)

    __table_args__ = ({"sqlite_autoincrement": True},)


class ImportedRecord(db.Model):
    """A record that a batch wrote: its columns before (None where it was new) and after.

    The trail says the same, but its older part is moved to files.
    """

    __tablename__ = "imported_record"

    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batch.id"), primary_key=True)
    record_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[dict[str, Any]] = mapped_column(JSON)


class ConfirmedReading(Audited, db.Model):
    """How a ministry said that lists with these headings are read (`answers`).

    Without one it was somebody of no ministry, and holds for all of those. `headings` is the
    digest of all of them, so that a list with others is asked about anew.
    """

    __tablename__ = "confirmed_reading"

    id: Mapped[Key]
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"))
    import_name: Mapped[str] = mapped_column(String(32))
    headings: Mapped[str] = mapped_column(String(64))
    answers: Mapped[dict[str, str]] = mapped_column(JSON)
    confirmed_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    confirmed_at: Mapped[datetime] = mapped_column(UTCDateTime)

    __table_args__ = (
        UniqueConstraint("organization_id", "import_name", "headings"),
        Index(
            "uq_confirmed_reading_of_none",
            "import_name",
            "headings",
            unique=True,
            sqlite_where=text("organization_id IS NULL"),
            postgresql_where=text("organization_id IS NULL"),
        ),
        {"sqlite_autoincrement": True},
    )
