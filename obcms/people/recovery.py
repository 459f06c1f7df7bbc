"""Recovery codes: each signs in once, for whoever lost the phone."""

import hashlib
import secrets

import pyotp
from sqlalchemy import select

from obcms.kernel.extensions import db
from obcms.kernel.security.models import EventKind
from obcms.kernel.security.record import record_event
from obcms.people.models import RecoveryCode, User
from obcms.people.rules import hashing

CODES = 10
MOST_MEMORY = 64 * 1024 * 1024


def new_codes(user: User) -> list[str]:
    """Ten codes to show once. They share a salt, so that one try is compared with all of them."""
    salt = secrets.token_hex(16)
    codes = [_new_code() for _ in range(CODES)]
    db.session.add_all(
        RecoveryCode(user_id=user.id, code_hash=f"{salt}${hashed(plain_hash(code), salt)}")
        for code in codes
    )
    return codes


def use(user: User, code: str) -> bool:
    """Whether it was unused; the caller has locked the second factor, so it is used once."""
    rows = db.session.scalars(select(RecoveryCode).where(RecoveryCode.user_id == user.id)).all()
    if not rows or len(code) > 100:
        return False
    salt = rows[0].code_hash.partition("$")[0]
    tried = f"{salt}${hashed(plain_hash(code), salt)}"
    found = next((row for row in rows if secrets.compare_digest(row.code_hash, tried)), None)
    if found is None:
        return False
    db.session.delete(found)
    record_event(EventKind.RECOVERY_CODE_USED, f"{len(rows) - 1} left", user.username, user.id)
    db.session.flush()
    return True


def forget(user: User) -> None:
    """Makes all codes of the user worthless."""
    for code in db.session.scalars(select(RecoveryCode).where(RecoveryCode.user_id == user.id)):
        db.session.delete(code)


def left(user: User) -> int:
    """How many codes the user can still use."""
    return len(db.session.scalars(select(RecoveryCode.id).filter_by(user_id=user.id)).all())


def plain_hash(code: str) -> str:
    """SHA-256 of the code however it is typed: what earlier versions kept."""
    plain = "".join(char for char in code.lower() if char.isalnum())
    return hashlib.sha256(plain.encode("utf-8", "replace")).hexdigest()


def hashed(plain: str, salt: str) -> str:
    """Slow on purpose, so that a stolen database gives no codes."""
    return hashlib.scrypt(
        plain.encode(),
        salt=bytes.fromhex(salt),
        n=hashing.COST,
        r=hashing.BLOCK,
        p=hashing.PARALLEL,
        maxmem=MOST_MEMORY,
        dklen=32,
    ).hex()


def _new_code() -> str:
    """80 random bits in four groups."""
    text = pyotp.random_base32(32)[:16].lower()
    return "-".join(text[start : start + 4] for start in range(0, 16, 4))
