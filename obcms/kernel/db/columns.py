"""Column shapes that several records share."""

from datetime import datetime
from typing import Annotated

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from obcms.kernel.db.types import UTCDateTime, utc_now

Key = Annotated[int, mapped_column(primary_key=True)]
Title = Annotated[str, mapped_column(String(255))]
Prose = Annotated[str, mapped_column(Text, default="", server_default="")]


class Timestamped:
    """When the row came to be and last changed, in UTC; the session hook sets the latter."""

    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)
