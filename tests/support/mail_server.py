"""A real SMTP server on this machine, which keeps what arrives and refuses what it is told to."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller

from tests.support.processes import free_port

BREAK_OFF = "break off"


class MailServer:
    """Answers by address, «250 OK» unless told otherwise; `on_data` may do anything first."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.arrived: list[tuple[str, EmailMessage]] = []
        self.answers: dict[str, str] = {}
        self.sender = "250 OK"
        self.on_data: Callable[[], None] = lambda: None

    async def handle_MAIL(self, _server, _session, envelope, address, _options) -> str:
        if self.sender.startswith("250"):
            envelope.mail_from = address
        return self.sender

    async def handle_RCPT(self, server, _session, envelope, address, _options) -> str:
        answer = self.answers.get(address, "250 OK")
        if answer is BREAK_OFF:
            server.transport.abort()
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _server, _session, envelope) -> str:
        message = message_from_bytes(envelope.content, policy=policy.default)
        self.arrived += [(address, message) for address in envelope.rcpt_tos]
        self.on_data()
        return "250 OK"

    @property
    def to(self) -> list[str]:
        """Whom mails have come for, in their order."""
        return [address for address, _ in self.arrived]

    @property
    def ids(self) -> list[str]:
        """Their Message-IDs."""
        return [str(message["Message-ID"]) for _, message in self.arrived]


@contextmanager
def mail_server(port: int | None = None) -> Iterator[MailServer]:
    """Listens until the block ends."""
    server = MailServer(port or free_port())
    controller = Controller(server, hostname="127.0.0.1", port=server.port)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()
