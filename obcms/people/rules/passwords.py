"""How good a password must be: long enough, and not among the first that somebody would try."""

import re
from collections.abc import Collection

from zxcvbn import zxcvbn

from obcms.kernel.errors import Invalid

MIN_PASSWORD, MAX_PASSWORD = 12, 1024
# Of zxcvbn's five: below this a password falls to fewer than 10^8 guesses.
GOOD_ENOUGH = 3
# It grows with the square of the length, and what is long enough is good enough.
LOOKED_AT = 72
# What somebody would try first here, in an order that is the same in every process: a word weighs
# less the later it stands.
OFFICE = sorted(
    {"obcms", "oobc", "barmm", "bangsamoro", "mfbm", "bpda", "gaab", "ministry", "office"}
    | {"cotabato", "maguindanao", "lanao", "sulu", "basilan", "tawitawi", "marawi", "mindanao"}
    | {"zamboanga", "philippines", "pilipinas", "analyst", "planner", "auditor", "executive"}
    | {"administrator", "viewer", "password"}
)


def refuse_weak(password: str, about: Collection[str]) -> None:
    """Raises Invalid for a password that is too short, too common, or made of what is known.

    `about` is what others know of the user: user name, full name, e-mail address.
    """
    if len(password) < MIN_PASSWORD:
        raise Invalid(f"A password has at least {MIN_PASSWORD} characters.", "password")
    if len(password) > MAX_PASSWORD:
        raise Invalid(f"A password has at most {MAX_PASSWORD:,} characters.", "password")
    known = _words(about)
    if _is_made_of(password, known):
        raise Invalid("The password is made of your own name. Choose another one.", "password")
    found = zxcvbn(password[:LOOKED_AT], user_inputs=[*known, *OFFICE])
    if found["score"] < GOOD_ENOUGH:
        raise Invalid(
            "This password is among the first that somebody would try. A few words in a row that "
            "do not belong together are easy to keep in mind and hard to guess.",
            "password",
        )


def _words(about: Collection[str]) -> list[str]:
    """Whole names and their parts of three letters or more, the longest first."""
    whole = [text.casefold() for text in about if text]
    parts = [part for text in whole for part in re.split(r"[\W_]+", text)]
    words = {word for word in (*whole, *parts) if len(word) >= 3}
    return sorted(words, key=lambda word: (-len(word), word))


def _is_made_of(password: str, words: Collection[str]) -> bool:
    """Whether fewer than six letters are left once the names are taken out, either way round."""
    given = rest = re.sub(r"[\W_]+", "", password.casefold())
    for word in words:
        plain = re.sub(r"[\W_]+", "", word)
        for one in (plain, plain[::-1]):
            rest = rest.replace(one, "")
    return len(rest) < MIN_PASSWORD / 2 and rest != given
