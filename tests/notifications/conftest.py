"""An app with a mail server, at a certain time of a working day."""

from collections.abc import Iterator
from datetime import datetime

import pytest
import time_machine
from flask import Flask

from obcms.kernel.formats import MANILA
from tests.support.mail_server import MailServer, mail_server

NOW = datetime(2031, 1, 7, 10, 0, tzinfo=MANILA)  # a Tuesday


@pytest.fixture
def clock() -> Iterator[object]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def server(app: Flask) -> Iterator[MailServer]:
    """The app's mail server."""
    with mail_server() as server:
        settings = app.config["OBCMS"]
        settings.email_host, settings.email_port = "127.0.0.1", server.port
        yield server
