"""The outbox, which is the inbox of its users, too; and how each user wants to hear of what."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, func, select, text
from sqlalchemy.orm import Mapped, column_property, mapped_column

from obcms.kernel.audit.registry import Audited
from obcms.kernel.db.columns import Key
from obcms.kernel.db.relations import relationship
from obcms.kernel.db.types import UTCDateTime, choice, utc_now
from obcms.kernel.extensions import db
from obcms.notifications.rules.choices import DeliveryWay, MailState
from obcms.notifications.rules.events import title_of
from obcms.notifications.rules.news import LONGEST_KEY, LONGEST_LINK, LONGEST_SUBJECT
from obcms.people.models import OF_EVERY_PAGE, User


class Notification(db.Model):
    """One piece of news for one recipient: a user, or a mail address without an account.

    Not audited, like the runs of jobs: it tells of what happened elsewhere, where the trail has
    it, and a mail would fill the trail with each step of its way. The key is `event`, `about`,
    `recipient` and `threshold`, so that nobody is told the same twice (SPEC 10). Those that go out
    in one mail share its `message_id`. `next_try_at` is also how long a process that sends it has
    it for itself.
    """

    __tablename__ = "notification"

    id: Mapped[Key]
    event: Mapped[str] = mapped_column(String(LONGEST_KEY))
    about: Mapped[str] = mapped_column(String(LONGEST_KEY))
    threshold: Mapped[str] = mapped_column(String(LONGEST_KEY))
    recipient: Mapped[str] = mapped_column(String(300))  # `user 7`, or `mail maria@example.ph`
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    address: Mapped[str] = mapped_column(String(255), default="", server_default="")
    subject: Mapped[str] = mapped_column(String(LONGEST_SUBJECT))
    what: Mapped[str] = mapped_column(Text)
    to_do: Mapped[str] = mapped_column(Text)
    due: Mapped[date | None]
    link: Mapped[str] = mapped_column(String(LONGEST_LINK))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now, index=True)
    read_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    state: Mapped[MailState] = mapped_column(choice(MailState, "state"), default=MailState.WAITING)
    message_id: Mapped[str] = mapped_column(String(320), index=True)
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    refusals: Mapped[int] = mapped_column(default=0, server_default="0")  # of just this mail
    next_try_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    problem: Mapped[str] = mapped_column(Text, default="", server_default="")

    user: Mapped[User | None] = relationship()

    __table_args__ = (
        UniqueConstraint("event", "about", "recipient", "threshold"),
        Index("ix_notification_user_id_id", "user_id", "id"),
        Index(
            "ix_notification_unread",
            "user_id",
            postgresql_where=text("read_at IS NULL"),
            sqlite_where=text("read_at IS NULL"),
        ),
        Index(
            "ix_notification_waiting",
            "next_try_at",
            postgresql_where=text("state = 'waiting'"),
            sqlite_where=text("state = 'waiting'"),
        ),
        {"sqlite_autoincrement": True},  # a number is never given twice
    )

    @property
    def kind(self) -> str:
        """The event's title."""
        return title_of(self.event)

    @property
    def to(self) -> str:
        """Whom it is for, in words."""
        return str(self.user) if self.user else self.address


# Every page shows it to its user.
User.unread_count = column_property(
    select(func.count(Notification.id))
    .where(Notification.user_id == User.id, Notification.read_at.is_(None))
    .correlate_except(Notification)
    .scalar_subquery(),
    deferred=True,
    group=OF_EVERY_PAGE,
)


class NotificationPreference(Audited, db.Model):
    """How a user wants to hear of a kind of event, where it is not by mail at once."""

    __tablename__ = "notification_preference"

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    event: Mapped[str] = mapped_column(String(LONGEST_KEY))
    way: Mapped[DeliveryWay] = mapped_column(choice(DeliveryWay, "way"))

    __table_args__ = (UniqueConstraint("user_id", "event"), {"sqlite_autoincrement": True})
