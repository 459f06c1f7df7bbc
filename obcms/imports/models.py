"""A workbook between its preview and its import, so that any web process can finish the import."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from obcms.kernel.db.columns import Key
from obcms.kernel.db.types import UTCDateTime, utc_now
from obcms.kernel.extensions import db


class ImportUpload(db.Model):
    """`preview` is a fingerprint of what the preview showed; the upload goes with the import."""

    __tablename__ = "import_upload"

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    filename: Mapped[str] = mapped_column(String(255))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    moa_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"))
    fiscal_year: Mapped[int | None]
    preview: Mapped[str] = mapped_column(String(64))
    # When the preview was made; what changes after it was not looked at.
    previewed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)
