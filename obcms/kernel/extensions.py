"""Extensions, made here without an app and bound to one in `create_app`."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ClassVar

from flask import Flask, g, request
from flask_jwt_extended import JWTManager
from flask_limiter import Limiter
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from flask_wtf import CSRFProtect
from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

from obcms.kernel.rules.addresses import neighbourhood

# Names for every constraint, so that migrations can drop them on any database.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

_in_unit_of_work: ContextVar[bool] = ContextVar("in_unit_of_work", default=False)


@contextmanager
def unit_of_work() -> Iterator[None]:
    """Marks statements whose changes the audit trail captures; others on audited tables fail."""
    token = _in_unit_of_work.set(True)
    try:
        yield
    finally:
        _in_unit_of_work.reset(token)


def in_unit_of_work() -> bool:
    """Whether the running statement belongs to a flush or to a captured bulk write."""
    return _in_unit_of_work.get()


class TrackedSession(Session):
    """The session. What its flushes write is captured by the audit trail's hooks."""

    def flush(self, objects: Iterable[Any] | None = None) -> None:
        with unit_of_work():
            super().flush(objects)


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    # A number is never given twice, as it never is on PostgreSQL: pages, links and the trail name
    # rows by number, also those that are gone. A model with arguments of its own repeats it.
    __table_args__: ClassVar[Any] = {"sqlite_autoincrement": True}


db = SQLAlchemy(model_class=Base, session_options={"class_": TrackedSession})
migrate = Migrate(render_as_batch=True, compare_type=True)
login = LoginManager()
csrf = CSRFProtect()
jwt = JWTManager()


def _whose_requests() -> str:
    """Whose requests are counted together: a token's user, else an address."""
    return g.get("rate_limit_key") or neighbourhood(request.remote_addr) or "unknown"


# Counted in Redis for all processes; in each process's memory while Redis is away.
limiter = Limiter(_whose_requests, in_memory_fallback_enabled=True)


def init_app(app: Flask) -> None:
    """Binds sign-in and CSRF protection to the app; the database binds itself."""
    login.init_app(app)
    csrf.init_app(app)
