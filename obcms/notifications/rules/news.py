"""What there is to tell, as plain values with their limits."""

import unicodedata
from dataclasses import dataclass
from datetime import date

LONGEST_KEY, LONGEST_SUBJECT, LONGEST_LINK = 120, 255, 500
LONGEST_WHAT, LONGEST_TO_DO = 4_000, 1_000
CUT = "…"


@dataclass(frozen=True, slots=True)
class News:
    """Something to tell. `event`, `about` and `threshold` are its key: a recipient hears it once.

    `event` is a declared kind, `about` the subject as its slice names it, `threshold` what was
    passed. `link` is a path of OBCMS. Texts that are too long are cut; raises ValueError for a key
    or a link that cannot be.
    """

    event: str
    about: str
    threshold: str
    subject: str
    what: str
    to_do: str
    due: date | None
    link: str

    def __post_init__(self) -> None:
        for key in (self.event, self.about, self.threshold):
            if len(key) > LONGEST_KEY:
                raise ValueError(f"{key!r} is too long for a key.")
        if not self.link.startswith("/") or self.link[1:2] in ("/", "\\"):
            raise ValueError(f"{self.link!r} is no path of this application.")
        if len(self.link) > LONGEST_LINK:
            raise ValueError(f"{self.link!r} is too long for a link.")


def one_line(text: str, longest: int = LONGEST_SUBJECT) -> str:
    """The text in one line without characters that do not show, as a subject must be."""
    return _cut(" ".join(_visible(text).split()), longest)


def several_lines(text: str, longest: int = LONGEST_WHAT) -> str:
    """The text with its line ends, without other characters that do not show."""
    lines = (_visible(line).rstrip() for line in text.splitlines())
    return _cut("\n".join(lines).strip(), longest)


def _visible(text: str) -> str:
    # Also what turns the direction of text around, and what no database stores.
    return "".join(
        char if unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Zl", "Zp") else " "
        for char in text
    )


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + CUT
