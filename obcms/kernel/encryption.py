"""Secrets that have to be read again: encrypted under a key made from the server's own."""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

from obcms.kernel.errors import ObcmsError

PURPOSE = b"obcms: secrets at rest"


class Unreadable(ObcmsError):
    """Encrypted under a key that is no longer known."""


def encrypt(text: str) -> str:
    """The text under the present key; each time another one."""
    return _keys().encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """The text again, under whichever known key it was. Raises Unreadable."""
    try:
        return _keys().decrypt(token.encode()).decode()
    except InvalidToken:
        raise Unreadable(
            "A secret was kept under another SECRET_KEY. Name that key in SECRET_KEY_FALLBACKS."
        ) from None


def _keys() -> MultiFernet:
    """From SECRET_KEY, with which is written, and from SECRET_KEY_FALLBACKS."""
    config = current_app.config
    given = [config["SECRET_KEY"], *(config["SECRET_KEY_FALLBACKS"] or ())]
    return MultiFernet([Fernet(_derived(key)) for key in given])


def _derived(key: str | bytes) -> bytes:
    raw = key if isinstance(key, bytes) else key.encode()
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(raw)
    return base64.urlsafe_b64encode(derived)
