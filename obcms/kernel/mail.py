"""Sending mail by SMTP, with the EMAIL settings (SPEC 14)."""

import smtplib
import ssl
from collections.abc import Collection
from email.message import EmailMessage

from flask import current_app

from obcms.kernel.config import Settings

PATIENCE_SECONDS = 20


def can_send() -> bool:
    """Whether a mail server is configured."""
    return bool(_settings().email_host)


def send(recipients: Collection[str], subject: str, text: str) -> None:
    """One message to each recipient, who does not see the others.

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
            message.set_content(text)
            server.send_message(message)


def _settings() -> Settings:
    return current_app.config["OBCMS"]
