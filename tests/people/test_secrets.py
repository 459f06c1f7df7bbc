"""Nobody reads a secret who has a cookie or the database alone; a password turns it on."""

import base64
import hashlib
import zlib

import pytest
from sqlalchemy import select, text

from obcms.kernel.audit.models import AuditAction, AuditEntry
from obcms.kernel.encryption import Unreadable, decrypt, encrypt
from obcms.kernel.extensions import db
from obcms.people import recovery
from obcms.people.models import RecoveryCode, SecondFactor, User
from obcms.people.rules import hashing
from obcms.people.second_factor import passes
from tests.conftest import PASSWORD
from tests.people.steps import (
    SET_UP,
    code,
    has_second_factor,
    is_in,
    offered_secret,
    set_up,
    sign_in,
    stranger,
    with_second_factor,
)


def cookie_text(client) -> str:
    """What anybody can read in the session's cookie."""
    payload = client.get_cookie("session").value.lstrip(".").split(".")[0]
    raw = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
    compressed = client.get_cookie("session").value.startswith(".")
    return (zlib.decompress(raw) if compressed else raw).decode()


def test_turning_it_on_asks_for_the_password(app, people) -> None:
    client = stranger(app)
    sign_in(client, "viewer")
    secret = offered_secret(client)
    for password in ("", "wrong"):
        answer = set_up(client, code(secret), password)
        assert answer.status_code == 422
        assert "password" in answer.text
    assert not has_second_factor(people.viewer)
    assert is_in(client)
    assert set_up(client, code(secret)).status_code == 200
    assert has_second_factor(people.viewer)


def test_guessing_the_password_there_is_locked_too(app, people) -> None:
    client = stranger(app)
    sign_in(client, "viewer")
    secret = offered_secret(client)
    for _ in range(5):
        set_up(client, code(secret), "wrong")
    assert set_up(client, code(secret)).status_code == 429
    assert not has_second_factor(people.viewer)


def test_the_secret_on_offer_is_not_readable_in_the_cookie(app, people) -> None:
    client = stranger(app)
    sign_in(client, "viewer")
    secret = offered_secret(client)
    assert "offered_secret" in cookie_text(client)
    assert secret not in cookie_text(client)


def test_a_forged_offer_is_replaced(app, people) -> None:
    client = stranger(app)
    sign_in(client, "viewer")
    with client.session_transaction() as session:
        session["offered_secret"] = "JBSWY3DPEHPK3PXP"
    assert offered_secret(client) != "JBSWY3DPEHPK3PXP"


def stored_secret() -> str:
    found = db.session.scalar(text("SELECT secret FROM second_factor"))
    db.session.rollback()
    return found


def test_at_rest_it_is_encrypted_and_still_checks_codes(app, people) -> None:
    secret, _ = with_second_factor(people.viewer)
    assert secret not in stored_secret()
    assert db.session.scalars(select(SecondFactor)).one().secret == secret
    assert passes(db.session.get_one(User, people.viewer), code(secret))


def test_an_older_key_reads_and_the_present_one_writes(app, people) -> None:
    secret, _ = with_second_factor(people.viewer)
    app.config.update(SECRET_KEY="newer", SECRET_KEY_FALLBACKS=["test"])
    db.session.remove()
    assert db.session.scalars(select(SecondFactor)).one().secret == secret
    token = encrypt("anything")
    app.config.update(SECRET_KEY_FALLBACKS=[])
    assert decrypt(token) == "anything"
    with pytest.raises(Unreadable, match="SECRET_KEY_FALLBACKS"):
        decrypt(stored_secret())


def test_a_session_from_before_the_keys_changed_goes_on(app, people) -> None:
    client = stranger(app)
    sign_in(client, "viewer")
    app.config.update(SECRET_KEY="newer", SECRET_KEY_FALLBACKS=["test"])
    assert is_in(client)
    app.config.update(SECRET_KEY_FALLBACKS=[])
    assert is_in(client)  # it was signed anew meanwhile


def test_recovery_codes_are_hashed_slowly_with_a_salt_for_each_user(
    app, people, request, monkeypatch
) -> None:
    _, codes = with_second_factor(people.viewer)
    with_second_factor(people.executive)
    rows = db.session.scalars(select(RecoveryCode)).all()
    assert len({row.code_hash.split("$")[0] for row in rows}) == 2
    assert not any(recovery.plain_hash(codes[0]) in row.code_hash for row in rows)
    tried = []
    slow = recovery.hashed
    monkeypatch.setattr(recovery, "hashed", lambda *given: tried.append(1) or slow(*given))
    assert passes(db.session.get_one(User, people.viewer), codes[4])
    assert len(tried) == 1  # one try, however many codes there are
    request.getfixturevalue("real_hashes")
    assert hashing.COST * hashing.BLOCK * 128 >= 32 * 1024 * 1024
    real = hashlib.scrypt(b"plain", salt=b"\xab", n=2**15, r=8, p=1, maxmem=2**26, dklen=32)
    assert slow("plain", "ab") == real.hex()


def test_using_a_recovery_code_leaves_an_entry_of_its_owner(app, people) -> None:
    _, codes = with_second_factor(people.viewer)
    client = stranger(app)
    sign_in(client, "viewer")
    client.post("/sign-in/code", data={"code": codes[0]})
    used = select(AuditEntry).filter_by(table_name="recovery_code", action=AuditAction.DELETE)
    [entry] = db.session.scalars(used)
    assert (entry.actor_name, entry.actor_id) == ("viewer", people.viewer)
    assert entry.ip_address == "192.0.2.10"


def test_the_account_page_tells_how_many_are_left(app, people) -> None:
    _, codes = with_second_factor(people.viewer)
    client = stranger(app)
    sign_in(client, "viewer")
    client.post("/sign-in/code", data={"code": codes[0]})
    assert "9 of your recovery codes are left" in client.get("/account").text


def test_the_set_up_page_cannot_be_posted_without_its_field(app, people) -> None:
    client = stranger(app)
    sign_in(client, "viewer")
    secret = offered_secret(client)
    assert client.post(SET_UP, data={"code": code(secret)}).status_code == 422
    assert client.post(SET_UP, data={"current": PASSWORD}).status_code == 422
