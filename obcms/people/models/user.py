"""A person who signs in."""

import secrets
from datetime import datetime
from typing import ClassVar

from flask_login import UserMixin
from sqlalchemy import ForeignKey, String, exists
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship, validates
from werkzeug.security import check_password_hash, generate_password_hash

from obcms.kernel.audit.registry import Audited
from obcms.kernel.db.columns import Key, Timestamped
from obcms.kernel.db.kept_text import KeepsText, KeptText, for_search, search_column
from obcms.kernel.db.types import UTCDateTime, choice, utc_now
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Role
from obcms.organizations.models import Organization
from obcms.people.models.second_factor import SecondFactor, SecondFactorDemand
from obcms.people.rules import hashing
from obcms.people.rules.names import fold

# What every page shows of its user: read along with the user, without a query of its own. Slices
# above add their own.
OF_EVERY_PAGE = "of_every_page"


def _new_stamp() -> str:
    return secrets.token_hex(16)


class User(UserMixin, Timestamped, Audited, KeepsText, db.Model):
    """`stamp` is part of every session's key: with a new one, all sessions end for good."""

    __tablename__ = "user_account"

    id: Mapped[Key]
    username: Mapped[str] = mapped_column(String(64), unique=True)
    full_name: Mapped[str] = mapped_column(String(255), default="", server_default="")
    email: Mapped[str] = mapped_column(String(255), default="", server_default="")
    password_hash: Mapped[str] = mapped_column(String(255))
    password_changed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # Somebody else chose the password, so its owner is asked for another at the next sign-in.
    must_change_password: Mapped[bool] = mapped_column(default=False, server_default="0")
    role: Mapped[Role] = mapped_column(choice(Role, "role"))
    is_active: Mapped[bool] = mapped_column(default=True, server_default="1")
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"), index=True)
    stamp: Mapped[str] = mapped_column(String(32), default=_new_stamp)
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    search_text: Mapped[str] = search_column()
    kept_text: ClassVar[KeptText] = {
        "search_text": for_search("username", "full_name", "email"),
    }

    organization: Mapped[Organization | None] = relationship(lazy="joined")

    __mapper_args__ = {"version_id_col": version}

    def end_sessions(self) -> None:
        """Makes every session and token of this user worthless."""
        self.stamp = _new_stamp()

    @validates("username")
    def _fold(self, _name: str, value: str) -> str:
        return fold(value)

    @validates("password_hash", "is_active")
    def _end_sessions_with(self, name: str, value: object) -> object:
        if name == "password_hash":
            self.password_changed_at = utc_now()  # the trail must tell it, and not the hash
        if name == "password_hash" or not value:
            self.end_sessions()
        return value

    def get_id(self) -> str:
        """What a session knows the user by."""
        return f"{self.id}:{self.stamp}"

    def set_password(self, password: str) -> None:
        """Keeps only a salted scrypt hash of the password."""
        self.password_hash = generate_password_hash(password, method=hashing.password_method())

    def has_password(self, password: str) -> bool:
        """Whether this is the password."""
        return check_password_hash(self.password_hash, password)

    def __str__(self) -> str:
        return self.full_name or self.username


# Asked for by name where they are needed, so that other queries stay as they are.
User.has_second_factor = column_property(
    exists().where(SecondFactor.user_id == User.id).correlate_except(SecondFactor), deferred=True
)
User.needs_second_factor = column_property(
    exists().where(SecondFactorDemand.role == User.role).correlate_except(SecondFactorDemand),
    deferred=True,
)
