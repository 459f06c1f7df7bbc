"""A column whose text nobody reads who has the database alone."""

from sqlalchemy import String
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from obcms.kernel.encryption import decrypt, encrypt


class Encrypted(TypeDecorator[str]):
    """Plain text in Python, a Fernet token in the database."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        return None if value is None else encrypt(value)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> str | None:
        return None if value is None else decrypt(value)
