"""Finds the parts of each slice by their names, and makes their pages and files reachable."""

from collections.abc import Iterable, Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

from flask import Blueprint

# In the order in which they are read: a form needs its record, a job its verb.
PARTS = ("models", "flush", "screens", "api", "jobs", "cli")
KERNEL_SLICES = ("kernel.api", "kernel.audit", "kernel.jobs", "kernel.security", "kernel.cli")


def load_parts(names: Iterable[str]) -> list[Any]:
    """Reads every part that the slices have; returns those with an `init_app`, in their order.

    All are read before one is used, because a slice may add to what another one registers.
    """
    slices = [f"obcms.{name}" for name in (*KERNEL_SLICES, *names)]
    modules = [module for part in PARTS for module in _modules(slices, part)]
    return [_Files(name) for name in slices] + [m for m in modules if hasattr(m, "init_app")]


def _modules(slices: Iterable[str], part: str) -> Iterator[ModuleType]:
    for name in slices:
        if find_spec(f"{name}.{part}") is not None:
            yield import_module(f"{name}.{part}")


class _Files:
    """The templates and static files of a slice; the latter at `/static/SLICE/`."""

    def __init__(self, name: str) -> None:
        self.name, self.folder = name, Path(*name.split(".")[1:])
        self.root = Path(__file__).parent.parent / self.folder

    def init_app(self, app: Any) -> None:
        """Registers what there is of them."""
        templates, static = (self.root / kind for kind in ("templates", "static"))
        if templates.is_dir() or static.is_dir():
            files = Blueprint(
                f"{self.folder.name}_files",
                self.name,
                template_folder=str(templates) if templates.is_dir() else None,
                static_folder=str(static) if static.is_dir() else None,
                static_url_path=f"/static/{self.folder.name}",
            )
            app.register_blueprint(files)
