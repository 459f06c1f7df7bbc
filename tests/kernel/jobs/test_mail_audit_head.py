"""The head of the seal chain reaches administrators and auditors by mail, once a day (SPEC 9)."""

import socket
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from obcms.history.jobs.mail_head import mail_audit_head
from obcms.history.reads.trail import check_trail, trail_folder
from obcms.kernel.audit.noted import Occasion, read_noted
from obcms.kernel.audit.seal import read_head
from obcms.kernel.extensions import db
from obcms.kernel.jobs.runner import JobFailed, run_slot
from obcms.kernel.permissions import Role
from obcms.people.models import User
from tests.kernel.audit.tampering import add_entries, seal_all, tamper
from tests.support.apps import serving


class Inbox:
    """Keeps what arrives."""

    def __init__(self) -> None:
        self.messages: list[tuple[list[str], Message]] = []

    async def handle_DATA(self, _server, _session, envelope) -> str:
        self.messages.append((envelope.rcpt_tos, message_from_bytes(envelope.content)))
        return "250 OK"


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def inbox(port: int) -> Iterator[Inbox]:
    handler = Inbox()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler
    controller.stop()


@pytest.fixture
def people(sqlite_uri: str, tmp_path: Path, port: int) -> Iterator[None]:
    with serving(sqlite_uri, tmp_path, email_host="127.0.0.1", email_port=port):
        for name, role, active in (
            ("amina", Role.ADMINISTRATOR, True),
            ("coa", Role.COA_AUDITOR, True),
            ("gone", Role.COA_AUDITOR, False),
            ("staff", Role.OOBC_STAFF, True),
        ):
            user = User(username=name, role=role, is_active=active, password_hash="-")
            user.email = f"{name}@example.invalid"
            db.session.add(user)
        db.session.commit()
        add_entries(3)
        seal_all()
        yield


def test_administrators_and_auditors_get_it(people: None, inbox: Inbox) -> None:
    run_slot("verify_audit", "20310101T1930Z")
    head = read_head(db.session())
    db.session.rollback()
    summary = run_slot("mail_audit_head", "20310101T2200Z")
    assert summary == {"position": head.position, "head": head.hash, "mailed": 2}
    to = [recipients for recipients, _ in inbox.messages]
    assert to == [["amina@example.invalid"], ["coa@example.invalid"]]
    text = inbox.messages[0][1].get_payload()
    assert f"Head hash: {head.hash}" in text
    assert "was checked on" in text
    noted = read_noted(trail_folder())[Occasion.MAILED]
    assert (noted.position, noted.hash) == (head.position, head.hash)
    assert run_slot("mail_audit_head", "20310101T2200Z") is None  # the slot runs once
    assert len(inbox.messages) == 2


def test_an_unreachable_server_fails_the_run(people: None) -> None:
    with pytest.raises(JobFailed, match="refused"):
        run_slot("mail_audit_head", "20310101T2200Z")
    assert Occasion.MAILED not in read_noted(trail_folder())


def test_a_chain_that_differs_from_what_was_mailed_is_found(people: None, inbox: Inbox) -> None:
    """Even where all that the database holds was changed to fit."""
    run_slot("mail_audit_head", "20310101T2200Z")
    tamper("UPDATE audit_entry SET actor_name = 'x'", "DELETE FROM audit_seal")
    seal_all()
    tamper("DELETE FROM job_run")
    run_slot("mail_audit_head", "20310102T2200Z")
    assert "another hash than when it was mailed" in check_trail().problem


def test_without_a_server_it_says_so(sqlite_uri: str, tmp_path: Path) -> None:
    with serving(sqlite_uri, tmp_path):
        assert mail_audit_head()["reason"] == "EMAIL_HOST is not set"
