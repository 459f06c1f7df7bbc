"""The floors of the house hold (DESIGN): imports point down, and rules stand alone."""

import sys

import grimp
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

from obcms.config import ROOT


def test_the_contracts_hold(monkeypatch) -> None:
    monkeypatch.chdir(ROOT)  # where pyproject.toml is
    assert lint_imports(no_cache=True, verbose=False) == EXIT_STATUS_SUCCESS


def test_rules_import_the_standard_library_and_errors_alone() -> None:
    graph = grimp.build_graph("obcms", include_external_packages=True, cache_dir=None)
    rules = {"obcms.rules"} | graph.find_descendants("obcms.rules")
    imported = {name for rule in rules for name in graph.find_modules_directly_imported_by(rule)}
    outside = {
        name for name in imported - rules if name.split(".")[0] not in sys.stdlib_module_names
    }
    assert outside <= {"obcms.errors"}
