"""Sending mail by SMTP, with the EMAIL settings (SPEC 14)."""

import smtplib
import ssl
from collections.abc import Collection
from email.message import EmailMessage
from hashlib import sha256

from flask import current_app

from obcms.kernel.config import Settings

PATIENCE_SECONDS = 20


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
    settings = _settings()
    with smtplib.SMTP(settings.email_host, settings.email_port, timeout=PATIENCE_SECONDS) as server:
        if settings.email_use_tls:
            server.starttls(context=ssl.create_default_context())
        if settings.email_host_user:
            server.login(settings.email_host_user, settings.email_host_password)
        for recipient in recipients:
            message = EmailMessage()
            message["From"], message["To"] = settings.default_from_email, recipient
            message["Subject"] = subject
            message["Message-ID"] = _message_id(about, recipient, settings.default_from_email)
            message.set_content(text)
            server.send_message(message)


def _message_id(about: str, recipient: str, sender: str) -> str:
    domain = sender.rpartition("@")[2].strip("<> ") or "localhost"
    return f"<{sha256(f'{about} {recipient}'.encode()).hexdigest()[:32]}@{domain}>"


def _settings() -> Settings:
    return current_app.config["OBCMS"]
