"""A file under review, and what a check says about it."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[3]
ENTRY_POINTS = frozenset({"api", "cli", "jobs", "screens"})
Finding = tuple[int, str]  # the line, and what stands there


@dataclass(frozen=True)
class Source:
    """A file by its path from the root of the repository."""

    path: Path
    text: str

    @classmethod
    def read(cls, path: Path) -> "Source":
        return cls(path.relative_to(ROOT), path.read_text(encoding="utf-8"))

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def dotted(self) -> str:
        """The name that the file is imported by."""
        return ".".join(self.path.with_suffix("").parts).removesuffix(".__init__")

    @cached_property
    def module(self) -> ModuleType:
        """What the file holds once it is imported; a sample is run."""
        if (ROOT / self.path).is_file():
            return import_module(self.dotted)
        sample = ModuleType("sample")
        exec(self.text, vars(sample))
        return sample

    @property
    def slice(self) -> str:
        """The folder below `obcms`; empty for what stands beside the slices."""
        return self.path.parts[1] if len(self.path.parts) > 2 else ""

    @property
    def floor(self) -> str:
        """The file's floor or verb: `obcms/work/api/items.py` is on the floor `api`."""
        return Path(self.path.parts[2]).stem if len(self.path.parts) > 2 else ""

    @property
    def is_entry_point(self) -> bool:
        """Whether it reads input and answers; in the kernel, whole folders do."""
        return self.floor in ENTRY_POINTS


@dataclass(frozen=True)
class Rule:
    """A check with its reason, the files it looks at, and what it must find in a sample."""

    name: str
    reason: str
    files: tuple[str, ...]  # patterns from the root
    check: Callable[[Source], Iterator[Finding]]
    breaks: tuple[tuple[str, str], ...]  # (path, text) pairs that it must object to
    keeps: tuple[tuple[str, str], ...]  # and near ones that are right

    def sources(self) -> Iterator[Source]:
        """Every file of the house that the rule is about; what others wrote is not."""
        for pattern in self.files:
            for path in sorted(ROOT.glob(pattern)):
                if "vendor" not in path.parts:
                    yield Source.read(path)

    def findings(self) -> list[str]:
        """What breaks the rule today, with its place."""
        return [
            f"{source.path}:{line} {what}"
            for source in self.sources()
            for line, what in self.check(source)
        ]
