"""Sending mail by SMTP, with the EMAIL settings (SPEC 14)."""

import smtplib
import ssl
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import format_datetime
from hashlib import sha256

from flask import current_app

from obcms.kernel.config import Settings
from obcms.kernel.db.types import utc_now

PATIENCE_SECONDS = 20
PERMANENT = 500  # and above: an answer of SMTP that will be the same tomorrow
ENCODED = "quoted-printable"  # passes every server, whatever the letters and the lines' lengths


class ServerAway(Exception):
    """No mail at all can be sent now; the reason is in words."""


class Refused(Exception):
    """The server did not take just this mail; `for_good` where it will not take it later either."""

    def __init__(self, reason: str, for_good: bool) -> None:
        super().__init__(reason)
        self.for_good = for_good


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail to one address; one that is sent again has the same `message_id`."""

    to: str
    subject: str
    text: str
    html: str
    message_id: str


class Post:
    """The way to the mail server: connects for the first letter, and anew after it broke off."""

    def __init__(self) -> None:
        self._server: smtplib.SMTP | None = None

    def __enter__(self) -> "Post":
        return self

    def __exit__(self, *_: object) -> None:
        self._leave()

    def send(self, letter: Letter) -> None:
        """Hands the letter over. Raises ServerAway, and Refused where others may pass."""
        try:
            self._server = self._server or _connect()
        except (OSError, smtplib.SMTPException) as error:
            raise ServerAway(f"The mail server cannot be used: {_said(error)}") from error
        try:
            self._server.send_message(_message(letter))
        except smtplib.SMTPSenderRefused as error:
            self._leave()
            raise ServerAway(
                f"The mail server does not take mail from {error.sender}: {_said(error)}"
            ) from error
        except smtplib.SMTPRecipientsRefused as error:
            code, reason = next(iter(error.recipients.values()))
            raise self._refused(code, reason) from error
        except smtplib.SMTPResponseException as error:
            raise self._refused(error.smtp_code, error.smtp_error) from error
        except (ValueError, MessageError, smtplib.SMTPNotSupportedError) as error:
            self._leave()
            raise Refused(f"No mail can be written to this address: {error}", True) from error
        except (OSError, smtplib.SMTPException) as error:
            self._leave()
            raise Refused(f"The mail server broke off: {_said(error)}", False) from error

    def _refused(self, code: int, reason: bytes | str) -> Refused:
        if self._server is not None and self._server.sock is None:  # it said good-bye as well
            self._server = None
        return Refused(f"The mail server answered {code} {_text(reason)}", code >= PERMANENT)

    def _leave(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            with suppress(OSError, smtplib.SMTPException):
                server.quit()


def can_send() -> bool:
    """Whether a mail server is configured."""
    return bool(_settings().email_host)


def send(recipients: Collection[str], subject: str, text: str, about: str) -> None:
    """One message to each recipient, who does not see the others.

    `about` names what is sent. Sent again, as after a crash, it has the same Message-ID for the
    same recipient, so that mail programs take it for a copy.

    Raises OSError or SMTPException where the server cannot be reached or refuses, or shows a
    certificate that this machine does not trust for its name.
    """
    with _connect() as server:
        for recipient in recipients:
            message = _envelope(recipient, subject)
            message["Message-ID"] = _message_id(about, recipient)
            message.set_content(text)
            server.send_message(message)


def _message_id(about: str, recipient: str) -> str:
    domain = _settings().default_from_email.rpartition("@")[2].strip("<> ") or "localhost"
    return f"<{sha256(f'{about} {recipient}'.encode()).hexdigest()[:32]}@{domain}>"


def _connect() -> smtplib.SMTP:
    settings = _settings()
    server = smtplib.SMTP(settings.email_host, settings.email_port, timeout=PATIENCE_SECONDS)
    try:
        server.ehlo_or_helo_if_needed()
        if settings.email_use_tls:
            server.starttls(context=ssl.create_default_context())
        if settings.email_host_user:
            server.login(settings.email_host_user, settings.email_host_password)
    except BaseException:
        server.close()
        raise
    return server


def _message(letter: Letter) -> EmailMessage:
    message = _envelope(letter.to, letter.subject)
    message["Message-ID"] = letter.message_id
    message["Auto-Submitted"] = "auto-generated"  # so that no absence note answers (RFC 3834)
    message.set_content(letter.text, cte=ENCODED)
    message.add_alternative(letter.html, subtype="html", cte=ENCODED)
    return message


def _envelope(recipient: str, subject: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = _settings().default_from_email, recipient
    message["Subject"], message["Date"] = subject, format_datetime(utc_now())
    return message


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    return str(error) or type(error).__name__


def _text(reason: bytes | str) -> str:
    text = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else reason
    return " ".join(text.split())[:500]


def _settings() -> Settings:
    return current_app.config["OBCMS"]
