"""Column shapes that several records share."""

from datetime import datetime
from typing import Annotated, Any

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from obcms.kernel.db.types import UTCDateTime, utc_now

Key = Annotated[int, mapped_column(primary_key=True)]
Title = Annotated[str, mapped_column(String(255))]
Prose = Annotated[str, mapped_column(Text, default="", server_default="")]


class Timestamped:
    """When the row came to be and last changed, in UTC; the session hook sets the latter."""

    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)


class Versioned:
    """A version that rises with every change, so that nobody writes over what they did not see."""

    version: Mapped[int] = mapped_column(default=1, server_default="1")

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # SQLAlchemy asks the class
        return {"version_id_col": cls.version}
