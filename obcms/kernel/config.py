"""Settings, read once from the environment and `.env` (SPEC 14). A wrong value stops the start."""

import os
import re
import secrets
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Annotated

from limits import parse_many
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PROJECT_ROOT = Path(__file__).resolve().parents[2]
CommaSeparated = Annotated[list[str], NoDecode]
_ADDRESS = re.compile(r"https?://[^\s/?#@]+(/[^\s?#]*)?")
_MAIL_ADDRESS = re.compile(r"(?=.{3,255}$)[^\s@<>,;]+@[^\s@<>,;]+")


class BadSettings(SystemExit):
    """Ends the process with one line that names the setting and what is wrong with it."""


class Settings(BaseSettings):
    """The configuration. Names are those of SPEC 14, in upper case in the environment."""

    model_config = SettingsConfigDict(env_file=PROJECT_ROOT / ".env", extra="ignore")

    database_url: str = ""
    redis_url: str = "redis://127.0.0.1:6379/0"
    instance_path: Path = PROJECT_ROOT / "instance"
    secret_key: str = Field("", repr=False)
    # Earlier keys, whose sessions, tokens and secrets stay readable.
    secret_key_fallbacks: CommaSeparated = Field([], repr=False)
    debug: bool = False
    testing: bool = False
    port: int = Field(8000, ge=1, le=65535)
    allowed_hosts: CommaSeparated = []
    # Where people open OBCMS, for the links in mails.
    public_url: str = ""
    csrf_trusted_origins: CommaSeparated = []
    trusted_proxies: int = Field(0, ge=0, le=10)
    maintenance_mode: bool = False
    email_host: str = ""
    email_port: int = Field(25, ge=1, le=65535)
    email_use_tls: bool = False
    email_host_user: str = ""
    email_host_password: str = Field("", repr=False)
    default_from_email: str = "obcms@localhost"
    api_rate_limit: str = "600 per minute"
    api_token_rate_limit: str = "20 per minute"
    # At least two years (SPEC 9).
    audit_keep_days: int = Field(730, ge=730)
    # Two slices' own. They stand here since the environment is read once, and a wrong value of any
    # setting stops the start (SPEC 14).
    mfbm_analyst_emails: CommaSeparated = []
    workitem_cleanup_dry_run: bool = True

    @field_validator(
        "allowed_hosts",
        "csrf_trusted_origins",
        "mfbm_analyst_emails",
        "secret_key_fallbacks",
        mode="before",
    )
    @classmethod
    def _split_commas(cls, value: object) -> object:
        if isinstance(value, str):
            return [part.strip() for part in value.split(",") if part.strip()]
        return value

    @field_validator("instance_path")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        path = value.expanduser().resolve()
        if path.exists() and not path.is_dir():
            raise ValueError("must be a folder")
        return path

    @field_validator("database_url")
    @classmethod
    def _name_the_driver(cls, value: str) -> str:
        # Hosting providers hand out postgres://, which SQLAlchemy no longer reads.
        for scheme in ("postgres://", "postgresql://"):
            if value.startswith(scheme):
                return "postgresql+psycopg2://" + value.removeprefix(scheme)
        if value and not value.startswith(("postgresql+psycopg2://", "sqlite://")):
            raise ValueError("must begin with postgresql:// or sqlite://")
        return value

    @field_validator("public_url")
    @classmethod
    def _an_address(cls, value: str) -> str:
        if value and not _ADDRESS.fullmatch(value):
            raise ValueError("must be an address such as https://obcms.example.ph")
        return value.rstrip("/")

    @field_validator("mfbm_analyst_emails")
    @classmethod
    def _mail_addresses(cls, value: list[str]) -> list[str]:
        for one in value:
            if not _MAIL_ADDRESS.fullmatch(one):
                raise ValueError(f"{one!r} is no e-mail address")
        return value

    @field_validator("redis_url")
    @classmethod
    def _redis_scheme(cls, value: str) -> str:
        if not value.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("must begin with redis://, rediss:// or unix://")
        return value

    @field_validator("api_rate_limit", "api_token_rate_limit")
    @classmethod
    def _readable_limit(cls, value: str) -> str:
        parse_many(value)
        return value

    @property
    def database_uri(self) -> str:
        """The given database, or SQLite in the instance folder."""
        return self.database_url or f"sqlite:///{self.instance_path / 'obcms.sqlite3'}"

    @property
    def home(self) -> str:
        """Where people open OBCMS, without a slash at the end: as given, else the first of the
        allowed hosts, else this machine.
        """
        if self.public_url:
            return self.public_url
        if self.allowed_hosts:
            return f"https://{self.allowed_hosts[0].lstrip('.')}"
        return f"http://localhost:{self.port}"

    def flask(self) -> dict[str, object]:
        """The same settings under the names that Flask and its extensions read."""
        return {
            "SECRET_KEY": self.secret_key or self._kept_secret(),
            "SECRET_KEY_FALLBACKS": self.secret_key_fallbacks,
            "SQLALCHEMY_DATABASE_URI": self.database_uri,
            "DEBUG": self.debug,
            "TESTING": self.testing,
            "TRUSTED_HOSTS": self.allowed_hosts or None,
            "MAX_CONTENT_LENGTH": 16 * 1024 * 1024,
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "REMEMBER_COOKIE_HTTPONLY": True,
            "WTF_CSRF_TIME_LIMIT": None,
            "WTF_CSRF_TRUSTED_HOSTS": self.csrf_trusted_origins,
            "RATELIMIT_STORAGE_URI": self.redis_url.replace("unix://", "redis+unix://"),
            "RATELIMIT_STORAGE_OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
            "OBCMS": self,
        }

    def _kept_secret(self) -> str:
        """A secret made at the first start and kept, so that sessions outlive a restart."""
        path = self.instance_path / "secret_key"
        try:
            if not path.exists():
                self.instance_path.mkdir(parents=True, exist_ok=True)
                # Linked once it is whole: of two processes starting at once, both read the first's.
                with NamedTemporaryFile("w", dir=self.instance_path) as file:
                    file.write(secrets.token_hex(32))
                    file.flush()
                    with suppress(FileExistsError):
                        os.link(file.name, path)
            return path.read_text().strip()
        except OSError as error:
            raise BadSettings(
                f"obcms: the instance folder {self.instance_path} cannot be used: "
                f"{error.strerror}. Set INSTANCE_PATH to another one."
            ) from None


def load_settings(**overrides: object) -> Settings:
    """Settings from the environment; ends the process in one clear line when one is wrong."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        raise BadSettings(
            f"obcms: {name} is wrong: {first['msg']} (it is {first['input']!r})"
        ) from None
