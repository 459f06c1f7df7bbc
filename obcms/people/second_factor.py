"""The second factor: time-based codes (RFC 6238), recovery codes, and who must have one."""

import hashlib
from collections.abc import Collection

import pyotp
from pyotp.utils import strings_equal
from sqlalchemy import select

from obcms.kernel.db.types import utc_now
from obcms.kernel.errors import Conflict, Invalid
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Actor, Permission, Role, require
from obcms.people.models import RecoveryCode, SecondFactor, SecondFactorDemand, User
from obcms.people.users import refuse_oneself

STEP_SECONDS = 30
WINDOW = (0, -1, 1)  # this step first, then one for a slow finger and one for a fast clock
RECOVERY_CODES = 10
WRONG = "This code is wrong or was used before. Wait for the next one and try again."


def new_secret() -> str:
    """A secret to show as QR code and as text."""
    return pyotp.random_base32()


def setup_uri(user: User, secret: str) -> str:
    """What the QR code says to the authenticator app."""
    return pyotp.TOTP(secret).provisioning_uri(name=user.username, issuer_name="OBCMS")


def turn_on(user: User, secret: str, code: str) -> list[str]:
    """Turns it on once a code proves that the app has the secret; returns the recovery codes.

    All other sessions end. Raises Invalid for a wrong code.
    """
    if _locked(user) is not None:
        raise Conflict("Your second factor is turned on already.")
    step = _step_of(secret, code)
    if step is None:
        raise Invalid(WRONG, "code")
    db.session.add(SecondFactor(user_id=user.id, secret=secret, last_step=step))
    codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
    db.session.add_all(RecoveryCode(user_id=user.id, code_hash=_hashed(code)) for code in codes)
    user.end_sessions()
    db.session.flush()
    return codes


def passes(user: User, code: str) -> bool:
    """Whether the code is one of the app or an unused recovery code; it is used up by this."""
    factor = _locked(user)
    if factor is None:
        return False
    step = _step_of(factor.secret, code)
    if step is None:
        return _use_recovery_code(user, code)
    if step <= factor.last_step:
        return False
    factor.last_step = step
    db.session.flush()
    return True


def turn_off(user: User) -> None:
    """Removes it; the caller has checked the password and a code. All other sessions end."""
    factor = _locked(user)
    for code in db.session.scalars(select(RecoveryCode).where(RecoveryCode.user_id == user.id)):
        db.session.delete(code)
    if factor is not None:
        db.session.delete(factor)
    user.end_sessions()
    db.session.flush()


def reset(actor: Actor, user: User) -> None:
    """Removes another user's second factor, for somebody who lost phone and recovery codes."""
    require(actor, Permission.USER_EDIT)
    refuse_oneself(actor, user)
    if db.session.get(SecondFactor, user.id) is None:
        raise Invalid(f"{user.username} has no second factor.")
    turn_off(user)


def demanding_roles() -> set[Role]:
    """The roles that must have a second factor."""
    return set(db.session.scalars(select(SecondFactorDemand.role)))


def demand(actor: Actor, roles: Collection[Role]) -> None:
    """Demands a second factor of exactly these roles, from their next request on."""
    require(actor, Permission.USER_EDIT)
    known = {row.role: row for row in db.session.scalars(select(SecondFactorDemand))}
    for role in Role:
        if role in roles and role not in known:
            db.session.add(SecondFactorDemand(role=role))
        elif role not in roles and role in known:
            db.session.delete(known[role])
    db.session.flush()


def _locked(user: User) -> SecondFactor | None:
    """The row as it is now, and ours until the end of the transaction: no code works twice."""
    return db.session.get(SecondFactor, user.id, with_for_update=True, populate_existing=True)


def _step_of(secret: str, code: str) -> int | None:
    """The time step that the code belongs to, one around the present."""
    given = "".join(code.split())
    if not (given.isascii() and given.isdigit()):
        return None
    now = int(utc_now().timestamp()) // STEP_SECONDS
    totp = pyotp.TOTP(secret)
    return next((now + n for n in WINDOW if strings_equal(totp.generate_otp(now + n), given)), None)


def _recovery_code() -> str:
    """80 random bits in four groups: too many to guess, so a plain hash of them is enough."""
    text = pyotp.random_base32(32)[:16].lower()
    return "-".join(text[start : start + 4] for start in range(0, 16, 4))


def _hashed(code: str) -> str:
    plain = "".join(char for char in code.lower() if char.isalnum())
    return hashlib.sha256(plain.encode("utf-8", "replace")).hexdigest()


def _use_recovery_code(user: User, code: str) -> bool:
    """Whether it was unused; the caller has locked the second factor, so it is used once."""
    query = select(RecoveryCode).where(
        RecoveryCode.user_id == user.id, RecoveryCode.code_hash == _hashed(code)
    )
    found = db.session.scalar(query)
    if found is None:
        return False
    db.session.delete(found)
    db.session.flush()
    return True
