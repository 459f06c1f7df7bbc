"""A person who signs in."""

from flask_login import UserMixin
from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship
from werkzeug.security import check_password_hash, generate_password_hash

from obcms.extensions import db
from obcms.models.columns import Key, Timestamped
from obcms.models.organization import Organization
from obcms.models.types import choice
from obcms.permissions import Role


class User(UserMixin, Timestamped, db.Model):
    __tablename__ = "user_account"

    id: Mapped[Key]
    username: Mapped[str] = mapped_column(String(64), unique=True)
    full_name: Mapped[str] = mapped_column(String(255), default="", server_default="")
    email: Mapped[str] = mapped_column(String(255), default="", server_default="")
    password_hash: Mapped[str] = mapped_column(String(255))
    role: Mapped[Role] = mapped_column(choice(Role, "role"))
    is_active: Mapped[bool] = mapped_column(default=True, server_default="1")
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"), index=True)

    organization: Mapped[Organization | None] = relationship(lazy="joined")

    def set_password(self, password: str) -> None:
        """Keeps only a salted scrypt hash of the password."""
        self.password_hash = generate_password_hash(password, method="scrypt")

    def has_password(self, password: str) -> bool:
        return check_password_hash(self.password_hash, password)

    def __str__(self) -> str:
        return self.full_name or self.username
