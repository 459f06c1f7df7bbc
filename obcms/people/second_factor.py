"""The second factor of a user: time-based codes (RFC 6238)."""

import pyotp
from pyotp.utils import strings_equal

from obcms.kernel.db.types import utc_now
from obcms.kernel.errors import Conflict, Invalid
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Actor, Permission, require
from obcms.people import recovery
from obcms.people.models import SecondFactor, User
from obcms.people.users import refuse_oneself

STEP_SECONDS = 30
WINDOW = (0, -1, 1)  # this step first, then one for a slow finger and one for a fast clock
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
    codes = recovery.new_codes(user)
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
        return recovery.use(user, code)
    if step <= factor.last_step:
        return False
    factor.last_step = step
    db.session.flush()
    return True


def turn_off(user: User) -> None:
    """Removes it; the caller has checked the password and a code. All other sessions end."""
    factor = _locked(user)
    recovery.forget(user)
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
