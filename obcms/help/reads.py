"""The guides: read once from their files, rendered, and searched."""

from dataclasses import dataclass
from functools import cache
from html import unescape
from pathlib import Path

import nh3
from markdown_it import MarkdownIt

PAGES = Path(__file__).with_name("pages")
AROUND = 90  # characters of the text shown on either side of what was found


@dataclass(frozen=True, slots=True)
class Guide:
    """`name` is that of the file, the title its first heading, `html` safe to show."""

    name: str
    title: str
    text: str
    html: str


@cache
def guides() -> dict[str, Guide]:
    """All guides by name, in the order of their titles."""
    found = [_read(path) for path in PAGES.glob("*.md")]
    return {guide.name: guide for guide in sorted(found, key=lambda guide: guide.title)}


def search(asked: str) -> list[tuple[Guide, str]]:
    """The guides that hold every word asked for, titles first, each with a piece of its text."""
    words = asked.casefold().split()
    found = [guide for guide in guides().values() if _holds(guide, words)]
    found.sort(key=lambda guide: not all(word in guide.title.casefold() for word in words))
    return [(guide, _piece(guide.text, words)) for guide in found]


def _read(path: Path) -> Guide:
    source = path.read_text(encoding="utf-8")
    title, _, body = source.removeprefix("# ").partition("\n")
    html = nh3.clean(MarkdownIt("commonmark").enable("table").render(body))
    text = " ".join(unescape(nh3.clean(html, tags=set())).split())
    return Guide(path.stem, title.strip(), text, html)


def _holds(guide: Guide, words: list[str]) -> bool:
    text = f"{guide.title} {guide.text}".casefold()
    return all(word in text for word in words)


def _piece(text: str, words: list[str]) -> str:
    """Around the first word that is found; the beginning where none is asked for."""
    places = [place for word in words if (place := text.casefold().find(word)) >= 0]
    start = max(min(places, default=0) - AROUND, 0)
    piece = text[start : start + 2 * AROUND].strip()
    return f"{'…' if start else ''}{piece}…"
