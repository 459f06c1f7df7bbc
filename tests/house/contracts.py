"""The import contracts of the house, made from `obcms.SLICES` and the folders that are there.

`python -m tests.house.contracts` checks them. A new slice needs no line here.
"""

import sys
import tempfile
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path

from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

from obcms import SLICES

PACKAGE = Path(__file__).parents[2] / "obcms"
# The floors inside a slice, from the top; whatever has none of these names is a verb.
ENTRY_POINTS = ("cli", "jobs", "api", "screens")
SCHEMAS = ("schemas",)
LOWER = ("reads", "models", "rules")
# What rules may not know, by the names of the packages.
UNKNOWN_TO_RULES = [
    "alembic",
    "croniter",
    "flask",
    "flask_admin",
    "flask_login",
    "flask_migrate",
    "flask_sqlalchemy",
    "flask_wtf",
    "lxml",
    "openpyxl",
    "psycopg2",
    "pydantic",
    "pydantic_settings",
    "redis",
    "rq",
    "rq_scheduler",
    "sqlalchemy",
    "werkzeug",
    "wtforms",
]


def contracts() -> ConfigParser:
    """All of them, in the form that import-linter reads."""
    found = ConfigParser()
    found["importlinter"] = {
        "root_package": "obcms",
        "include_external_packages": "True",
        "exclude_type_checking_imports": "True",  # an annotation alone needs nothing at run time
    }
    found["importlinter:contract:slices"] = {
        "name": "A slice knows the kernel and the slices below it",
        "type": "layers",
        "layers": _lines(f"obcms.{name}" for name in (*reversed(SLICES), "kernel")),
    }
    for name in SLICES:
        found[f"importlinter:contract:{name}"] = {
            "name": f"Inside {name}, imports go down the floors",
            "type": "layers",
            "containers": f"obcms.{name}",
            "exhaustive": "True",
            "layers": _lines(_floors(name)),
        }
    found["importlinter:contract:acyclic"] = {
        "name": "No two modules need each other",
        "type": "acyclic_siblings",
        "ancestors": "obcms",
    }
    found["importlinter:contract:rules"] = {
        "name": "Every rule can be read and tested without a database",
        "type": "forbidden",
        "source_modules": _lines(_rules()),
        "forbidden_modules": _lines(UNKNOWN_TO_RULES),
    }
    return found


def _floors(name: str) -> Iterator[str]:
    parts = {path.stem for path in (PACKAGE / name).iterdir() if _is_module(path)}
    entry_points = [part for part in ENTRY_POINTS if part in parts]
    lower = [part for part in LOWER if part in parts]
    verbs = sorted(parts - {*ENTRY_POINTS, *SCHEMAS, *LOWER, "flush", "__init__"})
    if entry_points:
        yield " | ".join(entry_points)  # no door knows another
    for part in (*SCHEMAS, "flush"):
        if part in parts:
            yield part
    if verbs:
        yield " : ".join(verbs)
    yield from lower


def _is_module(path: Path) -> bool:
    return path.suffix == ".py" or (path / "__init__.py").is_file()


def _rules() -> Iterator[str]:
    yield "obcms.kernel.errors"
    for name in ("kernel", *SLICES):
        if _is_module(PACKAGE / name / "rules") or (PACKAGE / name / "rules.py").is_file():
            yield f"obcms.{name}.rules"


def _lines(values: object) -> str:
    return "\n" + "\n".join(values)  # type: ignore[arg-type]


def check() -> bool:
    """Whether all contracts hold; what breaks them is printed."""
    with tempfile.NamedTemporaryFile("w", suffix=".ini") as file:
        contracts().write(file)
        file.flush()
        return lint_imports(config_filename=file.name, no_cache=True) == EXIT_STATUS_SUCCESS


if __name__ == "__main__":
    sys.exit(not check())
