"""Mail goes only to a server whose certificate is good; a password never to another."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from obcms.kernel import mail
from tests.support.apps import serving
from tests.support.processes import free_port


class Kept:
    """What the server was sent."""

    def __init__(self) -> None:
        self.letters: list[bytes] = []

    async def handle_DATA(self, _server, _session, envelope) -> str:  # aiosmtpd's name
        self.letters.append(envelope.content)
        return "250 OK"


@contextmanager
def server(certificate: trustme.LeafCert) -> Iterator[tuple[int, Kept]]:
    """An SMTP server with STARTTLS on this machine."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    kept = Kept()

    class Secured(Controller):
        def factory(self) -> SMTP:
            return SMTP(kept, tls_context=context, require_starttls=True)

    controller = Secured(kept, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield controller.port, kept
    finally:
        controller.stop()


@pytest.fixture
def authority(monkeypatch, tmp_path: Path) -> trustme.CA:
    """An authority that this machine trusts, as SSL_CERT_FILE says."""
    made = trustme.CA()
    path = tmp_path / "authority.pem"
    made.cert_pem.write_to_path(path)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    return made


def send(sqlite_uri: str, home: Path, port: int) -> None:
    settings = {"email_host": "127.0.0.1", "email_port": port, "email_use_tls": True}
    with serving(sqlite_uri, home, **settings):
        mail.send(["maria@example.invalid"], "Subject", "Text", "a test")


def test_a_trusted_server_gets_it(sqlite_uri, tmp_path, authority) -> None:
    with server(authority.issue_cert("127.0.0.1")) as (port, kept):
        send(sqlite_uri, tmp_path, port)
    assert len(kept.letters) == 1


@pytest.mark.parametrize("fault", ["unknown authority", "another name"])
def test_any_other_gets_nothing(sqlite_uri, tmp_path, authority, fault: str) -> None:
    issuer = trustme.CA() if fault == "unknown authority" else authority
    name = "127.0.0.1" if fault == "unknown authority" else "mail.example"
    with (
        server(issuer.issue_cert(name)) as (port, kept),
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        send(sqlite_uri, tmp_path, port)
    assert kept.letters == []
