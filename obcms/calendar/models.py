"""What is proclaimed, over what the packages compute; each with its proclamation."""

from datetime import date

from sqlalchemy import CheckConstraint, String, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column

from obcms.calendar.rules.hijri import FIRST_YEAR, LAST_YEAR, HijriMonth
from obcms.calendar.rules.kinds import DayKind
from obcms.kernel.audit.registry import Audited
from obcms.kernel.db.columns import Key, Title, Versioned
from obcms.kernel.db.types import choice
from obcms.kernel.extensions import db

LONGEST_PROCLAMATION = 120


class ProclaimedDay(Versioned, Audited, db.Model):
    """A day proclaimed as a holiday of a kind, or moved there. Withdrawn where not in force."""

    __tablename__ = "proclaimed_day"

    id: Mapped[Key]
    day: Mapped[date] = mapped_column(index=True)
    name: Mapped[Title]
    kind: Mapped[DayKind] = mapped_column(choice(DayKind, "kind"))
    proclamation: Mapped[str] = mapped_column(String(LONGEST_PROCLAMATION))
    in_force: Mapped[bool] = mapped_column(default=True, server_default=true())

    __table_args__ = (UniqueConstraint("day", "name"), {"sqlite_autoincrement": True})

    def __str__(self) -> str:
        return f"{self.name}, {self.day}"


class ProclaimedMonth(Versioned, Audited, db.Model):
    """The first day of a Hijri month, as it was proclaimed. Withdrawn where not in force."""

    __tablename__ = "proclaimed_month"

    id: Mapped[Key]
    hijri_year: Mapped[int]
    hijri_month: Mapped[int]
    first_day: Mapped[date]
    proclamation: Mapped[str] = mapped_column(String(LONGEST_PROCLAMATION))
    in_force: Mapped[bool] = mapped_column(default=True, server_default=true())

    __table_args__ = (
        UniqueConstraint("hijri_year", "hijri_month"),
        CheckConstraint("hijri_month BETWEEN 1 AND 12", name="month_range"),
        CheckConstraint(
            f"hijri_year BETWEEN {FIRST_YEAR} AND {LAST_YEAR}",
            name="year_range",
        ),
        {"sqlite_autoincrement": True},
    )

    @property
    def month(self) -> HijriMonth:
        """Which one it is."""
        return HijriMonth(self.hijri_year, self.hijri_month)

    def __str__(self) -> str:
        return str(self.month)
