"""How far the chain went, kept in a file beside the database (SPEC 9).

Whoever changes the database alone, and makes its chain anew, does not change this. Sealing notes
its head there, and so does the mail that carries the head to where no intruder comes.
"""

import json
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

FILE = "heads.json"


class Occasion(StrEnum):
    """When a head was noted."""

    SEALED = "sealed"
    MAILED = "mailed"


@dataclass(frozen=True, slots=True)
class NotedHead:
    """The position up to which the chain was sealed, or mailed, and its hash there."""

    occasion: Occasion
    position: int
    hash: str


class NotesUnreadable(RuntimeError):
    """The file is there and does not hold what was written."""


def read_noted(folder: Path) -> dict[Occasion, NotedHead]:
    """What was noted; empty where nothing was yet. Raises NotesUnreadable."""
    try:
        found = json.loads((folder / FILE).read_text())
        return {
            Occasion(name): NotedHead(Occasion(name), int(head["position"]), str(head["hash"]))
            for name, head in found.items()
        }
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError, TypeError, KeyError) as error:
        raise NotesUnreadable(f"the file {FILE} of noted heads cannot be read") from error


def note(folder: Path, head: NotedHead) -> None:
    """Puts a head in the place of the one that was noted on the same occasion before."""
    noted = read_noted(folder) | {head.occasion: head}
    content = {one.occasion: {"position": one.position, "hash": one.hash} for one in noted.values()}
    folder.mkdir(parents=True, exist_ok=True)
    partial = (folder / FILE).with_suffix(".partial")
    partial.write_text(json.dumps(content, indent=1))
    partial.replace(folder / FILE)
